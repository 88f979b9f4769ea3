"""Putting whole tables into an empty CRM database, fast."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_manager.dbapi import Connection
from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Float, Numeric, String, Table
from sqlalchemy.types import TypeEngine

from crm_data.schema import metadata
from crm_data.schema.types import Money, UTCDateTime

BATCH = 250_000
# Days and instants that say what is planned, not what happened.
_PLANNED = {
    "due_on", "valid_until", "expected_close", "due_at", "response_due_at", "ends_on", "period_end",
    "snoozed_until",
}  # fmt: skip


class Loader:
    """Writes frames into tables, as far as they have the tables' columns.

    Money is whole ten-thousandths. A key of 0 in a reference is no reference. `source_system` and
    `updated_at` need not be there: a row was last updated when the last of its own times came.
    """

    def __init__(
        self, connection: Connection, dialect: str, start: np.datetime64, now: np.datetime64
    ) -> None:
        self.rows: Counter[str] = Counter()
        self._connection = connection
        self._dialect = dialect
        self._start = start.astype("datetime64[us]")
        self._now = now

    def write(self, name: str, frame: pd.DataFrame) -> None:
        table = metadata.tables[name]
        frame = frame[[column for column in frame.columns if column in table.c]]
        for first in range(0, len(frame), BATCH):
            batch = self._arrow(table, frame.iloc[first : first + BATCH])
            with self._connection.cursor() as cursor:
                cursor.adbc_ingest(name, batch, mode="append")
        self.rows[name] += len(frame)

    def _arrow(self, table: Table, frame: pd.DataFrame) -> pa.Table:
        extra: dict[str, object] = {}
        if "source_system" in table.c:
            extra["source_system"] = pd.Categorical.from_codes(np.zeros(len(frame), np.int8), ["demo"])
        if "updated_at" in table.c and "updated_at" not in frame:
            extra["updated_at"] = self._last_time(frame)
        frame = frame.assign(**extra)
        return pa.table({name: self._column(table.c[str(name)], frame[name]) for name in frame.columns})

    def _last_time(self, frame: pd.DataFrame) -> pd.Series:
        times = [
            frame[name].astype("datetime64[us]")
            for name in frame.columns
            if name not in _PLANNED and frame[name].dtype.kind == "M"
        ]
        if not times:
            return pd.Series(self._start, index=frame.index)
        return pd.concat(times, axis=1).max(axis=1).fillna(self._start).clip(self._start, self._now)

    def _column(self, column: Column, values: pd.Series) -> pa.Array:  # type: ignore[type-arg]
        array = pa.Array.from_pandas(values)
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if column.foreign_keys:
            array = pc.if_else(pc.equal(array, 0), pa.scalar(None, array.type), array)
        convert = _sqlite if self._dialect == "sqlite" else _postgresql
        return convert(column.type, array)


def _sqlite(kind: TypeEngine, array: pa.Array) -> pa.Array:  # type: ignore[type-arg]
    """As SQLAlchemy writes it: whole money, times as text."""
    if isinstance(kind, UTCDateTime):
        return array.cast(pa.timestamp("us")).cast(pa.string())
    if isinstance(kind, Date):
        return array.cast(pa.timestamp("s")).cast(pa.date32()).cast(pa.string())
    if isinstance(kind, Float) or (isinstance(kind, Numeric) and not isinstance(kind, Money)):
        return array.cast(pa.float64())
    return array.cast(pa.string() if isinstance(kind, String | JSON) else pa.int64())


def _postgresql(kind: TypeEngine, array: pa.Array) -> pa.Array:  # type: ignore[type-arg]
    """The very types of the columns: COPY in binary converts nothing."""
    if isinstance(kind, UTCDateTime):
        return array.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    if isinstance(kind, Date):
        return array.cast(pa.timestamp("s")).cast(pa.date32())
    if isinstance(kind, Money):
        return _decimals(array.cast(pa.int64()))
    if isinstance(kind, Float):
        return array.cast(pa.float64())
    if isinstance(kind, Numeric):
        return array.cast(pa.float64()).cast(pa.decimal128(19, kind.scale))
    if isinstance(kind, Boolean):
        return array.cast(pa.bool_())
    if isinstance(kind, String | JSON):
        return array.cast(pa.string())
    return array.cast(pa.int64() if isinstance(kind, BigInteger) else pa.int32())


def _decimals(units: pa.Array) -> pa.Array:
    """Whole ten-thousandths as decimals of scale 4, without going through floats."""
    low = units.fill_null(0).to_numpy(zero_copy_only=False)
    words = np.column_stack([low, low >> 63])  # 128 bit, little end first
    valid = units.is_valid()
    bits = np.packbits(valid.to_numpy(zero_copy_only=False), bitorder="little")
    mask = pa.py_buffer(bits) if units.null_count else None
    return pa.Array.from_buffers(pa.decimal128(19, 4), len(units), [mask, pa.py_buffer(words)])
