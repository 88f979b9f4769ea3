"""Accounts and their people, campaigns and leads."""

import sqlalchemy as sa

from crm_data.migrations.columns import drop, one_of, record, reference, unique_without
from crm_data.schema.types import Json, Money, UTCDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    record(
        "accounts",
        sa.Column("name", sa.String(300), nullable=False, index=True),
        sa.Column("domain", sa.String(253)),
        sa.Column("phone", sa.String(40)),
        sa.Column("segment", sa.String(80)),
        sa.Column("industry", sa.String(80)),
        sa.Column("size", sa.String(40)),
        sa.Column("employees", sa.Integer),
        sa.Column("annual_revenue", Money),
        sa.Column("currency", sa.String(3)),
        reference("region_id", "regions"),
        sa.Column("country", sa.String(2)),
        sa.Column("subdivision", sa.String(6)),
        sa.Column("city", sa.String(120)),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        reference("owner_id", "users"),
        reference("parent_id", "accounts"),
        sa.Column("acquisition_channel", sa.String(60)),
        sa.Column("created_on", sa.Date),
        sa.Column("custom", Json),
    )
    record(
        "account_history",
        reference("account_id", "accounts", required=True),
        sa.Column("changed_at", UTCDateTime, nullable=False),
        sa.Column("segment", sa.String(80)),
        sa.Column("industry", sa.String(80)),
        reference("region_id", "regions"),
        reference("owner_id", "users"),
    )
    record(
        "memberships",
        reference("account_id", "accounts", required=True),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("end_reason", sa.String(120)),
        sa.Column("plan", sa.String(80)),
        sa.Column("monthly_amount", Money),
        sa.Column("currency", sa.String(3)),
    )
    record(
        "contacts",
        reference("account_id", "accounts"),
        sa.Column("first_name", sa.String(120)),
        sa.Column("last_name", sa.String(120), index=True),
        sa.Column("email", sa.String(254), index=True),
        sa.Column("phone", sa.String(40), index=True),
        sa.Column("title", sa.String(120)),
        sa.Column("language", sa.String(20)),
        sa.Column("email_consent", sa.Boolean),
        sa.Column("phone_consent", sa.Boolean),
        sa.Column("consent_at", UTCDateTime),
        sa.Column("consent_source", sa.String(120)),
        sa.Column("custom", Json),
        sa.CheckConstraint("coalesce(first_name, last_name, email, phone) IS NOT NULL", name="some_name"),
    )
    record(
        "loyalty",
        reference("account_id", "accounts", required=True),
        sa.Column("joined_on", sa.Date, nullable=False),
        sa.Column("left_on", sa.Date),
        sa.Column("tier", sa.String(40), nullable=False),
        sa.Column("points", sa.Integer, nullable=False, server_default="0"),
    )
    record(
        "loyalty_points",
        reference("loyalty_id", "loyalty", required=True),
        sa.Column("happened_on", sa.Date, nullable=False),
        sa.Column("points", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(120)),
    )
    record(
        "campaigns",
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("channel", sa.String(60)),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("status", sa.String(20)),
        reference("region_id", "regions"),
        reference("owner_id", "users"),
        sa.Column("budget", Money),
        sa.Column("currency", sa.String(3)),
    )
    record(
        "spend",
        reference("campaign_id", "campaigns"),
        reference("region_id", "regions"),
        sa.Column("channel", sa.String(60)),
        sa.Column("spent_on", sa.Date, nullable=False),
        sa.Column("kind", sa.String(5), nullable=False, server_default="media"),
        sa.Column("amount", Money, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        one_of("kind", "media", "staff", "tools"),
    )
    record(
        "leads",
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.Column("first_name", sa.String(120)),
        sa.Column("last_name", sa.String(120)),
        sa.Column("company", sa.String(300)),
        sa.Column("email", sa.String(254)),
        sa.Column("phone", sa.String(40)),
        sa.Column("status", sa.String(20), nullable=False, server_default="new"),
        sa.Column("channel", sa.String(60)),
        sa.Column("segment", sa.String(80)),
        sa.Column("country", sa.String(2)),
        reference("region_id", "regions"),
        reference("campaign_id", "campaigns"),
        reference("owner_id", "users"),
        sa.Column("first_response_at", UTCDateTime),
        sa.Column("converted_at", UTCDateTime),
        reference("converted_account_id", "accounts"),
        sa.Column("custom", Json),
        one_of("status", "new", "working", "qualified", "converted", "unqualified"),
    )
    record(
        "campaign_members",
        reference("campaign_id", "campaigns", required=True),
        reference("contact_id", "contacts"),
        reference("lead_id", "leads"),
        sa.Column("joined_at", UTCDateTime, nullable=False),
        sa.Column("status", sa.String(20), nullable=False, server_default="sent"),
        sa.Column("responded_at", UTCDateTime),
    )
    record(
        "emails",
        reference("campaign_id", "campaigns"),
        reference("contact_id", "contacts", required=True),
        sa.Column("sent_at", UTCDateTime, nullable=False),
        sa.Column("delivered_at", UTCDateTime),
        sa.Column("opened_at", UTCDateTime),
        sa.Column("clicked_at", UTCDateTime),
        sa.Column("unsubscribed_at", UTCDateTime),
        sa.Column("bounced_at", UTCDateTime),
    )
    record(
        "web_traffic",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("source", sa.String(60), nullable=False),
        sa.Column("country", sa.String(2)),
        sa.Column("sessions", sa.Integer, nullable=False),
        sa.Column("visitors", sa.Integer),
        sa.Column("page_views", sa.Integer),
        sa.Column("conversions", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("day", "source", "country", name="uq_web_traffic_day"),
        sa.CheckConstraint("sessions >= 0 AND conversions >= 0", name="counts"),
    )
    unique_without("country", "uq_web_traffic_no_country", "web_traffic", "day", "source")
    record(
        "social_mentions",
        sa.Column("mentioned_at", UTCDateTime, nullable=False),
        sa.Column("network", sa.String(40), nullable=False),
        sa.Column("sentiment", sa.Float),
        sa.Column("reach", sa.Integer),
        sa.Column("author", sa.String(200)),
        sa.Column("text", sa.String),
        reference("campaign_id", "campaigns"),
        reference("product_id", "products"),
        sa.CheckConstraint("sentiment BETWEEN -1 AND 1", name="sentiment"),
    )


def downgrade() -> None:
    drop(
        "social_mentions",
        "web_traffic",
        "emails",
        "campaign_members",
        "leads",
        "spend",
        "campaigns",
        "loyalty_points",
        "loyalty",
        "contacts",
        "memberships",
        "account_history",
        "accounts",
    )
