"""The rows that KPIs counted: fetched, digested, packed, and compared with those of another day."""

from __future__ import annotations

import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import BigInteger, Select, String, cast, func, select

from kpis.clauses import clauses, clock_day
from kpis.dimensions import DIMENSIONS
from kpis.model import KPI
from kpis.period import Period
from kpis.query import Engine
from kpis.question import Where
from kpis.windows import Windows

#: More rows than this are not kept, only their digest.
MOST = 2_000_000

#: What every kept row has; dimensions follow. number: which of the windows counted it.
_OWN = {"number": pa.int32(), "id": pa.int64(), "day": pa.date32(), "each": pa.int64(), "per": pa.int64()}

Row = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """A KPI's counted rows in some windows, with the dimensions `by`."""

    kpi: KPI
    periods: tuple[Period, ...]
    by: tuple[str, ...]


@dataclass(frozen=True)
class Move:
    """A row as it was counted then, and as it is now; None: not counted."""

    before: Row | None
    after: Row | None

    @property
    def id(self) -> int:
        return int((self.before or self.after or {})["id"])


def fetch(engine: Engine, wanted: Wanted, where: Where, today: date) -> pa.Table:
    """The rows, in an order that only depends on what they hold."""
    found = engine.run(_statement(wanted, where).params(today=today))
    table = pa.table({name: found.column(name).cast(kind) for name, kind in _columns(wanted.by).items()})
    return table.sort_by([(name, "ascending") for name in table.column_names]).combine_chunks()


def _columns(by: Iterable[str]) -> dict[str, pa.DataType]:
    return _OWN | {name: pa.int64() if DIMENSIONS[name].by_key else pa.string() for name in by}


def _statement(wanted: Wanted, where: Where) -> Select[Any]:
    kpi, windows = wanted.kpi, Windows(wanted.periods)
    parts = clauses(kpi, windows.opens, windows.closes)
    columns = (
        kpi.fact.c.id,
        clock_day(kpi).label("day"),
        cast(parts.each, BigInteger).label("each"),
        cast(parts.per, BigInteger).label("per"),
        *(kpi.fact.table.c[name] for name in wanted.by),
    )
    return windows.select(kpi, where, *columns).where(parts.counts)


def summed(engine: Engine, wanted: Wanted, where: Where, today: date) -> tuple[int, str]:
    """How many rows there are, and a digest of their sums: enough to tell that they changed."""
    rows = _statement(replace(wanted, by=()), where).subquery("counted")
    numbers = (rows.c.id, rows.c.each, rows.c.per, rows.c.id * rows.c.number, rows.c.id * rows.c.each)
    sums = (cast(func.sum(one), String) for one in numbers)
    answer = engine.run(select(func.count(), *sums).params(today=today)).to_pylist()[0]
    n, *said = answer.values()
    return n, hashlib.sha256(json.dumps([n, *said]).encode()).hexdigest()


def digest(table: pa.Table) -> str:
    """The same for the same rows, on any machine."""
    sign = hashlib.sha256()
    for name in table.column_names:
        column = table.column(name)
        sign.update(name.encode() + b"\0")
        sign.update(pc.is_null(column).to_numpy().tobytes())
        if pa.types.is_string(column.type):
            coded = pc.dictionary_encode(column).combine_chunks()
            coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) and coded.num_chunks else coded
            if len(coded):
                sign.update(json.dumps(coded.dictionary.to_pylist()).encode())
                sign.update(coded.indices.fill_null(-1).to_numpy().tobytes())
        else:
            whole = column.cast(pa.int32()) if pa.types.is_date(column.type) else column
            sign.update(pc.fill_null(whole, 0).to_numpy().tobytes())
    return sign.hexdigest()


def packed(table: pa.Table) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", compression_level=9)
    return file.getvalue()


def unpacked(rows: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(rows))


def moves(before: pa.Table, after: pa.Table) -> Moves:
    """The rows in which two answers differ; those of the same record and window are one row that changed."""
    signed = [
        table.append_column("sign", pa.array(np.full(table.num_rows, sign)))
        for table, sign in ((before, -1), (after, 1))
    ]
    totals = pa.concat_tables(signed).group_by(before.column_names).aggregate([("sign", "sum")])
    left = totals.filter(pc.not_equal(totals.column("sign_sum"), 0))
    gone: dict[tuple[int, int], list[Row]] = defaultdict(list)
    come: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for row in left.to_pylist():
        times = row.pop("sign_sum")
        (come if times > 0 else gone)[row["id"], row["number"]] += [row] * abs(times)
    return Moves(
        Move(was, now)
        for key in sorted({*gone, *come})
        for was, now in zip_longest(*(sorted(rows[key], key=repr) for rows in (gone, come)))
    )


class Moves:
    """The rows in which two answers differ, found by window and member."""

    def __init__(self, found: Iterable[Move] = ()) -> None:
        self.all = tuple(found)
        self._by: dict[str | None, dict[tuple[int, object], list[Move]]] = {}

    def of(self, number: int, at: Sequence[tuple[str, object]]) -> tuple[Move, ...]:
        """What they are for one window and one set of members: a row that came there, left, or counts for
        something else."""
        dimension, member = at[0] if at else (None, None)
        own = []
        for move in self._indexed(dimension).get((number, member), ()):
            before, after = (_if_in(row, number, at) for row in (move.before, move.after))
            same = before and after and (before["each"], before["per"]) == (after["each"], after["per"])
            if (before or after) and not same:
                own.append(Move(before, after))
        return tuple(own)

    def _indexed(self, dimension: str | None) -> dict[tuple[int, object], list[Move]]:
        if dimension not in self._by:
            found: dict[tuple[int, object], list[Move]] = defaultdict(list)
            for move in self.all:
                rows = [row for row in (move.before, move.after) if row]
                for key in {(row["number"], row.get(dimension) if dimension else None) for row in rows}:
                    found[key].append(move)
            self._by[dimension] = found
        return self._by[dimension]


def _if_in(row: Row | None, number: int, at: Sequence[tuple[str, object]]) -> Row | None:
    """The row, if that window and those members have it."""
    inside = row and row["number"] == number and all(row.get(name) == member for name, member in at)
    return row if inside else None
