"""From the first enquiry to the paid invoice."""

from sqlalchemy import CheckConstraint, Column, Date, Float, Integer, Numeric, String, UniqueConstraint

from crm_data.schema.base import currency, money, one_of, record, reference
from crm_data.schema.types import Json, UTCDateTime

leads = record(
    "leads",
    Column("created_at", UTCDateTime, nullable=False),
    Column("first_name", String(120)),
    Column("last_name", String(120)),
    Column("company", String(300)),
    Column("email", String(254)),
    Column("phone", String(40)),
    Column("status", String(20), nullable=False, server_default="new"),
    Column("channel", String(60)),
    Column("segment", String(80)),
    Column("country", String(2)),
    reference("region_id", "regions"),
    reference("campaign_id", "campaigns"),
    reference("owner_id", "users"),
    Column("first_response_at", UTCDateTime),
    Column("converted_at", UTCDateTime),
    reference("converted_account_id", "accounts"),
    Column("custom", Json),
    one_of("status", "new", "working", "qualified", "converted", "unqualified"),
)

products = record(
    "products",
    Column("name", String(200), nullable=False),
    Column("family", String(120)),
    money("list_price"),
    currency(),
    Column("released_on", Date),
    Column("withdrawn_on", Date),
)

# The stages that an open deal passes, in the order of `position`, and how likely a deal in it is won by
# default. While there are none, the copy infers the order from the deals themselves.
stages = record(
    "stages",
    Column("name", String(60), nullable=False),
    Column("position", Integer, nullable=False),
    Column("probability", Float),
    UniqueConstraint("name", name="uq_stages_name"),
    CheckConstraint("probability BETWEEN 0 AND 1", name="probability"),
)

# A deal. opened_on and closed_on are days in the organisation's own calendar, as CRMs keep them;
# either may be unknown. An amount that nobody has entered is NULL, never 0.
opportunities = record(
    "opportunities",
    Column("name", String(300)),
    reference("account_id", "accounts"),
    reference("contact_id", "contacts"),
    reference("lead_id", "leads"),
    reference("product_id", "products"),
    reference("campaign_id", "campaigns"),
    reference("owner_id", "users"),
    reference("region_id", "regions"),
    Column("channel", String(60)),
    Column("stage", String(60), nullable=False),
    Column("status", String(4), nullable=False),
    money("amount"),
    currency(),
    Column("probability", Float),
    Column("opened_on", Date),
    Column("closed_on", Date),
    Column("expected_close", Date),
    Column("close_reason", String(120)),
    Column("custom", Json),
    one_of("status", "open", "won", "lost"),
    CheckConstraint("probability BETWEEN 0 AND 1", name="probability"),
    CheckConstraint("amount IS NULL OR currency IS NOT NULL", name="amount_has_currency"),
)

# What a deal was from an instant on. A trigger writes the row when one of these changes; with the
# first change also what it was before, since it was last written.
opportunity_history = record(
    "opportunity_history",
    reference("opportunity_id", "opportunities", required=True),
    Column("changed_at", UTCDateTime, nullable=False),
    Column("stage", String(60), nullable=False),
    money("amount"),
    currency(),
    Column("probability", Float),
    reference("owner_id", "users"),
    Column("expected_close", Date),
)

quotes = record(
    "quotes",
    reference("opportunity_id", "opportunities"),
    reference("account_id", "accounts"),
    Column("number", String(60)),
    Column("sent_on", Date),
    Column("valid_until", Date),
    Column("accepted_on", Date),
    Column("declined_on", Date),
    money("amount", required=True),
    currency(required=True),
)

invoices = record(
    "invoices",
    reference("account_id", "accounts", required=True),
    reference("opportunity_id", "opportunities"),
    Column("number", String(60)),
    Column("kind", String(7), nullable=False, server_default="invoice"),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date),
    currency(required=True),
    one_of("kind", "invoice", "credit"),
)

# Amounts of a credit note are negative.
invoice_lines = record(
    "invoice_lines",
    reference("invoice_id", "invoices", required=True),
    reference("product_id", "products"),
    Column("quantity", Numeric(19, 4, asdecimal=False), nullable=False, server_default="1"),
    money("amount", required=True),
    money("cost"),
    Column("position", Integer, nullable=False, server_default="1"),
)

payments = record(
    "payments",
    reference("invoice_id", "invoices", required=True),
    Column("paid_on", Date, nullable=False),
    money("amount", required=True),
)
