"""Asking for each window by itself: what does not add up over days, and breakdowns of one window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    column,
    func,
    literal,
    select,
    values,
)

from kpis.clauses import Clauses, allowed, clauses, rows_of
from kpis.model import KPI
from kpis.period import Period
from kpis.question import Where
from kpis.tally import NUMBERS, Tally, aggregates

Members = tuple[object, ...]
Tallies = dict[tuple[int, Members], Tally]


class Windows:
    """The windows of a statement: one is written into it, several are joined as a list."""

    def __init__(self, periods: Sequence[Period]) -> None:
        self.opens: ColumnElement[Any]
        self.closes: ColumnElement[Any]
        self.number: ColumnElement[int]
        if len(periods) == 1:
            self.list = None
            self.opens, self.closes = literal(periods[0].start, Date), literal(periods[0].end, Date)
            self.number = literal(0, Integer).label("number")
        else:
            names = column("number", Integer), column("opens", Date), column("closes", Date)
            rows = [(number, period.start, period.end) for number, period in enumerate(periods)]
            self.list = values(*names, name="windows").data(rows)
            self.number, self.opens, self.closes = self.list.c.number, self.list.c.opens, self.list.c.closes

    def select(self, kpi: KPI, where: Where, *columns: ColumnElement[Any]) -> Select[Any]:
        """The columns over the rows that each window holds."""
        held = clauses(kpi, self.opens, self.closes).in_window
        statement = select(self.number, *columns).where(allowed(kpi, where))
        if self.list is None:
            return statement.select_from(rows_of(kpi, self.closes)).where(held)
        return statement.select_from(rows_of(kpi, self.closes, kpi.fact.table.join(self.list, held)))

    def grouped(self, statement: Select[Any], *columns: ColumnElement[Any]) -> Select[Any]:
        keys = columns if self.list is None else (self.number, *columns)
        return statement.group_by(*keys) if keys else statement


def totals_statement(
    kpis: Sequence[KPI], periods: Sequence[Period], by: Sequence[str], where: Where
) -> Select[Any]:
    """Window, members, and each KPI's aggregates. All KPIs count the same fact by the same clock."""
    windows = Windows(periods)
    members = [kpis[0].fact.table.c[name] for name in by]
    sums = [
        expression.label(f"{kpi.key}.{name}")
        for kpi in kpis
        for name, expression in aggregates(kpi, clauses(kpi, windows.opens, windows.closes)).items()
    ]
    return windows.grouped(windows.select(kpis[0], where, *members, *sums), *members)


def spread_statement(kpi: KPI, periods: Sequence[Period], by: Sequence[str], where: Where) -> Select[Any]:
    """Window, members, number, and how many counted rows have it."""
    windows = Windows(periods)
    members = [kpi.fact.table.c[name] for name in by]
    parts = clauses(kpi, windows.opens, windows.closes)
    statement = windows.select(kpi, where, *members, parts.each.label("value"), func.count().label("rows"))
    return windows.grouped(statement.where(parts.counts), *members, parts.each)


def clusters_statement(kpi: KPI, periods: Sequence[Period], by: Sequence[str], where: Where) -> Select[Any]:
    """Window, members, customers, ΣE², ΣEP, ΣP² over each customer's own sums E and P."""
    windows = Windows(periods)
    members = [kpi.fact.table.c[name] for name in by]
    parts: Clauses = clauses(kpi, windows.opens, windows.closes)
    customer = func.coalesce(kpi.fact.c.account, -kpi.fact.c.id)
    own = windows.select(
        kpi, where, *members, func.sum(parts.each).label("e"), func.sum(parts.per).label("p")
    )
    each = windows.grouped(own.where(parts.counts), *members, customer).subquery("customers")
    keys = [each.c.number, *(each.c[name] for name in by)]
    sums = (func.sum(each.c.e * each.c.e), func.sum(each.c.e * each.c.p), func.sum(each.c.p * each.c.p))
    return select(*keys, func.count(), *sums).group_by(*keys)


def read_totals(table: pa.Table, kpi: KPI, by: Sequence[str]) -> Tallies:
    """A KPI's tallies from the answer to a `totals_statement`."""
    fields = [name for name in NUMBERS if f"{kpi.key}.{name}" in table.column_names]
    numbers = zip(*(table.column(f"{kpi.key}.{name}").to_pylist() for name in fields), strict=True)
    found: Tallies = {}
    for key, row in zip(_keys(table, by), numbers, strict=True):
        tally = Tally(**{name: NUMBERS[name](value or 0) for name, value in zip(fields, row, strict=True)})
        tally.known = tally.n + tally.missing + tally.out
        found[key] = tally
    return found


def add_spread(tallies: Tallies, table: pa.Table, by: Sequence[str]) -> None:
    counted = zip(table.column("value").to_pylist(), table.column("rows").to_pylist(), strict=True)
    for key, (value, rows) in zip(_keys(table, by), counted, strict=True):
        tallies[key].values[int(value)] += rows


def add_clusters(tallies: Tallies, table: pa.Table, by: Sequence[str]) -> None:
    sums = [table.column(1 + len(by) + n).to_pylist() for n in range(4)]
    for key, (customers, ee, ep, pp) in zip(_keys(table, by), zip(*sums, strict=True), strict=True):
        tallies[key].clusters = (customers, float(ee), float(ep), float(pp))


def _keys(table: pa.Table, by: Sequence[str]) -> list[tuple[int, Members]]:
    numbers = table.column(0).to_pylist()
    members = (
        zip(*(table.column(name).to_pylist() for name in by), strict=True) if by else [()] * len(numbers)
    )
    return list(zip(numbers, members, strict=True))
