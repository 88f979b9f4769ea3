"""Asking for each window by itself: what does not add up over days, and breakdowns of one window.

Each window is a SELECT of its own, with its bounds written into it, so that the engine skips what lies
outside. Those of several windows are put together as one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from kpis.cells import has_cells, is_ledger, lasting
from kpis.clauses import allowed, clauses, clock_day, member_of, rows_of
from kpis.model import KPI
from kpis.period import Period
from kpis.question import Where
from kpis.shape import Shape, parameters
from kpis.sums import Sums
from kpis.tally import Members, Tallies, Tally

Statement = Select[Any] | CompoundSelect[Any]
Day = ColumnElement[Any]
#: A field of the tally with its value, by window and members.
Distributions = dict[tuple[int, Members], tuple[str, Any]]


@lru_cache(maxsize=500)
def totals_statement(
    kpis: tuple[KPI, ...], windows: int, by: tuple[str, ...], shape: Shape, margins: frozenset[str]
) -> tuple[Statement, Sums]:
    """Window, members, and each KPI's sums. All KPIs count the same fact by the same clock; `margins`: those
    whose interval is wanted."""
    found = [Sums() for _ in range(windows)]

    def one(place: int, opens: Day, closes: Day) -> Select[Any]:
        for kpi in kpis:
            found[place].add(kpi, clauses(kpi, opens, closes), margins=kpi.key in margins)
        first, where = kpis[0], parameters(shape)
        held = and_(allowed(first, where), clauses(first, opens, closes).in_window)
        also = [number_of(place)]
        if not by and has_cells(first) and is_ledger(first):
            also.append(_seen(first, closes, where))
        return found[place].select(rows_of(first, closes), held, members_of(first, by), *also)

    return each_window(windows, one), found[0]


@lru_cache(maxsize=500)
def clusters_statement(kpi: KPI, windows: int, by: tuple[str, ...], shape: Shape) -> Statement:
    """Window, members, customers, ΣE², ΣEP, ΣP² over each customer's own sums E and P. A total has no P."""
    sums: list[ColumnElement[Any]] = [func.sum(column("e") * column("e")).label("ee")]
    if kpi.per is not None:
        sums.append(func.sum(column("e") * column("p")).label("ep"))
        sums.append(func.sum(column("p") * column("p")).label("pp"))

    def one(place: int, opens: Day, closes: Day) -> Select[Any]:
        parts = clauses(kpi, opens, closes)
        members = members_of(kpi, by)
        customer = func.coalesce(kpi.fact.c.account, -kpi.fact.c.id)
        numbers: list[ColumnElement[Any]] = [func.sum(parts.each).label("e")]
        if kpi.per is not None:
            numbers.append(func.sum(parts.per).label("p"))
        own = (
            select(*members, *numbers)
            .select_from(rows_of(kpi, closes))
            .where(allowed(kpi, parameters(shape)), parts.in_window, parts.counts)
            .group_by(*members, customer)
            .subquery("customers")
        )
        keys = [own.c[name] for name in by]
        columns = [number_of(place), *keys, func.count().label("customers"), *sums]
        return select(*columns).select_from(own).group_by(*keys)

    return each_window(windows, one)


def values_of_windows(periods: Sequence[Period]) -> dict[str, date]:
    """The values of the parameters that stand for the windows."""
    found: dict[str, date] = {}
    for place, period in enumerate(periods):
        found |= {f"opens_{place}": period.start, f"closes_{place}": period.end}
    return found


def read_totals(table: pa.Table, sums: Sums, kpi: KPI, by: Sequence[str]) -> Tallies:
    """A KPI's tallies from the answer to a `totals_statement`."""
    numbers = {name: column.tolist() for name, column in sums.read(table, kpi).items()}
    found = {
        key: Tally(**dict(zip(numbers, row, strict=True)))
        for key, row in zip(keys_of(table, by), zip(*numbers.values(), strict=True), strict=True)
    }
    for tally in found.values():
        tally.known = tally.n + tally.missing + tally.out
    if "seen" in table.column_names:
        for tally, seen in zip(found.values(), table.column("seen").to_pylist(), strict=True):
            tally.known = seen
    return found


def read_clusters(table: pa.Table, by: Sequence[str]) -> Distributions:
    """Customers' own sums in each window and member, from the answer to a `clusters_statement`."""
    customers = table.column("customers").to_pylist()
    names = [name for name in ("ee", "ep", "pp") if name in table.column_names]
    sums = zip(*(table.column(name).to_pylist() for name in names), strict=True)
    return {
        key: ("clusters", (number, *map(float, own), *[0.0] * (3 - len(own))))
        for key, number, own in zip(keys_of(table, by), customers, sums, strict=True)
        if number
    }


def each_window(windows: int, one: Callable[[int, Day, Day], Select[Any]]) -> Statement:
    """The selects of all windows as one statement."""
    selects = [one(place, *bounds_of(place)) for place in range(windows)]
    return selects[0] if windows == 1 else union_all(*selects)


def bounds_of(place: int) -> tuple[Day, Day]:
    """The parameters for when a window opens and closes."""
    return bindparam(f"opens_{place}", type_=Date), bindparam(f"closes_{place}", type_=Date)


def number_of(place: int) -> ColumnElement[int]:
    return literal_column(f"{place}", Integer).label("number")


def members_of(kpi: KPI, by: Sequence[str]) -> list[ColumnElement[Any]]:
    return [member_of(kpi.fact.table, name) for name in by]


def _seen(kpi: KPI, closes: Day, where: Where) -> ColumnElement[int]:
    """1 if any span had begun by then, else 0."""
    begun: Select[Any] = select(literal_column("1")).where(
        allowed(kpi, where), lasting(kpi), clock_day(kpi) < closes
    )
    return select(func.count()).select_from(begun.limit(1).subquery("begun")).scalar_subquery().label("seen")


def keys_of(table: pa.Table, by: Sequence[str]) -> list[tuple[int, Members]]:
    numbers = table.column("number").to_pylist()
    members = (
        zip(*(table.column(name).to_pylist() for name in by), strict=True) if by else [()] * len(numbers)
    )
    return list(zip(numbers, members, strict=True))
