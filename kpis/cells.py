"""Asking by day: what adds up over days is asked once, and windows are additions over the answer.

A stock's cells are its ledger: + on the day a span starts, - on the day it ends. The stock at the end
of a day is the sum of the ledger up to then; its exposure in a window is the sum of its days' stocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    literal,
    literal_column,
    or_,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from kpis.clauses import Clauses, allowed, clauses, clock_day, member_of, number
from kpis.days import Days
from kpis.model import KPI, Age, AsOf, Cohort, Due, Spell, Throughout
from kpis.period import Period
from kpis.shape import Shape, parameters
from kpis.sums import EXACT, Numbers, Sums
from kpis.tally import Tallies, Tally

_NO_DAY = literal(None, Date)
_ROWS = ("n", "missing", "out")


def has_cells(kpi: KPI) -> bool:
    """The KPI can be asked by day. What hangs on the window's ends cannot: a cohort that is there when it
    opens, days that were moved out of it, ages."""
    at_opening = isinstance(kpi.clock, Cohort) and isinstance(kpi.clock.entry, Spell)
    ages = isinstance(kpi.each, Age) or kpi.aged is not None
    return not at_opening and not isinstance(kpi.clock, Due) and not ages


def is_ledger(kpi: KPI) -> bool:
    return isinstance(kpi.clock, AsOf | Throughout)


def lasting(kpi: KPI) -> ColumnElement[bool]:
    """The span of a stock has at least one day."""
    spell = kpi.clock.spell  # type: ignore[union-attr]
    return or_(spell.end.is_(None), spell.start < spell.end)


@lru_cache(maxsize=500)
def cells_statement(
    kpis: tuple[KPI, ...], by: tuple[str, ...], shape: Shape, margins: frozenset[str]
) -> tuple[Select[Any] | CompoundSelect[Any], Sums]:
    """Day, sign, members, and each KPI's sums, over the days that windows from `opens` to `closes` need;
    `margins`: the KPIs whose interval is wanted."""
    first, sums = kpis[0], Sums()
    for kpi in kpis:
        sums.add(kpi, _parts(kpi), margins=kpi.key in margins)
    opens, closes = bindparam("opens", type_=Date), bindparam("closes", type_=Date)
    members = [member_of(first.fact.table, name) for name in by]

    def branch(day: ColumnElement[Any], sign: int, *held: ColumnElement[bool]) -> Select[Any]:
        rows = and_(allowed(first, parameters(shape)), *held)
        also = literal_column(f"{sign}", Integer).label("sign")
        return sums.select(first.fact.table, rows, [day.label("day"), *members], also)

    if not is_ledger(first):
        day = clock_day(first)
        return branch(day, 1, day >= opens, day < closes), sums
    spell = first.clock.spell  # type: ignore[union-attr]
    starts = branch(spell.start, 1, lasting(first), spell.start < closes)
    ends = branch(spell.end, -1, lasting(first), spell.start.isnot(None), spell.end < closes)
    return union_all(starts, ends), sums


def _parts(kpi: KPI) -> Clauses:
    """The KPI's clauses without a window: an exposure's days are counted when its cells are added."""
    parts = clauses(kpi, _NO_DAY, _NO_DAY)
    return replace(parts, each=number(kpi, kpi.each)) if isinstance(kpi.clock, Throughout) else parts


class Cells:
    """The answer to a `cells_statement`: its rows by members, in the order of their days."""

    def __init__(self, table: pa.Table, sums: Sums, by: Sequence[str]) -> None:
        self._days = Days(table, by)
        self._signs = table.column("sign").to_numpy()[self._days.order]
        self._table, self._sums, self._by = table, sums, by

    def tallies(self, kpi: KPI, periods: Sequence[Period], *, margins: bool) -> Tallies:
        """A KPI's tallies for each window."""
        columns = {
            name: numbers[self._days.order]
            for name, numbers in self._sums.read(self._table, kpi).items()
            if margins or name in EXACT
        }
        numbers = (self._stock if is_ledger(kpi) else self._flow)(kpi, columns, periods)
        known = numbers["known"]
        wanted = np.argwhere(known > 0) if self._by else np.ndindex(known.shape)
        lists = {name: matrix.tolist() for name, matrix in numbers.items()}
        return {
            (window, self._days.members[group]): Tally(
                **{name: rows[group][window] for name, rows in lists.items()}
            )
            for group, window in wanted
        }

    def _flow(self, _kpi: KPI, columns: Numbers, periods: Sequence[Period]) -> Numbers:
        opens, closes = self._days.bounds(periods)
        found = {name: _over(column, opens, closes, name) for name, column in columns.items()}
        return found | {"known": found["n"] + found["missing"] + found["out"]}

    def _stock(self, kpi: KPI, columns: Numbers, periods: Sequence[Period]) -> Numbers:
        _, closes = self._days.bounds(periods)
        start = np.zeros_like(closes)
        signed = {name: column * self._signs for name, column in columns.items()}
        begun = {name: column * (self._signs > 0) for name, column in columns.items()}
        known = sum((_over(begun[name], start, closes) for name in _ROWS), start=np.zeros_like(start))
        if isinstance(kpi.clock, AsOf):
            found = {name: _over(column, start, closes, name) for name, column in signed.items()}
            return found | {"known": known}
        # Spans that touch the window: those in force on its first day, and those that start after it.
        after = self._days.place([period.start for period in periods], 1)
        found = {
            name: _over(signed[name], start, after) + _over(begun[name], after, closes) for name in _ROWS
        }
        lasts = np.array([period.days for period in periods])
        ends = np.array([self._days.since_first(period.end) for period in periods])
        each = signed["each"]
        exposed = _over(each, start, after) * lasts
        exposed += _over(each, after, closes) * ends - _over(each * self._days.days, after, closes)
        return found | {"each": exposed, "known": known}


def _over(column: np.ndarray, starts: np.ndarray, ends: np.ndarray, name: str = "") -> np.ndarray:
    """The column's sum from each start to its end; of "largest" the maximum."""
    add = np.maximum if name == "largest" else np.add
    bounds = np.stack([starts, ends], axis=-1).ravel()
    pieces = add.reduceat(np.append(column, 0), bounds)[::2].reshape(starts.shape)
    return np.where(starts < ends, pieces, 0)
