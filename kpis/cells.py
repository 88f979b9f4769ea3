"""Asking by day: what adds up over days is asked once, and windows are additions over the answer.

A stock's cells are its ledger: + on the day a span starts, - on the day it ends. The stock at the end
of a day is the sum of the ledger up to then; its exposure in a window is the sum of its days' stocks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import ColumnElement, Date, Select, and_, literal, or_, select, union_all
from sqlalchemy.sql.selectable import CompoundSelect

from kpis.clauses import Clauses, allowed, clauses, clock_day, number
from kpis.model import KPI, Age, AsOf, Cohort, Due, Spell, Throughout
from kpis.period import Period
from kpis.question import Where
from kpis.tally import NUMBERS, Tally, aggregates
from kpis.windows import Members, Tallies

_NO_DAY = literal(None, Date)


def has_cells(kpi: KPI) -> bool:
    """The KPI can be asked by day. What hangs on the window's ends cannot: a cohort that is there when it
    opens, days that were moved out of it, ages."""
    at_opening = isinstance(kpi.clock, Cohort) and isinstance(kpi.clock.entry, Spell)
    ages = isinstance(kpi.each, Age) or kpi.aged is not None
    return not at_opening and not isinstance(kpi.clock, Due) and not ages


def is_ledger(kpi: KPI) -> bool:
    return isinstance(kpi.clock, AsOf | Throughout)


def cells_statement(
    kpis: Sequence[KPI], span: Period, by: Sequence[str], where: Where
) -> Select[Any] | CompoundSelect[Any]:
    """Day, sign, members, and each KPI's aggregates, over the days that windows in `span` need."""
    first = kpis[0]
    if not is_ledger(first):
        day = clock_day(first)
        return _branch(kpis, day, 1, by, and_(allowed(first, where), day >= span.start, day < span.end))
    spell = first.clock.spell  # type: ignore[union-attr]
    lasting = and_(allowed(first, where), or_(spell.end.is_(None), spell.start < spell.end))
    return union_all(
        _branch(kpis, spell.start, 1, by, and_(lasting, spell.start < span.end)),
        _branch(kpis, spell.end, -1, by, and_(lasting, spell.start.isnot(None), spell.end < span.end)),
    )


def _branch(
    kpis: Sequence[KPI], day: ColumnElement[Any], sign: int, by: Sequence[str], where: ColumnElement[bool]
) -> Select[Any]:
    members = [kpis[0].fact.table.c[name] for name in by]
    sums = [
        (expression * sign if sign < 0 else expression).label(f"{kpi.key}.{name}")
        for kpi in kpis
        for name, expression in aggregates(kpi, _parts(kpi)).items()
    ]
    return (
        select(day.label("day"), literal(sign).label("sign"), *members, *sums)
        .where(where)
        .group_by(day, *members)
    )


def _parts(kpi: KPI) -> Clauses:
    """The KPI's clauses without a window: an exposure's days are counted when its cells are added."""
    parts = clauses(kpi, _NO_DAY, _NO_DAY)
    return replace(parts, each=number(kpi, kpi.each)) if isinstance(kpi.clock, Throughout) else parts


def read_cells(table: pa.Table, kpi: KPI, periods: Sequence[Period], by: Sequence[str]) -> Tallies:
    """A KPI's tallies for each window, from the answer to a `cells_statement`."""
    fields = [name for name in NUMBERS if f"{kpi.key}.{name}" in table.column_names]
    days = table.column("day").to_numpy().astype("datetime64[D]").astype(np.int64)
    signs = table.column("sign").to_numpy()
    columns = {name: _filled(table.column(f"{kpi.key}.{name}"), NUMBERS[name]) for name in fields}
    found: Tallies = {}
    for members, rows in _groups(table, by).items():
        order = rows[np.argsort(days[rows], kind="stable")]
        part = {name: column[order] for name, column in columns.items()}
        add = _add_ledger if is_ledger(kpi) else _add_flow
        for index, period in enumerate(periods):
            tally = add(kpi, days[order], signs[order], part, period)
            if tally.known or not by:
                found[index, members] = tally
    return found


def _add_flow(
    _kpi: KPI, days: np.ndarray, _signs: np.ndarray, columns: dict[str, np.ndarray], period: Period
) -> Tally:
    held = slice(*np.searchsorted(days, (_ordinal(period.start), _ordinal(period.end))))
    tally = Tally()
    for name, column in columns.items():
        cells = column[held]
        if name == "largest":
            tally.largest = float(cells.max(initial=0.0))
        else:
            setattr(tally, name, NUMBERS[name](cells.sum()))
    tally.known = tally.n + tally.missing + tally.out
    return tally


def _add_ledger(
    kpi: KPI, days: np.ndarray, signs: np.ndarray, columns: dict[str, np.ndarray], period: Period
) -> Tally:
    opens, closes = _ordinal(period.start), _ordinal(period.end)
    until = slice(0, np.searchsorted(days, closes))
    rows = ("n", "missing", "out")
    tally = Tally(known=int(sum(columns[name][until][signs[until] > 0].sum() for name in rows)))
    if isinstance(kpi.clock, AsOf):
        for name, column in columns.items():
            setattr(tally, name, NUMBERS[name](column[until].sum()))
        return tally
    # Spans that touch the window: those in force on its first day, and those that start after it.
    touching = (days[until] <= opens) | (signs[until] > 0)
    for name in rows:
        setattr(tally, name, int(columns[name][until][touching].sum()))
    tally.each = int((columns["each"][until] * (closes - np.maximum(days[until], opens))).sum())
    return tally


def _filled(column: pa.ChunkedArray, kind: type) -> np.ndarray:
    """The column as numbers, with 0 where there was nothing to add."""
    return column.fill_null(0).to_numpy().astype(np.int64 if kind is int else np.float64)


def _groups(table: pa.Table, by: Sequence[str]) -> dict[Members, np.ndarray]:
    if not by:
        return {(): np.arange(table.num_rows)}
    rows = defaultdict(list)
    members = zip(*(table.column(name).to_pylist() for name in by), strict=True)
    for row, key in enumerate(members):
        rows[key].append(row)
    return {key: np.array(held) for key, held in rows.items()}


def _ordinal(day: date) -> int:
    return int(np.datetime64(day, "D").astype(np.int64))
