"""Cases and surveys."""

from sqlalchemy import Column, Float, String

from crm_data.warehouse.facts.base import CUSTOMER, days, dimensions, fact, flags, numbers

# One answer to a survey. latest: it is the last one for its case and survey (answers without a case:
# always 1). satisfied: score >= the survey's satisfied_from, NULL without a score. nps: 100, 0, -100.
# owner, team: of the case.
answers = fact(
    "answers",
    *days("answered_day"),
    Column("kind", String),  # CSAT, NPS, CES
    Column("score", Float),
    *flags("latest", "satisfied"),
    *numbers("nps"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "survey"),
)

# One survey sent to somebody. answered_day: of the first answer that has a score.
invitations = fact(
    "invitations",
    Column("kind", String),
    *days("sent_day", "answered_day"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "survey"),
)

# One case or service request. Seconds are elapsed time between UTC instants. on_time: resolved by its
# due time (NULL without one); due_day: the day it fell due. reopened: how often.
cases = fact(
    "cases",
    Column("kind", String),
    *days("opened_day", "due_day", "resolved_day"),
    *numbers("response_seconds", "resolution_seconds", "reopened"),
    *flags("on_time"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "family", "cause", "priority", "case_channel"),
)
