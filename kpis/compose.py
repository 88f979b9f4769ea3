"""What a composition asks its parts, and which target it is measured by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from kpis.answers import Goal
from kpis.dimensions import DIMENSIONS
from kpis.goals import Target, goal
from kpis.model import KPI, Composition, Definition
from kpis.period import Calendar, Grain, Period
from kpis.question import Question, Where


def part_period(definition: Definition, part: KPI, period: Period, calendar: Calendar) -> Period:
    """The window that a part is asked for: the definition's own, or another one that ends with it."""
    over = definition.over.get(part.key) if isinstance(definition, Composition) else None
    if over is None:
        return period
    if isinstance(over, int):
        return Period(period.end - timedelta(days=over), period.end)
    return Period(calendar.start_of(over, period.end - timedelta(days=1)), period.end)


def part_periods(
    definition: Definition, part: KPI, periods: tuple[Period, ...], calendar: Calendar
) -> tuple[Period, ...]:
    return tuple(part_period(definition, part, period, calendar) for period in periods)


def part_question(
    definition: Definition, part: KPI, question: Question, period: Period, calendar: Calendar
) -> Question:
    """The question about one part. `period`: the question's, so far as it is over."""
    if not isinstance(definition, Composition):
        return question
    return replace(
        question, kpis=(part.key,), period=part_period(definition, part, period, calendar), grain=None, by=()
    )


def target_of(
    definition: Definition, period: Period, scope: Where, known: list[Target], calendar: Calendar
) -> Goal | None:
    """The target that a composition is measured by, if it is by one and there is one."""
    if not isinstance(definition, Composition) or definition.target is None:
        return None
    if definition.target_of:
        period = _unit(definition.target_of, period, calendar)
    return goal(definition.target, period, scope, known)


def why_no_target(
    definition: Composition, period: Period, where: Where, by: tuple[str, ...], calendar: Calendar
) -> str:
    assert definition.target
    over = _unit(definition.target_of, period, calendar) if definition.target_of else period
    narrowed = [DIMENSIONS[name].label.lower() for name in dict.fromkeys((*(name for name, _ in where), *by))]
    scope = f" for this {' and '.join(narrowed)}" if narrowed else ""
    return f"{definition.target.label} has no target{scope} for {over}."


def as_total(aim: Goal) -> Fraction:
    """The target as an exact number, to the hundredth."""
    return Fraction(round(aim.target * 100), 100)


def _unit(grain: Grain, period: Period, calendar: Calendar) -> Period:
    """The whole unit that the period's last day is in."""
    start = calendar.start_of(grain, period.end - timedelta(days=1))
    return Period(start, calendar.next_start(grain, start))
