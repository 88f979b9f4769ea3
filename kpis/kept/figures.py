"""The figures of a report, each with the question it answers and the rows behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kpis.answers import Cell, Reading
from kpis.catalog import DEFINITIONS
from kpis.compose import part_periods
from kpis.kept.rows import Wanted
from kpis.model import KPI
from kpis.period import Calendar, Period
from kpis.question import Question
from kpis.read import buckets, refusal, until_today
from kpis.reports.scope import Found

Member = tuple[str, object]
Answers = Mapping[Question, tuple[Reading, ...]]


@dataclass(frozen=True)
class Figure:
    """A KPI's value for a window, or a bucket of one, and the members of some dimensions."""

    kpi: str
    period: Period
    at: tuple[Member, ...] = ()


@dataclass(frozen=True)
class Value:
    """What a figure came to. Two are the same if all of it is."""

    value: float | None
    n: int | None
    numerator: Fraction | None
    denominator: Fraction | None

    def like(self, other: Value) -> bool:
        """The same, but for what floating point may do to a formula between two versions of a library."""
        mine, theirs = self.value, other.value
        if mine is None or theirs is None:
            same = mine is theirs
        else:
            same = abs(mine - theirs) <= 1e-9 * max(abs(mine), abs(theirs))
        exact = (self.n, self.numerator, self.denominator) == (other.n, other.numerator, other.denominator)
        return same and exact


NOTHING = Value(None, None, None, None)


@dataclass(frozen=True)
class Place:
    """Where the rows of a figure are: the windows of one of the report's questions, and which of them."""

    question: Question
    in_buckets: bool = False  # one of the question's buckets, else its whole window


def figures(answers: Answers) -> dict[Figure, tuple[Value, Place]]:
    """Every figure that the questions were answered with, each once."""
    found: dict[Figure, tuple[Value, Place]] = {}
    for question, readings in answers.items():
        for one in readings:
            found.setdefault(Figure(one.key, question.period), (value_of(one), Place(question)))
            for place, (figure, cell) in _cells(question, one):
                found.setdefault(figure, (value_of(cell), place))
    return found


def totals(answers: Answers) -> dict[Figure, tuple[Value, Place]]:
    """The leading members' figures, of which only the value is known."""
    return {
        figure: (Value(cell.value, None, None, None), place)
        for question, readings in answers.items()
        for place, (figure, cell) in _cells(question, readings[0])
    }


def leading(found: Found) -> Answers:
    """The leading members' totals, as if they had been asked for by name."""
    answers = {}
    for one, leaders in found.leaders.items():
        members = tuple(member for member, _ in leaders.first)
        asked = found.scope.question((one.kpi,), (one.by,))
        cells = tuple(
            Cell({one.by: member}, total, None, None, None, None, None, None)
            for member, total in leaders.first
        )
        question = replace(asked, where=(*asked.where, (one.by, members)))
        empty = Reading(one.kpi, asked.period, None, None, None, None, None, None, None, cells=cells)
        answers[question] = (empty,)
    return answers


def _cells(question: Question, reading: Reading) -> Iterator[tuple[Place, tuple[Figure, Cell]]]:
    place = Place(question, in_buckets=question.grain is not None)
    for cell in reading.cells:
        at = dict(cell.at)
        period = at.pop("period", question.period)
        yield place, (Figure(reading.key, period, tuple(at.items())), cell)


def value_of(one: Reading | Cell) -> Value:
    return Value(one.value, one.n, one.numerator, one.denominator)


def rows_of(figure: Figure, place: Place, calendar: Calendar) -> list[tuple[KPI, tuple[Period, ...], int]]:
    """For each KPI that the figure is made of: the windows that its rows are kept for, and which of them."""
    question, definition = place.question, DEFINITIONS[figure.kpi]
    asked: tuple[Period, ...] = (until_today(question.period, question),)
    number = 0
    if place.in_buckets:
        asked = buckets(question, calendar)
        number = asked.index(figure.period) if figure.period in asked else 0
    return [(part, part_periods(definition, part, asked, calendar), number) for part in definition.parts]


def wanted(found: Found) -> list[Wanted]:
    """The rows behind all figures, each once, with the dimensions that figures are told apart by."""
    calendar = found.scope.calendar
    by: dict[tuple[KPI, tuple[Period, ...]], set[str]] = {}
    for question in found.readings:
        for key in question.kpis:
            if refusal(DEFINITIONS[key], question):
                continue
            for place in (Place(question), *((Place(question, in_buckets=True),) if question.grain else ())):
                for part, periods, _ in rows_of(Figure(key, question.period), place, calendar):
                    by.setdefault((part, periods), set()).update(question.by)
    for question in leading(found):
        for part, periods, _ in rows_of(Figure(question.kpis[0], question.period), Place(question), calendar):
            by.setdefault((part, periods), set()).update(question.by)
    return [
        Wanted(part, periods, tuple(sorted(_with_account(part, names))))
        for (part, periods), names in by.items()
    ]


def _with_account(kpi: KPI, names: Iterable[str]) -> set[str]:
    return {*names, *({"account"} & set(kpi.dimensions))}
