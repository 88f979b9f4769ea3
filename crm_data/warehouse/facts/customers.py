"""Customers and what they buy."""

from sqlalchemy import Column, String

from crm_data.warehouse.facts.base import CUSTOMER, days, dimensions, fact, flags, numbers

# A customer, for as long as price and dimensions stay the same. id is the account's.
# lost_day, lost_reason: when and why the unbroken membership that this span is part of ended; the
# same on all its spans; NULL while it lasts. start_reason: new, back, moved, repriced; end_reason: lost,
# moved, repriced. basis: contract (memberships are recorded) or silence (inferred from orders: lost
# when none came for the segment's threshold of days; lost_day = last order + threshold).
customer_spells = fact(
    "customer_spells",
    *days("start_day", "end_day", "lost_day"),
    *numbers("monthly_cents"),
    Column("bad", String),
    *dimensions(*CUSTOMER, "owner", "team", "basis", "plan", "lost_reason", "start_reason", "end_reason"),
)

# An account that has bought. first_day, second_day: its first and second purchase (invoice issued,
# or deal won where it has no invoices, or membership begun where it has neither).
# first_year_margin_cents: Σ margin of its invoice lines dated in [first_day, first_day + 365 days);
# NULL without any line that has a cost. Dimensions as of first_day.
customers = fact(
    "customers",
    *days("first_day", "second_day"),
    *numbers("first_year_margin_cents"),
    *dimensions(*CUSTOMER, "owner", "team"),
)

# One line of an invoice or credit note (negative). margin_cents = amount - cost; NULL without a cost.
invoice_lines = fact(
    "invoice_lines",
    *days("issued_day"),
    *numbers("amount_cents", "cost_cents", "margin_cents"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "family"),
)

# A day on which an account bought (bought 1), or got credit notes only (0). id is the account's.
# amount_cents: of the invoice lines of that day; of the deals won, where it has no invoices; NULL
# where neither is known.
buying_days = fact(
    "buying_days",
    *days("day"),
    *flags("bought"),
    *numbers("amount_cents"),
    *dimensions(*CUSTOMER, "owner", "team"),
)

# Where an account is, to a tenth of a degree (some ten kilometres). id is the account's.
sites = fact("sites", *numbers("latitude_tenths", "longitude_tenths"))
