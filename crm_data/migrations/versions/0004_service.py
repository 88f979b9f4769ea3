"""Cases, the communication log, knowledge and surveys."""

import sqlalchemy as sa

from crm_data.migrations.columns import drop, one_of, record, reference
from crm_data.schema.types import UTCDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    record(
        "cases",
        sa.Column("kind", sa.String(8), nullable=False, server_default="case"),
        reference("account_id", "accounts"),
        reference("contact_id", "contacts"),
        reference("product_id", "products"),
        reference("owner_id", "users"),
        reference("team_id", "teams"),
        sa.Column("subject", sa.String(300), nullable=False),
        sa.Column("description", sa.String),
        sa.Column("channel", sa.String(20)),
        sa.Column("cause", sa.String(80)),
        sa.Column("priority", sa.String(8), nullable=False, server_default="normal"),
        sa.Column("status", sa.String(8), nullable=False, server_default="open"),
        sa.Column("opened_at", UTCDateTime, nullable=False),
        sa.Column("first_response_at", UTCDateTime),
        sa.Column("response_due_at", UTCDateTime),
        sa.Column("due_at", UTCDateTime),
        sa.Column("resolved_at", UTCDateTime),
        one_of("kind", "case", "request"),
        one_of("priority", "low", "normal", "high", "urgent"),
        one_of("status", "open", "waiting", "resolved"),
        sa.CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL)", name="resolved"),
    )
    record(
        "case_reopenings",
        reference("case_id", "cases", required=True),
        sa.Column("resolved_at", UTCDateTime, nullable=False),
        sa.Column("reopened_at", UTCDateTime, nullable=False),
        sa.CheckConstraint("resolved_at <= reopened_at", name="order"),
    )
    record(
        "case_comments",
        reference("case_id", "cases", required=True),
        reference("author_id", "users"),
        sa.Column("written_at", UTCDateTime, nullable=False),
        sa.Column("body", sa.String, nullable=False),
        sa.Column("public", sa.Boolean, nullable=False, server_default="0"),
    )
    record(
        "activities",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("happened_at", UTCDateTime, nullable=False),
        sa.Column("direction", sa.String(3)),
        sa.Column("minutes", sa.Integer),
        sa.Column("subject", sa.String(300)),
        sa.Column("body", sa.String),
        reference("account_id", "accounts"),
        reference("contact_id", "contacts"),
        reference("lead_id", "leads"),
        reference("opportunity_id", "opportunities"),
        reference("case_id", "cases"),
        reference("user_id", "users"),
        one_of("kind", "call", "email", "meeting", "chat", "note", "task"),
        one_of("direction", "in", "out"),
    )
    record(
        "articles",
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("category", sa.String(80)),
        sa.Column("published_on", sa.Date),
        sa.Column("status", sa.String(10), nullable=False, server_default="published"),
        sa.Column("body", sa.String),
        reference("product_id", "products"),
        one_of("status", "draft", "published", "archived"),
    )
    record(
        "article_views",
        reference("article_id", "articles", required=True),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("views", sa.Integer, nullable=False),
        sa.Column("helpful", sa.Integer, nullable=False, server_default="0"),
        sa.Column("unhelpful", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("article_id", "day", name="uq_article_views_day"),
    )
    record(
        "surveys",
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(4), nullable=False),
        sa.Column("scale_min", sa.Float, nullable=False),
        sa.Column("scale_max", sa.Float, nullable=False),
        sa.Column("satisfied_from", sa.Float),
        one_of("kind", "CSAT", "NPS", "CES"),
        sa.CheckConstraint("scale_min < scale_max", name="scale"),
    )
    record(
        "survey_invitations",
        reference("survey_id", "surveys", required=True),
        reference("account_id", "accounts"),
        reference("contact_id", "contacts"),
        reference("case_id", "cases"),
        sa.Column("sent_at", UTCDateTime, nullable=False),
    )
    record(
        "survey_answers",
        reference("survey_id", "surveys", required=True),
        reference("invitation_id", "survey_invitations"),
        reference("account_id", "accounts"),
        reference("contact_id", "contacts"),
        reference("case_id", "cases"),
        sa.Column("answered_at", UTCDateTime, nullable=False),
        sa.Column("score", sa.Float),
        sa.Column("comment", sa.String),
    )


def downgrade() -> None:
    drop(
        "survey_answers",
        "survey_invitations",
        "surveys",
        "article_views",
        "articles",
        "activities",
        "case_comments",
        "case_reopenings",
        "cases",
    )
