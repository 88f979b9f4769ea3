"""Cases, the knowledge that answers them, and what customers say afterwards."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Float, Index, Integer, String, UniqueConstraint

from crm_data.schema.base import one_of, record, reference
from crm_data.schema.types import UTCDateTime

cases = record(
    "cases",
    Column("kind", String(8), nullable=False, server_default="case"),
    reference("account_id", "accounts"),
    reference("contact_id", "contacts"),
    reference("product_id", "products"),
    reference("owner_id", "users"),
    reference("team_id", "teams"),
    Column("subject", String(300), nullable=False),
    Column("description", String),
    Column("channel", String(20)),
    Column("cause", String(80)),
    Column("priority", String(8), nullable=False, server_default="normal"),
    Column("status", String(8), nullable=False, server_default="open"),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("first_response_at", UTCDateTime),
    Column("response_due_at", UTCDateTime),
    Column("due_at", UTCDateTime),
    Column("resolved_at", UTCDateTime),  # the last time; NULL while it is open
    one_of("kind", "case", "request"),
    one_of("priority", "low", "normal", "high", "urgent"),
    one_of("status", "open", "waiting", "resolved"),
    CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL)", name="resolved"),
    Index("ix_cases_queue", "status", "resolved_at"),  # what is open is a small part of all
)

# A case was resolved at resolved_at and opened again at reopened_at.
case_reopenings = record(
    "case_reopenings",
    reference("case_id", "cases", required=True),
    Column("resolved_at", UTCDateTime, nullable=False),
    Column("reopened_at", UTCDateTime, nullable=False),
    CheckConstraint("resolved_at <= reopened_at", name="order"),
)

case_comments = record(
    "case_comments",
    reference("case_id", "cases", required=True),
    reference("author_id", "users"),
    Column("written_at", UTCDateTime, nullable=False),
    Column("body", String, nullable=False),
    Column("public", Boolean, nullable=False, server_default="0"),
)

articles = record(
    "articles",
    Column("title", String(300), nullable=False),
    Column("category", String(80)),
    Column("published_on", Date),
    Column("status", String(10), nullable=False, server_default="published"),
    Column("body", String),
    reference("product_id", "products"),
    one_of("status", "draft", "published", "archived"),
)

article_views = record(
    "article_views",
    reference("article_id", "articles", required=True),
    Column("day", Date, nullable=False),
    Column("views", Integer, nullable=False),
    Column("helpful", Integer, nullable=False, server_default="0"),
    Column("unhelpful", Integer, nullable=False, server_default="0"),
    UniqueConstraint("article_id", "day", name="uq_article_views_day"),
)

# Scores from satisfied_from up count as satisfied, so that scales other than 1-5 are mapped aloud.
surveys = record(
    "surveys",
    Column("name", String(200), nullable=False),
    Column("kind", String(4), nullable=False),
    Column("scale_min", Float, nullable=False),
    Column("scale_max", Float, nullable=False),
    Column("satisfied_from", Float),
    one_of("kind", "CSAT", "NPS", "CES"),
    CheckConstraint("scale_min < scale_max", name="scale"),
)

survey_invitations = record(
    "survey_invitations",
    reference("survey_id", "surveys", required=True),
    reference("account_id", "accounts"),
    reference("contact_id", "contacts"),
    reference("case_id", "cases"),
    Column("sent_at", UTCDateTime, nullable=False),
)

survey_answers = record(
    "survey_answers",
    reference("survey_id", "surveys", required=True),
    reference("invitation_id", "survey_invitations"),
    reference("account_id", "accounts"),
    reference("contact_id", "contacts"),
    reference("case_id", "cases"),
    Column("answered_at", UTCDateTime, nullable=False),
    Column("score", Float),  # NULL: opened but left blank
    Column("comment", String),
)
