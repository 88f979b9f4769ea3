"""When a rule would have fired in the last twelve months, had it been there.

It asks today's data about earlier windows: what was corrected, entered late or reopened since then is in
it, though nobody could have known.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy.sql import visitors

from crm_data.alerts import Rule
from kpis.alerts.judge import MISSING, Figure, Says, Verdict, judge
from kpis.alerts.rule import Windows, problem, windows
from kpis.alerts.silence import Members, before, filled
from kpis.catalog import DEFINITIONS
from kpis.cells import has_cells, is_ledger
from kpis.dimensions import DIMENSIONS
from kpis.model import KPI, Age, AtClose, Cohort, Interval
from kpis.period import Calendar, Period, add_months
from kpis.read import over
from kpis.snapshot import Copy, opened
from kpis.values import Value

_FEW = 60  # so many different windows are asked one by one without anybody waiting


@dataclass(frozen=True)
class Run:
    """One alert as it would have been. until: the day on which it would have been over; None: it goes on."""

    since: date
    until: date | None
    verdict: Verdict  # of the day it fired


@dataclass
class Course:
    """One member's course: what the rule would have said on each day, and the alerts."""

    whole: bool
    member: object
    days: list[tuple[date, Verdict]] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


@dataclass(frozen=True)
class Backtest:
    """`days`: those that were looked at, `step` apart. Members that would have fired come first."""

    days: tuple[date, ...]
    step: int
    courses: tuple[Course, ...]

    @property
    def runs(self) -> list[tuple[Course, Run]]:
        """All alerts, the first one first."""
        found = [(course, run) for course in self.courses for run in course.runs]
        return sorted(found, key=lambda pair: pair[1].since)


def backtest(copy: Copy, rule: Rule, today: date) -> Backtest:
    """Every day of the last twelve months where that is quick, else every seventh day back from today.
    Nothing where the rule cannot be asked."""
    DIMENSIONS.follow(copy.state.marked)
    calendar = Calendar(copy.organisation)
    if problem(rule):
        return Backtest((), 1, ())
    every_day = _days(today, 1)
    looks = {day: windows(rule, calendar, day) for day in every_day}
    step = 1 if _is_quick(rule, set(looks.values())) else 7
    days = _days(today, step)
    answers = _figures(copy, rule, {day: looks[day] for day in days})
    courses: dict[object, Course] = {}
    for day in days:
        now, then, past = answers[day]
        for member, figure in filled(now, past).items():
            earlier = then.get(member, MISSING) if then is not None else None
            whole = rule.dimension is None
            course = courses.setdefault(member, Course(whole, member))
            course.days.append((day, judge(rule, whole, member, looks[day], figure, earlier)))
    for course in courses.values():
        course.runs = _runs(course)
    return Backtest(tuple(days), step, tuple(sorted(courses.values(), key=_first)))


def _first(course: Course) -> tuple[bool, date, bool, str]:
    fired = course.runs[0].since if course.runs else date.max
    return not course.runs, fired, course.member is None, str(course.member)


def _days(today: date, step: int) -> list[date]:
    first = add_months(today, -12) + timedelta(days=1)
    return [today - timedelta(days=back) for back in range((today - first).days, -1, -1) if back % step == 0]


def _runs(course: Course) -> list[Run]:
    """Unbroken runs of being beyond, as the alerts themselves are kept."""
    runs: list[Run] = []
    start: tuple[date, Verdict] | None = None
    for day, verdict in course.days:
        if verdict.says is Says.BEYOND and start is None:
            start = day, verdict
        elif verdict.says is Says.WITHIN and start is not None:
            runs.append(Run(start[0], day, start[1]))
            start = None
    return [*runs, Run(start[0], None, start[1])] if start else runs


def _is_quick(rule: Rule, looks: set[Windows]) -> bool:
    """All windows together are additions over one answer; or there are few different ones."""
    parts = DEFINITIONS[rule.kpi].parts
    if any(knows_today(part) for part in parts):
        return False
    return len(looks) <= _FEW or all(_adds(part, bool(rule.dimension)) for part in parts)


def _adds(kpi: KPI, broken_down: bool) -> bool:
    in_cells = has_cells(kpi) and not (broken_down and is_ledger(kpi))
    return in_cells and not kpi.spread and kpi.interval is not Interval.CLUSTERED and not kpi.moments


def knows_today(kpi: KPI) -> bool:
    """What a window holds depends on the day on which one asks, so each day needs an answer of its own."""
    if isinstance(kpi.clock, Cohort) and kpi.clock.within is not None:
        return True
    asked = [*(demand.holds for demand in kpi.among), kpi.each, kpi.per]
    return any(
        getattr(part, "key", None) == "today"
        for clause in asked
        if clause is not None and not isinstance(clause, int | AtClose | Age)
        for part in visitors.iterate(clause)
        if part.__visit_name__ == "bindparam"
    )


def _figures(
    copy: Copy, rule: Rule, looks: dict[date, Windows]
) -> dict[date, tuple[Members, Members | None, Members]]:
    """Each day's figures: of its window, of the one it is compared with, and of what was before."""
    newest = copy.state.newest_day
    asked_of = {day: (*pair, before(rule, pair, newest)) for day, pair in looks.items()}
    definition = DEFINITIONS[rule.kpi]
    by = (rule.dimension,) if rule.dimension else ()
    alone = any(knows_today(part) for part in definition.parts)
    groups: dict[date, dict[Period, None]] = defaultdict(dict)
    last = max(looks)
    for day, several in asked_of.items():
        groups[day if alone else last].update({window: None for window in several if window is not None})
    where = tuple(sorted(rule.filters, key=repr))
    asked = [(definition, tuple(periods), by, where, day) for day, periods in groups.items()]
    with opened(copy) as data:
        answers = over(data.engine, data.calendar, asked)
    found: dict[tuple[date, Period], Members] = defaultdict(dict)
    for (_, periods, _, _, day), values in zip(asked, answers, strict=True):
        for (index, members), value in values.items():
            found[day, periods[index]][members[0] if members else None] = _figure(value, whole=not members)

    def figures(day: date, window: Period | None) -> Members:
        return found.get((day if alone else last, window), {}) if window is not None else {}

    return {
        day: (figures(day, now), figures(day, then) if then is not None else None, figures(day, past))
        for day, (now, then, past) in asked_of.items()
    }


def _figure(value: Value, *, whole: bool) -> Figure:
    low, high = value.bounds or (None, None)
    empty = whole and value.value is None and not value.n and not value.left_out
    return Figure(value.value, value.why, value.n, low, high, empty)
