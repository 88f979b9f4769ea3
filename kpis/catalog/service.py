"""What customers ask for, and what they say afterwards."""

from kpis.catalog.facts import ANSWERS, CASES, INVITATIONS
from kpis.model import KPI, Better, Cohort, Condition, During, Phasing, Unit

_answers = ANSWERS.c
_HORIZON = 30  # days

CSAT = KPI(
    key="csat",
    label="Customer satisfaction",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the answers given in the period, the share that was satisfied (4 or 5 of 5; other scales as the "
    "survey says). Only the last answer for a case counts; blank ones do not.",
    department="service",
    fact=ANSWERS,
    clock=During(_answers.answered_day),
    among=(
        Condition(_answers.kind == "CSAT", "answers to other kinds of survey"),
        Condition(_answers.latest == 1, "answered again later"),
    ),
    each=_answers.satisfied,
    per=1,
    no_value="left blank",
    clustered=True,
    formula="satisfied answers ÷ answers",
)

CSAT_RESPONSE = KPI(
    key="csat_response",
    label="Survey response rate",
    unit=Unit.SHARE,
    better=Better.UP,
    help=f"Of the satisfaction surveys sent in the period, the share answered within {_HORIZON} days. "
    "Younger ones cannot be judged yet and are left out.",
    department="service",
    fact=INVITATIONS,
    clock=Cohort(INVITATIONS.c.sent_day, INVITATIONS.c.answered_day, within=_HORIZON),
    among=(Condition(INVITATIONS.c.kind == "CSAT", "other kinds of survey"),),
    per=1,
    formula=f"surveys answered within {_HORIZON} days ÷ surveys sent",
)

CASES_OPENED = KPI(
    key="cases_opened",
    label="Cases opened",
    unit=Unit.COUNT,
    better=Better.DOWN,
    help="Cases and service requests opened in the period.",
    department="service",
    fact=CASES,
    clock=During(CASES.c.opened_day),
    formula="number of cases opened",
    phasing=Phasing.DAILY,
)

SERVICE = (CSAT, CSAT_RESPONSE, CASES_OPENED)
