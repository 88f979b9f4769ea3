"""Deals."""

from sqlalchemy import Column, String

from crm_data.warehouse.facts.base import CUSTOMER, days, dimensions, fact, numbers

# One deal. Dimensions as of its closing, or of today while it is open. region: the deal's own, else
# its account's, else its owner's. channel: the deal's own, else its account's.
# amount_cents: at the closing day's rate; while open, at the plan rate. cycle_days: closed - opened.
deals = fact(
    "deals",
    Column("status", String),  # open, won, lost
    *days("opened_day", "closed_day"),
    *numbers("amount_cents", "cycle_days"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "family", "campaign", "stage", "close_reason"),
)

# A deal from opening to closing, cut wherever amount, stage, probability, owner or expected close
# changed. id is the deal's. Values unknown before its history began are NULL, except for the last
# span of an open deal, which has today's. start_reason: opened, changed; end_reason: won, lost, changed.
# A deal without an opening day has one row with start_day NULL.
# amount_cents, weighted_cents (× probability): at the plan rate of the fiscal year of start_day.
deal_spells = fact(
    "deal_spells",
    *days("start_day", "end_day", "expected_day"),
    *numbers("amount_cents", "weighted_cents"),
    Column("bad", String),
    *dimensions(*CUSTOMER, "owner", "team", "product", "family", "campaign", "stage"),
    *dimensions("start_reason", "end_reason"),
)
