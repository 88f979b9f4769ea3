"""What has become of a kept report's figures: which differ today, and by which rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from crm_data.kept import RowSet
from kpis.catalog import DEFINITIONS
from kpis.compose import target_of
from kpis.dimensions import DIMENSIONS
from kpis.goals import read_targets
from kpis.kept.definition import meaning
from kpis.kept.figures import (
    NOTHING,
    Answers,
    Figure,
    Place,
    Value,
    figures,
    leading,
    rows_of,
    totals,
    value_of,
)
from kpis.kept.groups import Regrouped, regrouped
from kpis.kept.keep import Kept
from kpis.kept.rows import Move, Moves, Wanted, digest, fetch, moves, summed, unpacked
from kpis.model import KPI
from kpis.period import Period
from kpis.read import ask, restrictions, until_today
from kpis.snapshot import Copy, Snapshot, opened

Windows = tuple[tuple[date, date], ...]


@dataclass(frozen=True)
class PartMoves:
    """The rows by which a figure differs, of one of the KPIs that it is made of. `too_many`: so many rows
    were counted that they were not kept, so it can only be told that they changed."""

    kpi: KPI
    moves: tuple[Move, ...]
    too_many: bool = False


@dataclass(frozen=True)
class Restated:
    """A figure that is not what it was, or (same value) not of the same rows.

    aim: the target that it is measured by, then and now, where that changed.
    """

    figure: Figure
    then: Value
    now: Value
    parts: tuple[PartMoves, ...]
    aim: tuple[float | None, float | None] | None = None

    @property
    def added(self) -> int:
        return sum(move.before is None for part in self.parts for move in part.moves)

    @property
    def removed(self) -> int:
        return sum(move.after is None for part in self.parts for move in part.moves)

    @property
    def changed(self) -> int:
        both = (move.before and move.after for part in self.parts for move in part.moves)
        return sum(bool(one) for one in both)


@dataclass(frozen=True)
class Comparison:
    """A kept report beside today's data. redefined: KPIs whose definition is another one now, which are not
    compared; undefined: those that there are no more."""

    figures: int
    restated: tuple[Restated, ...]
    redefined: tuple[str, ...] = ()
    undefined: tuple[str, ...] = ()
    regrouped: tuple[Regrouped, ...] = ()
    why_not: str | None = None  # in words, why nothing can be compared

    @cached_property
    def by_figure(self) -> dict[Figure, Restated]:
        return {one.figure: one for one in self.restated}


def compare(copy: Copy, kept: Kept, sets: Sequence[RowSet]) -> Comparison:
    """What the kept report's questions are answered with today, and by which rows that differs."""
    currency = copy.organisation.base_currency
    if currency != kept.found.formats.currency:
        why = f"It is in {kept.found.formats.currency}, and amounts are converted to {currency} now."
        return Comparison(0, (), why_not=why)
    with opened(copy) as data:
        for dimension, _ in kept.found.scope.asked.where:
            if DIMENSIONS.lost(dimension):
                return Comparison(0, (), why_not=DIMENSIONS.why_not(dimension))
        return _Comparing(data, kept, sets).comparison()


