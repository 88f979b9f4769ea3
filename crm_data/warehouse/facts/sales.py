"""Deals, their way through the stages, quotes, and what customers owe."""

from sqlalchemy import Column, Float, String, Table

from crm_data.warehouse.facts.base import CUSTOMER, days, dimensions, fact, facts, flags, numbers

# One deal. Dimensions as of its closing, or of today while it is open. region: the deal's own, else
# its account's, else its owner's. channel: the deal's own, else its account's.
# amount_cents: at the closing day's rate; while open, at the plan rate. won_cents: the same of a deal won,
# 0 of one lost. cycle_days: closed - opened. contact_days: closed - the first activity with its account
# or its lead; NULL without one by then.
deals = fact(
    "deals",
    Column("status", String),  # open, won, lost
    *days("opened_day", "closed_day"),
    *numbers("amount_cents", "won_cents", "cycle_days", "contact_days"),
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

# The stages of open deals in their order, as the CRM has them, else as most deals pass them. Not a
# fact: nothing is counted here.
stages = Table("stages", facts, Column("stage", String), *numbers("position"), Column("probability", Float))

# A deal in a stage, without a break; coming back to it is another visit. id is the deal's. left_day NULL
# while it is there; days: left - entered. further_day: when the deal first reached a later stage, or was
# won. first: its first visit to this stage. position: the stage's, NULL where its place is not known.
# A stage that a deal left on the day it entered it was not visited. Dimensions as of entering.
stage_visits = fact(
    "stage_visits",
    *days("entered_day", "left_day", "further_day"),
    *numbers("days", "position"),
    *flags("first"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "family", "campaign", "stage"),
)

# A day on which an open deal was expected to close, from set_day until another one was set. id is the
# deal's. moved_day, moved_to: when it was changed, and to which day; NULL if it never was. days_moved:
# moved_to - due_day. Dimensions and amount as they last were while it held.
close_dates = fact(
    "close_dates",
    *days("set_day", "due_day", "moved_day", "moved_to"),
    *numbers("days_moved", "amount_cents"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "family", "campaign", "stage"),
)

# One quote. amount_cents: at the rate of the day it was sent. owner, team: of its deal on that day.
quotes = fact(
    "quotes",
    *days("sent_day", "accepted_day"),
    *numbers("amount_cents"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "family", "campaign"),
)

# What is unpaid of an invoice, from issuing to the last payment, cut where a part was paid and on the
# day after it fell due. id is the invoice's. overdue: that day is past. amount_cents: at the rate of the
# issuing day. A payment before the issuing counts from it; an invoice paid twice owes nothing. Credit notes
# are not in it: nothing says which invoice they settle. Dimensions as of issuing.
receivable_spells = fact(
    "receivable_spells",
    *days("start_day", "end_day", "due_day"),
    *numbers("amount_cents"),
    *flags("overdue"),
    *dimensions(*CUSTOMER, "owner", "team", "start_reason", "end_reason"),
)
