"""What customers say when they are asked."""

from kpis.catalog.facts import ANSWERS, INVITATIONS
from kpis.model import KPI, Better, Cohort, Condition, During, Unit

_answers = ANSWERS.c
_HORIZON = 30  # days


def _of_kind(kind: str) -> tuple[Condition, ...]:
    return (
        Condition(_answers.kind == kind, "answers to other kinds of survey"),
        Condition(_answers.latest == 1, "answered again later"),
    )


def _response(key: str, label: str, kind: str, what: str) -> KPI:
    return KPI(
        key=key,
        label=label,
        unit=Unit.SHARE,
        better=Better.UP,
        help=f"Of the {what} surveys sent in the period, the share answered within {_HORIZON} days. "
        "Younger ones cannot be judged yet and are left out.",
        department="service",
        fact=INVITATIONS,
        clock=Cohort(INVITATIONS.c.sent_day, INVITATIONS.c.answered_day, within=_HORIZON),
        among=(Condition(INVITATIONS.c.kind == kind, "other kinds of survey"),),
        per=1,
        formula=f"surveys answered within {_HORIZON} days ÷ surveys sent",
    )


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
    among=_of_kind("CSAT"),
    each=_answers.satisfied,
    per=1,
    no_value="left blank",
    clustered=True,
    formula="satisfied answers ÷ answers",
)

NPS = KPI(
    key="nps",
    label="Net promoter score",
    unit=Unit.SCORE,
    better=Better.UP,
    help="Would you recommend us, from 0 to 10? A 9 or 10 counts 100, a 7 or 8 nothing, less counts -100; "
    "the score is the mean of the answers given in the period. It runs from -100 to 100.",
    department="service",
    fact=ANSWERS,
    clock=During(_answers.answered_day),
    among=_of_kind("NPS"),
    each=_answers.nps,
    per=1,
    no_value="left blank",
    clustered=True,
    formula="100 × (promoters - detractors) ÷ answers",
    source="Reichheld (2003), The one number you need to grow",
)

CES = KPI(
    key="ces",
    label="Customer effort",
    unit=Unit.SCORE,
    better=Better.UP,
    help="How easy was it to get help, from 1 (very hard) to 7 (very easy)? The mean of the answers given in "
    "the period. Answers on another scale are left out: a mean over scales would mean nothing.",
    department="service",
    fact=ANSWERS,
    clock=During(_answers.answered_day),
    among=_of_kind("CES"),
    each=_answers.effort_hundredths,
    per=1,
    no_value="left blank, or not on a scale of 1 to 7",
    clustered=True,
    formula="Σ scores ÷ answers",
    source="Dixon, Freeman, Toman (2010), Stop trying to delight your customers",
)

CSAT_RESPONSE = _response("csat_response", "Survey response rate", "CSAT", "satisfaction")
NPS_RESPONSE = _response("nps_response", "Response rate, recommendation", "NPS", "recommendation")
CES_RESPONSE = _response("ces_response", "Response rate, effort", "CES", "effort")

SATISFACTION = (CSAT, CSAT_RESPONSE, NPS, NPS_RESPONSE, CES, CES_RESPONSE)