class _Comparing:
    def __init__(self, data: Snapshot, kept: Kept, sets: Sequence[RowSet]) -> None:
        self.data, self.kept = data, kept
        self.calendar = kept.found.scope.calendar
        self.sets: dict[tuple[str, Windows], RowSet] = {(one.kpi, one.windows): one for one in sets}
        self.moved: dict[tuple[str, Windows], tuple[Moves, bool]] = {}
        known = kept.meanings.keys() & DEFINITIONS.keys()
        self.redefined = {key for key in known if meaning(DEFINITIONS[key]) != kept.meanings[key]}
        self.same = known - self.redefined
        self.targets = read_targets(data.engine, [DEFINITIONS[key] for key in known], DIMENSIONS)

    def comparison(self) -> Comparison:
        found = self.kept.found
        then, now = self._both(found.readings, figures)
        first, second = self._both(leading(found), totals)
        then, now = first | then, second | now
        now |= self._missing({figure: place for figure, (_, place) in then.items() if figure not in now})
        restated = []
        for figure in {**then, **now}:
            before, place = then.get(figure, (NOTHING, None))
            after, other = now.get(figure, (NOTHING, None))
            one = self._restated(figure, before, after, place or other)
            if one:
                restated.append(one)
        return Comparison(
            len(then),
            tuple(restated),
            tuple(sorted(self.redefined)),
            tuple(sorted(self.kept.meanings.keys() - DEFINITIONS.keys())),
            tuple(regrouped(self.data, found)),
        )

    def _missing(self, places: dict[Figure, Place]) -> dict[Figure, tuple[Value, Place]]:
        """Members that no row has any more, asked for by name: of a stock nothing is left, which is 0."""
        asked = [
            replace(
                place.question,
                kpis=(figure.kpi,),
                period=figure.period,
                grain=None,
                by=(),
                where=(*place.question.where, *((name, (member,)) for name, member in figure.at)),
            )
            for figure, place in places.items()
        ]
        answers = ask(self.data.engine, self.calendar, asked)
        return {
            figure: (value_of(reading), place)
            for (figure, place), (reading,) in zip(places.items(), answers, strict=True)
        }

    def _both(self, kept: Answers, of):  # type: ignore[no-untyped-def]
        """The kept figures that can be compared, and today's answers to the same questions."""
        comparable = {
            replace(question, kpis=keys): tuple(one for one in readings if one.key in self.same)
            for question, readings in kept.items()
            if (keys := tuple(key for key in question.kpis if key in self.same))
        }
        answers = ask(self.data.engine, self.calendar, comparable)
        today = {question: tuple(one) for question, one in zip(comparable, answers, strict=True)}
        return of(comparable), of(today)

    def _restated(self, figure: Figure, then: Value, now: Value, place: Place | None) -> Restated | None:
        assert place
        parts = tuple(
            moved
            for part, periods, number in rows_of(figure, place, self.calendar)
            if (moved := self._moves(part, periods, number, figure))
        )
        if then.like(now) and not parts:
            return None
        return Restated(figure, then, now, parts, self._aims(figure, place))

    def _moves(self, part: KPI, periods: tuple[Period, ...], number: int, figure: Figure) -> PartMoves | None:
        """The rows of one part by which the figure differs; None where there are none."""
        key = part.key, tuple((period.start, period.end) for period in periods)
        if key not in self.moved:
            self.moved[key] = self._compared(part, periods, self.sets.get(key))
        moved, too_many = self.moved[key]
        own = moved.of(number, figure.at)
        return PartMoves(part, own, too_many) if own or (too_many and not figure.at) else None

    def _compared(self, part: KPI, periods: tuple[Period, ...], kept: RowSet | None) -> tuple[Moves, bool]:
        """The rows that moved; or that there are such, but too many rows to say which."""
        if kept is None:
            return Moves(), False
        asked = self.kept.found.scope.asked
        where = restrictions(self.kept.found.scope.question(()))
        if kept.rows is None:
            _, sign = summed(self.data.engine, Wanted(part, periods, ()), where, asked.today)
            return Moves(), sign != kept.digest
        before = unpacked(kept.rows)
        by = tuple(name for name in before.column_names if name in part.dimensions)
        after = fetch(self.data.engine, Wanted(part, periods, by), where, asked.today)
        if digest(after) == kept.digest:
            return Moves(), False
        return moves(before.select(after.column_names), after), False

    def _aims(self, figure: Figure, place: Place) -> tuple[float | None, float | None] | None:
        definition, question = DEFINITIONS[figure.kpi], place.question
        scope = (*restrictions(question), *((name, (member,)) for name, member in figure.at))
        period = until_today(figure.period, question)
        aims = [
            target_of(definition, period, scope, list(known), self.calendar)
            for known in (self.kept.targets, self.targets)
        ]
        then, now = (aim.target if aim else None for aim in aims)
        return (then, now) if then != now else None
