"""Campaigns, what they cost, and who answered them."""

from sqlalchemy import CheckConstraint, Column, Date, Float, Integer, String, UniqueConstraint

from crm_data.schema.base import currency, money, one_of, record, reference, unique_without
from crm_data.schema.types import UTCDateTime

campaigns = record(
    "campaigns",
    Column("name", String(300), nullable=False),
    Column("channel", String(60)),
    Column("starts_on", Date),
    Column("ends_on", Date),
    Column("status", String(20)),
    reference("region_id", "regions"),
    reference("owner_id", "users"),
    money("budget"),
    currency(),
)

# Acquisition cost by day. media: paid to others; staff and tools: what "fully loaded" adds.
# A cost that belongs to no campaign, channel or region leaves them empty.
spend = record(
    "spend",
    reference("campaign_id", "campaigns"),
    reference("region_id", "regions"),
    Column("channel", String(60)),
    Column("spent_on", Date, nullable=False),
    Column("kind", String(5), nullable=False, server_default="media"),
    money("amount", required=True),
    currency(required=True),
    one_of("kind", "media", "staff", "tools"),
)

campaign_members = record(
    "campaign_members",
    reference("campaign_id", "campaigns", required=True),
    reference("contact_id", "contacts"),
    reference("lead_id", "leads"),
    Column("joined_at", UTCDateTime, nullable=False),
    Column("status", String(20), nullable=False, server_default="sent"),
    Column("responded_at", UTCDateTime),
)

# A contact of a customer or lead with a campaign; attribution shares a deal among them.
touches = record(
    "touches",
    reference("campaign_id", "campaigns"),
    reference("account_id", "accounts"),
    reference("lead_id", "leads"),
    reference("opportunity_id", "opportunities"),
    Column("channel", String(60)),
    Column("touched_at", UTCDateTime, nullable=False),
)

# One mail to one contact.
emails = record(
    "emails",
    reference("campaign_id", "campaigns"),
    reference("contact_id", "contacts", required=True),
    Column("sent_at", UTCDateTime, nullable=False),
    Column("delivered_at", UTCDateTime),
    Column("opened_at", UTCDateTime),
    Column("clicked_at", UTCDateTime),
    Column("unsubscribed_at", UTCDateTime),
    Column("bounced_at", UTCDateTime),
)

web_traffic = record(
    "web_traffic",
    Column("day", Date, nullable=False),
    Column("source", String(60), nullable=False),
    Column("country", String(2)),
    Column("sessions", Integer, nullable=False),
    Column("visitors", Integer),
    Column("page_views", Integer),
    Column("conversions", Integer, nullable=False, server_default="0"),
    UniqueConstraint("day", "source", "country", name="uq_web_traffic_day"),
    unique_without("country", "uq_web_traffic_no_country", "day", "source"),
    CheckConstraint("sessions >= 0 AND conversions >= 0", name="counts"),
)

social_mentions = record(
    "social_mentions",
    Column("mentioned_at", UTCDateTime, nullable=False),
    Column("network", String(40), nullable=False),
    Column("sentiment", Float),  # -1 … 1
    Column("reach", Integer),
    Column("author", String(200)),
    Column("text", String),
    reference("campaign_id", "campaigns"),
    reference("product_id", "products"),
    CheckConstraint("sentiment BETWEEN -1 AND 1", name="sentiment"),
)
