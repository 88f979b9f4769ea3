"""Cases: how many come and go, how many wait, and how soon they are answered and resolved."""

from sqlalchemy import Column, or_

from kpis.catalog.facts import CASE, CASE_CLOSINGS, CASE_SPELLS, CASES
from kpis.model import KPI, Age, Aged, AsOf, Better, Cohort, Condition, During, Phasing, Unit, today

_cases, _closings = CASES.c, CASE_CLOSINGS.c
_WEEK = 7  # days


def _judged(due: Column, done: Column) -> Condition:  # type: ignore[type-arg]
    """Whether a promise was kept is known once its day is over, or once it was."""
    return Condition(or_(due < today, done.isnot(None)), "due today and still waiting")


CASES_OPENED = KPI(
    key="cases_opened",
    label="Cases opened",
    unit=Unit.COUNT,
    better=Better.DOWN,
    help="Cases and service requests opened in the period.",
    department="service",
    fact=CASES,
    clock=During(_cases.opened_day),
    formula="number of cases opened",
    phasing=Phasing.DAILY,
)

CASES_CLOSED = KPI(
    key="cases_closed",
    label="Cases closed",
    unit=Unit.COUNT,
    better=Better.UP,
    help="How often cases were resolved in the period. A case that was opened again and resolved again "
    "counts twice, so that opened and reopened less closed is what the backlog grew by.",
    department="service",
    fact=CASE_CLOSINGS,
    clock=During(_closings.closed_day),
    formula="number of closings",
    phasing=Phasing.DAILY,
)

BACKLOG = KPI(
    key="backlog",
    label="Backlog",
    unit=Unit.COUNT,
    better=Better.DOWN,
    help="Cases and service requests that were open at the end of the period, those opened again included.",
    department="service",
    fact=CASE_SPELLS,
    clock=AsOf(CASE),
    formula="number of open cases at the end",
)

BACKLOG_AGE = KPI(
    key="backlog_age",
    label="Age of the backlog",
    unit=Unit.DAYS,
    better=Better.DOWN,
    help="Of the cases open at the end of the period, the mean number of days since each was opened for the "
    "first time. Being opened again makes no case young.",
    department="service",
    fact=CASE_SPELLS,
    clock=AsOf(CASE),
    each=Age(CASE_SPELLS.c.opened_day),
    per=1,
    spread=True,
    formula="Σ days since opening ÷ open cases",
)

BACKLOG_AGE_MEDIAN = KPI(
    key="backlog_age_median",
    label="Age of the backlog, median",
    unit=Unit.DAYS,
    better=Better.DOWN,
    help="Half of the cases open at the end of the period had been open for longer than this.",
    department="service",
    fact=CASE_SPELLS,
    clock=AsOf(CASE),
    each=Age(CASE_SPELLS.c.opened_day),
    per=1,
    spread=True,
    median=True,
    formula="median of the days since opening",
)

BACKLOG_OLD = KPI(
    key="backlog_old",
    label="Open for more than a week",
    unit=Unit.SHARE,
    better=Better.DOWN,
    help="Of the cases open at the end of the period, the share that was opened more than a week before.",
    department="service",
    fact=CASE_SPELLS,
    clock=AsOf(CASE),
    each=Age(CASE_SPELLS.c.opened_day, over=_WEEK),
    per=1,
    formula="cases open for more than 7 days ÷ open cases",
)


def _backlog(key: str, least: int, most: int | None) -> KPI:
    """What is open for so many days, the first one being that of its opening."""
    days = (
        f"more than {least - 1} days" if not most else f"{least} to {most} days" if least else "up to a day"
    )
    return KPI(
        key=key,
        label=f"Open for {days}",
        unit=Unit.COUNT,
        better=Better.DOWN,
        help=f"Cases and service requests open at the end of the period that were opened for the first time "
        f"{days} before. Being opened again makes no case young. The five bands are together the backlog.",
        department="service",
        fact=CASE_SPELLS,
        clock=AsOf(CASE),
        aged=Aged(CASE_SPELLS.c.opened_day, least, most, "open"),
        formula=f"number of cases open for {days} at the end",
    )


BACKLOG_BY_AGE = (
    _backlog("backlog_1", 0, 1),
    _backlog("backlog_3", 2, 3),
    _backlog("backlog_7", 4, 7),
    _backlog("backlog_30", 8, 30),
    _backlog("backlog_older", 31, None),
)

