"""Cases, surveys and knowledge."""

from sqlalchemy import Column, Float, String

from crm_data.warehouse.facts.base import CUSTOMER, days, dimensions, fact, flags, numbers

# One answer to a survey. latest: it is the last one for its case and survey (answers without a case:
# always 1). satisfied: score >= the survey's satisfied_from, NULL without a score. nps: 100, 0, -100.
# effort_hundredths: the score of a CES survey, on its scale of 1 to 7; NULL on any other scale.
# owner, team, cause: of the case.
answers = fact(
    "answers",
    *days("answered_day"),
    Column("kind", String),  # CSAT, NPS, CES
    Column("score", Float),
    *flags("latest", "satisfied"),
    *numbers("nps", "effort_hundredths"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "cause", "survey"),
)

# One survey sent to somebody. answered_day: of the first answer that has a score.
invitations = fact(
    "invitations",
    Column("kind", String),
    *days("sent_day", "answered_day"),
    *dimensions(*CUSTOMER, "owner", "team", "product", "cause", "survey"),
)

#: What every row about a case is broken down by. The account is the case's own, else its contact's; its
#: dimensions are those of the row's day. The rest is as it is today. team: the case's own, else its owner's.
CASE = (*CUSTOMER, "owner", "team", "product", "family", "cause", "priority", "case_channel", "case_kind")

# One case or service request. Hundredths are of an hour: response in business time, resolution elapsed,
# from opening to the first response and to the last closing. on_time: resolved by its due time (NULL
# without one); response_on_time: answered by the time promised for it (NULL without one). due_day,
# response_due_day: the day on which that falls. reopened: how often.
cases = fact(
    "cases",
    *days("opened_day", "response_due_day", "response_day", "due_day", "resolved_day"),
    *numbers("response_hundredths", "resolution_hundredths", "reopened"),
    *flags("response_on_time", "on_time"),
    *dimensions(*CASE),
)

# One closing of a case; id is the case's. attempt: 1 for its first closing, 2 after it was opened again …
# reopened_day: when it was opened again after this closing; NULL if it was not.
case_closings = fact(
    "case_closings",
    *days("closed_day", "reopened_day"),
    *numbers("attempt"),
    *dimensions(*CASE),
)

# A case for as long as it is open; id is the case's. opened again, it has another span. opened_day: when
# the case was opened for the first time. start_reason: opened, reopened; end_reason: resolved.
case_spells = fact(
    "case_spells",
    *days("start_day", "end_day", "opened_day"),
    Column("bad", String),
    *dimensions(*CASE, "start_reason", "end_reason"),
)

# One article on one day: how often it was read, and the votes on whether it helped. A row stands for many.
article_views = fact(
    "article_views",
    *days("day"),
    *numbers("views", "helpful", "votes"),
    *dimensions("article", "article_category", "product", "family"),
)
