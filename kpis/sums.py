"""What a statement adds up: numbers of its rows, and their sums, each once though several KPIs need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    ColumnElement,
    Double,
    FromClause,
    Select,
    cast,
    column,
    func,
    literal,
    select,
)

from kpis.clauses import Clauses
from kpis.model import KPI, Age, AtClose, Interval

#: A KPI's numbers by the tally's field, each one for every row of an answer.
Numbers = dict[str, np.ndarray]

_ONE = literal(1)
#: The fields of a tally that are whole numbers; the others are for intervals only.
EXACT = ("n", "each", "per", "missing", "out")
_ROWS = ("rows", "met", "counted")


@dataclass
class Sums:
    """`rows`: by name, a number of each row, NULL where the row does not count for it. `sums`: by name, what
    is added up over these. `found`: the names of the sums, by KPI and what they are for it."""

    rows: dict[str, ColumnElement[Any]] = field(default_factory=dict)
    sums: dict[str, ColumnElement[Any]] = field(default_factory=dict)
    found: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, kpi: KPI, parts: Clauses, *, margins: bool) -> None:
        """All that the KPI's tally needs; with `margins` what its interval needs, too."""
        times, weighted = kpi.fact.times, kpi.per is not None and not isinstance(kpi.per, int)
        if isinstance(parts.each, BindParameter):  # the same for every row
            counted = self._count(kpi, "each", parts.counted(_ONE))
            self._sum(kpi, "each", counted if kpi.each == 1 else counted * parts.each)
        else:
            each = self._row(kpi, "each", parts.counted(_never_null(kpi, parts.each)))
            self._sum(kpi, "each", cast(func.sum(each), BigInteger))
            counted = func.count(each)
        self._sum(kpi, "n" if times is None else "counted", counted)
        self._sum(kpi, "met", self._count(kpi, "met", parts.among_them(_ONE)))
        self._sum(kpi, "rows", func.count())
        if times is not None:
            self._sum(kpi, "n", cast(func.sum(self._row(kpi, "n", parts.counted(times))), BigInteger))
        if weighted:
            self._sum(kpi, "per", cast(func.sum(self._row(kpi, "per", parts.counted(parts.per))), BigInteger))
        if margins and (weighted or kpi.interval is Interval.DELTA):
            self._add_moments(kpi, parts, weighted)

    def _add_moments(self, kpi: KPI, parts: Clauses, weighted: bool) -> None:
        e = cast(self._row(kpi, "each", parts.counted(_never_null(kpi, parts.each))), Double)
        self._sum(kpi, "squares", func.sum(e * e))
        if not weighted:
            self._sum(kpi, "largest", func.max(func.abs(e)))
            return
        p = cast(self._row(kpi, "per", parts.counted(parts.per)), Double)
        self._sum(kpi, "per_squares", func.sum(p * p))
        self._sum(kpi, "products", func.sum(e * p))
        self._sum(kpi, "largest", func.max(p))

    def select(
        self,
        source: FromClause,
        held: ColumnElement[bool],
        keys: Sequence[ColumnElement[Any]],
        *also: ColumnElement[Any],
    ) -> Select[Any]:
        """The sums over the rows that are held, for each value of the keys. `also`: further columns."""
        sums = [value.label(name) for name, value in self.sums.items()]
        if not self.rows:
            return select(*also, *keys, *sums).select_from(source).where(held).group_by(*keys)
        numbers = [value.label(name) for name, value in self.rows.items()]
        inside = select(*keys, *numbers).select_from(source).where(held).subquery("held")
        groups = [inside.c[str(key.key)] for key in keys]
        return select(*also, *groups, *sums).select_from(inside).group_by(*groups)

    def read(self, table: pa.Table, kpi: KPI) -> Numbers:
        """The KPI's numbers in the answer."""
        known = {
            what: _filled(table.column(name), np.int64 if what in (*EXACT, *_ROWS) else np.float64)
            for (key, what), name in self.found.items()
            if key == kpi.key
        }
        rows, met, counted = known.pop("rows"), known.pop("met"), known.pop("counted", known["n"])
        return {**known, "missing": met - counted, "out": rows - met}

    def _row(self, kpi: KPI, what: str, value: ColumnElement[Any]) -> ColumnElement[Any]:
        for name, other in self.rows.items():
            if other.compare(value):
                return column(name, value.type)
        name = f"{kpi.key}.{what}"
        self.rows[name] = value
        return column(name, value.type)

    def _count(self, kpi: KPI, what: str, value: ColumnElement[Any]) -> ColumnElement[int]:
        """How many rows have the value."""
        return func.count() if value is _ONE else func.count(self._row(kpi, what, value))

    def _sum(self, kpi: KPI, what: str, value: ColumnElement[Any]) -> None:
        for name, other in self.sums.items():
            # Under its own name, too, where it is the KPI's own: the statement is read by people as well.
            if other.compare(value) and not name.startswith(f"{kpi.key}."):
                self.found[kpi.key, what] = name
                return
        self.found[kpi.key, what] = f"{kpi.key}.{what}"
        self.sums[f"{kpi.key}.{what}"] = value


def _never_null(kpi: KPI, each: ColumnElement[Any]) -> ColumnElement[Any]:
    """A number that has to be known is so in every row that counts; another one is 0 where it is not."""
    return each if isinstance(kpi.each, int | Column | AtClose | Age) else func.coalesce(each, 0)


def _filled(column: pa.ChunkedArray, kind: type) -> np.ndarray:
    """The column as numbers, with 0 where there was nothing to add."""
    return column.fill_null(0).to_numpy().astype(kind)
