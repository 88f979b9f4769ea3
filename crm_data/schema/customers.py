"""Accounts and the people in them, and how they stand to us over time."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from crm_data.schema.base import currency, metadata, money, one_of, record, reference
from crm_data.schema.types import Json, Key, UTCDateTime

accounts = record(
    "accounts",
    Column("name", String(300), nullable=False, index=True),
    Column("domain", String(253)),
    Column("phone", String(40)),
    Column("segment", String(80)),
    Column("industry", String(80)),
    Column("size", String(40)),  # a band, such as "50-249"
    Column("employees", Integer),
    money("annual_revenue"),
    currency(),
    reference("region_id", "regions"),
    Column("country", String(2)),
    Column("subdivision", String(6)),
    Column("city", String(120)),
    Column("latitude", Float),
    Column("longitude", Float),
    reference("owner_id", "users"),
    reference("parent_id", "accounts"),
    Column("acquisition_channel", String(60)),
    Column("created_on", Date),
    Column("custom", Json),  # columns of the old CRM that have no place here
)

# What an account was from an instant on. A trigger writes the row when segment, region, owner or
# industry change; with the first change also what it was before, since it was last written.
account_history = record(
    "account_history",
    reference("account_id", "accounts", required=True),
    Column("changed_at", UTCDateTime, nullable=False),
    Column("segment", String(80)),
    Column("industry", String(80)),
    reference("region_id", "regions"),
    reference("owner_id", "users"),
)

# A customer from started_on up to, not including, ended_on. A spell that begins the day another
# ends continues it (a new price or plan); a later one means that the customer came back.
memberships = record(
    "memberships",
    reference("account_id", "accounts", required=True),
    Column("started_on", Date, nullable=False),
    Column("ended_on", Date),
    Column("end_reason", String(120)),
    Column("plan", String(80)),
    money("monthly_amount"),  # recurring revenue
    currency(),
)

contacts = record(
    "contacts",
    reference("account_id", "accounts"),
    Column("first_name", String(120)),
    Column("last_name", String(120), index=True),
    Column("email", String(254), index=True),
    Column("phone", String(40), index=True),
    Column("title", String(120)),
    Column("language", String(20)),
    Column("email_consent", Boolean),  # NULL: never asked
    Column("phone_consent", Boolean),
    Column("consent_at", UTCDateTime),
    Column("consent_source", String(120)),
    Column("custom", Json),
    reference("merged_into_id", "contacts"),  # a duplicate, kept hidden so that merging can be undone
    CheckConstraint("coalesce(first_name, last_name, email, phone) IS NOT NULL", name="some_name"),
)

loyalty = record(
    "loyalty",
    reference("account_id", "accounts", required=True),
    Column("joined_on", Date, nullable=False),
    Column("left_on", Date),
    Column("tier", String(40), nullable=False),
    Column("points", Integer, nullable=False, server_default="0"),
)

loyalty_points = record(
    "loyalty_points",
    reference("loyalty_id", "loyalty", required=True),
    Column("happened_on", Date, nullable=False),
    Column("points", Integer, nullable=False),  # negative: redeemed
    Column("reason", String(120)),
)

# The communication log.
activities = record(
    "activities",
    Column("kind", String(10), nullable=False),
    Column("happened_at", UTCDateTime, nullable=False),
    Column("direction", String(3)),
    Column("minutes", Integer),
    Column("subject", String(300)),
    Column("body", String),
    reference("account_id", "accounts"),
    reference("contact_id", "contacts"),
    reference("lead_id", "leads"),
    reference("opportunity_id", "opportunities"),
    reference("case_id", "cases"),
    reference("user_id", "users"),
    one_of("kind", "call", "email", "meeting", "chat", "note", "task"),
    one_of("direction", "in", "out"),
)

# Two contacts that somebody said are two people. Without foreign keys: it hinders nobody from deleting one.
contacts_apart = Table(
    "contacts_apart",
    metadata,
    Column("id", Key, primary_key=True),
    Column("one_id", Key, nullable=False),
    Column("other_id", Key, nullable=False),
    UniqueConstraint("one_id", "other_id", name="uq_contacts_apart_pair"),
    CheckConstraint("one_id < other_id", name="order"),
)