RESPONSE_KEPT = KPI(
    key="response_kept",
    label="Answered in time",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the cases whose first answer was due in the period, the share answered by then. One that is "
    "still waiting counts as late, so silence cannot flatter.",
    department="service",
    fact=CASES,
    clock=During(_cases.response_due_day),
    among=(_judged(_cases.response_due_day, _cases.response_day),),
    each=_cases.response_on_time,
    per=1,
    formula="cases answered in time ÷ cases whose answer was due",
)

RESPONSE_TIME = KPI(
    key="response_time",
    label="First response, median",
    unit=Unit.HOURS,
    better=Better.DOWN,
    help="Half of the cases first answered in the period waited longer than this: hours of business time, as "
    "working hours and holidays say. Unanswered cases have no time; see the share answered in time.",
    department="service",
    fact=CASES,
    clock=During(_cases.response_day),
    among=(Condition(_cases.response_hundredths >= 0, "answered before they were opened"),),
    each=_cases.response_hundredths,
    per=1,
    spread=True,
    median=True,
    formula="median of the business hours until the first answer",
)

RESOLUTION_MEAN = KPI(
    key="resolution_mean",
    label="Resolution time",
    unit=Unit.HOURS,
    better=Better.DOWN,
    help="Mean hours from opening to the last closing of the cases resolved in the period, nights and "
    "weekends included: what the customer waits. Time before a case was opened again counts.",
    department="service",
    fact=CASES,
    clock=During(_cases.resolved_day),
    among=(Condition(_cases.resolution_hundredths >= 0, "resolved before they were opened"),),
    each=_cases.resolution_hundredths,
    per=1,
    spread=True,
    formula="Σ hours from opening to last closing ÷ cases resolved",
)

RESOLUTION_TIME = KPI(
    key="resolution_time",
    label="Resolution time, median",
    unit=Unit.HOURS,
    better=Better.DOWN,
    help="Half of the cases resolved in the period took longer than this from opening to the last closing, "
    "nights and weekends included.",
    department="service",
    fact=CASES,
    clock=During(_cases.resolved_day),
    among=(Condition(_cases.resolution_hundredths >= 0, "resolved before they were opened"),),
    each=_cases.resolution_hundredths,
    per=1,
    spread=True,
    median=True,
    formula="median of the hours from opening to last closing",
)

SLA_KEPT = KPI(
    key="sla_kept",
    label="Resolved in time",
    unit=Unit.SHARE,
    better=Better.UP,
    help="Of the cases due in the period, the share resolved by then. A case that is still open after its "
    "time counts as late, so a late case cannot hide by staying open.",
    department="service",
    fact=CASES,
    clock=During(_cases.due_day),
    among=(_judged(_cases.due_day, _cases.resolved_day),),
    each=_cases.on_time,
    per=1,
    formula="cases resolved in time ÷ cases due",
)

FIRST_CONTACT = KPI(
    key="first_contact_resolution",
    label="Resolved at the first attempt",
    unit=Unit.SHARE,
    better=Better.UP,
    help=f"Of the cases closed for the first time in the period, the share that was not opened again within "
    f"{_WEEK} days. Younger closings cannot be judged yet and are left out.",
    department="service",
    fact=CASE_CLOSINGS,
    clock=Cohort(_closings.closed_day, _closings.reopened_day, within=_WEEK, spared=True),
    among=(Condition(_closings.attempt == 1, "closed before"),),
    per=1,
    formula=f"first closings that held for {_WEEK} days ÷ first closings",
)

REOPENED = KPI(
    key="reopened_rate",
    label="Reopened",
    unit=Unit.SHARE,
    better=Better.DOWN,
    help=f"Of all closings in the period, the share after which the case was opened again within {_WEEK} "
    "days. Younger closings cannot be judged yet and are left out.",
    department="service",
    fact=CASE_CLOSINGS,
    clock=Cohort(_closings.closed_day, _closings.reopened_day, within=_WEEK),
    per=1,
    formula=f"closings undone within {_WEEK} days ÷ closings",
)

CASE_KPIS = (
    CASES_OPENED,
    CASES_CLOSED,
    BACKLOG,
    BACKLOG_AGE,
    BACKLOG_AGE_MEDIAN,
    BACKLOG_OLD,
    *BACKLOG_BY_AGE,
    RESPONSE_KEPT,
    RESPONSE_TIME,
    RESOLUTION_MEAN,
    RESOLUTION_TIME,
    SLA_KEPT,
    FIRST_CONTACT,
    REOPENED,
)
