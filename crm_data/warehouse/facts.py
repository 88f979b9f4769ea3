"""The fact tables of the copy: one row = one business event, or one span of time.

This is the contract between the copy, which fills them, and `kpis`, which counts them.

- Numbers are whole: money in cents of the base currency (`*_cents`), durations in days or seconds,
  flags 0/1. So sums are exact, in any order, on any engine. NULL means unknown, never 0.
- `day` columns are days in the organisation's time zone.
- Dimensions are named the same everywhere and hold the value at the row's event. NULL is "(none)".
  `owner` and `account` hold keys whose names stay in the CRM database; the rest hold categories.
- No names of people, no addresses, no free text.
- Spans are half-open: [start_day, end_day), end_day NULL while it lasts. `bad` says in words why
  a span makes no sense (its end precedes its start); such rows are set aside and listed.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Float, Integer, MetaData, SmallInteger, String, Table

facts = MetaData()

#: Text dimensions; the copy keeps each as an ENUM.
CATEGORIES = (
    "region",  # the sales region: the root of the account's, deal's or owner's region
    "country",  # ISO 3166-1 alpha-2
    "segment",
    "industry",
    "size",
    "channel",  # acquisition channel of the customer, lead or deal; channel of the cost
    "team",
    "product",
    "family",
    "campaign",
    "stage",
    "close_reason",
    "lost_reason",
    "start_reason",
    "end_reason",
    "spend_kind",
    "basis",
    "survey",
    "cause",
    "priority",
    "case_channel",
    "plan",
    "tier",
    "lead_status",
)
KEYS = ("owner", "account")


def _fact(name: str, *columns: Column) -> Table:  # type: ignore[type-arg]
    return Table(name, facts, Column("id", BigInteger), *columns)


def _days(*names: str) -> list[Column]:  # type: ignore[type-arg]
    return [Column(name, Date) for name in names]


def _numbers(*names: str) -> list[Column]:  # type: ignore[type-arg]
    return [Column(name, BigInteger) for name in names]


def _flags(*names: str) -> list[Column]:  # type: ignore[type-arg]
    return [Column(name, SmallInteger) for name in names]


def _dimensions(*names: str) -> list[Column]:  # type: ignore[type-arg]
    return [Column(name, BigInteger if name in KEYS else String) for name in names]


_CUSTOMER = ("account", "region", "country", "segment", "industry", "size", "channel")

# One deal. Dimensions as of its closing, or of today while it is open. region: the deal's own, else
# its account's, else its owner's. channel: the deal's own, else its account's.
# amount_cents: at the closing day's rate; while open, at the plan rate. cycle_days: closed - opened.
deals = _fact(
    "deals",
    Column("status", String),  # open, won, lost
    *_days("opened_day", "closed_day"),
    *_numbers("amount_cents", "cycle_days"),
    *_dimensions(*_CUSTOMER, "owner", "team", "product", "family", "campaign", "stage", "close_reason"),
)

# A deal from opening to closing, cut wherever amount, stage, probability, owner or expected close
# changed. id is the deal's. Values unknown before its history began are NULL, except for the last
# span of an open deal, which has today's. start_reason: opened, changed; end_reason: won, lost, changed.
# A deal without an opening day has one row with start_day NULL.
# amount_cents, weighted_cents (× probability): at the plan rate of the fiscal year of start_day.
deal_spells = _fact(
    "deal_spells",
    *_days("start_day", "end_day", "expected_day"),
    *_numbers("amount_cents", "weighted_cents"),
    Column("bad", String),
    *_dimensions(*_CUSTOMER, "owner", "team", "product", "family", "campaign", "stage"),
    *_dimensions("start_reason", "end_reason"),
)

# A customer, for as long as price and dimensions stay the same. id is the account's.
# lost_day, lost_reason: when and why the unbroken membership that this span is part of ended; the
# same on all its spans; NULL while it lasts. start_reason: new, back, moved, repriced; end_reason: lost,
# moved, repriced. basis: contract (memberships are recorded) or silence (inferred from orders: lost
# when none came for the segment's threshold of days; lost_day = last order + threshold).
customer_spells = _fact(
    "customer_spells",
    *_days("start_day", "end_day", "lost_day"),
    *_numbers("monthly_cents"),
    Column("bad", String),
    *_dimensions(*_CUSTOMER, "owner", "team", "basis", "plan", "lost_reason", "start_reason", "end_reason"),
)

# An account that has bought. first_day, second_day: its first and second purchase (invoice issued,
# or deal won where it has no invoices, or membership begun where it has neither).
# first_year_margin_cents: Σ margin of its invoice lines dated in [first_day, first_day + 365 days);
# NULL without any line that has a cost. Dimensions as of first_day.
customers = _fact(
    "customers",
    *_days("first_day", "second_day"),
    *_numbers("first_year_margin_cents"),
    *_dimensions(*_CUSTOMER, "owner", "team"),
)

# One lead. opportunity_day: first deal opened from it. customer_day: first purchase, on or after the
# lead's creation, of the account it became. response_seconds: creation to first response.
leads = _fact(
    "leads",
    *_days("created_day", "opportunity_day", "customer_day"),
    *_numbers("response_seconds"),
    *_dimensions("region", "country", "segment", "channel", "owner", "team", "campaign", "lead_status"),
)

# One dated cost of acquisition. channel and region: its own, else its campaign's, else NULL.
spend = _fact(
    "spend",
    *_days("day"),
    *_numbers("amount_cents"),
    *_dimensions("region", "channel", "campaign", "spend_kind"),
)

# One line of an invoice or credit note (negative). margin_cents = amount - cost; NULL without a cost.
invoice_lines = _fact(
    "invoice_lines",
    *_days("issued_day"),
    *_numbers("amount_cents", "cost_cents", "margin_cents"),
    *_dimensions(*_CUSTOMER, "owner", "team", "product", "family"),
)

# One answer to a survey. latest: it is the last one for its case and survey (answers without a case:
# always 1). satisfied: score >= the survey's satisfied_from, NULL without a score. nps: 100, 0, -100.
# owner, team: of the case.
answers = _fact(
    "answers",
    *_days("answered_day"),
    Column("kind", String),  # CSAT, NPS, CES
    Column("score", Float),
    *_flags("latest", "satisfied"),
    *_numbers("nps"),
    *_dimensions(*_CUSTOMER, "owner", "team", "product", "survey"),
)

# One survey sent to somebody. answered_day: of the first answer that has a score.
invitations = _fact(
    "invitations",
    Column("kind", String),
    *_days("sent_day", "answered_day"),
    *_dimensions(*_CUSTOMER, "owner", "team", "product", "survey"),
)

# One case or service request. Seconds are elapsed time between UTC instants. on_time: resolved by its
# due time (NULL without one); due_day: the day it fell due. reopened: how often.
cases = _fact(
    "cases",
    Column("kind", String),
    *_days("opened_day", "due_day", "resolved_day"),
    *_numbers("response_seconds", "resolution_seconds", "reopened"),
    *_flags("on_time"),
    *_dimensions(*_CUSTOMER, "owner", "team", "product", "family", "cause", "priority", "case_channel"),
)

# One mail to one contact, each flag 0/1.
emails = _fact(
    "emails",
    *_days("sent_day"),
    Column("contact", Integer),
    *_flags("delivered", "opened", "clicked", "unsubscribed", "bounced"),
    *_dimensions("account", "region", "country", "segment", "channel", "campaign"),
)

# The organisation's goals, as they are in the CRM database. Not a fact: nothing is counted here.
targets = Table(
    "targets",
    facts,
    Column("kpi", String),
    Column("dimension", String),
    Column("member", String),
    *_days("start_day", "end_day"),
    Column("target", Float),
    Column("floor", Float),
)
