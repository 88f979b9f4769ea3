"""What is not over yet: windows that go on after today, rows too young to judge, and how that is said."""

from __future__ import annotations

from datetime import date, timedelta

from kpis.model import KPI, Cohort, Composition, Definition
from kpis.period import Calendar, Period
from kpis.question import Question


def immature(definition: Definition, period: Period, today: date) -> bool:
    """Some of those who entered in the window are too young to judge."""
    clock = definition.clock if isinstance(definition, KPI) else None
    if not isinstance(clock, Cohort) or clock.within is None:
        return False
    return period.end + timedelta(days=clock.within) > today


def unfinished(period: Period, question: Question, calendar: Calendar) -> bool:
    """The window, or the calendar unit that it is the beginning of, goes on after today."""
    if period.end > question.today + timedelta(days=1):
        return True
    if question.grain and period.end == question.today + timedelta(days=1):
        return calendar.next_start(question.grain, period.start) > period.end
    return calendar.to_date(period, question.today) is not None


def notes_on(definition: Definition, question: Question, *, narrowed: bool) -> tuple[str, ...]:
    """What has to be said beside the number. `narrowed`: by filters or by the viewer's rights."""
    notes = []
    if (
        isinstance(definition, KPI)
        and isinstance(definition.clock, Cohort)
        and definition.clock.within is not None
    ):
        youngest = question.today - timedelta(days=definition.clock.within)
        if question.period.end > youngest:
            many = definition.fact.many.capitalize()
            notes.append(f"{many} from {youngest:%-d %b %Y} on are too young to judge and left out.")
    unallocated = [part for part in definition.parts if part.fact.key == "spend"]
    if unallocated and isinstance(definition, Composition) and narrowed:
        notes.append("Without cost that is not allocated to this selection.")
    return tuple(notes)
