"""Bringing rows of the CRM database into the mirror: all of them, or those that have changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import duckdb
import pyarrow as pa

from crm_data.warehouse import heads, mirror
from crm_data.warehouse.bulk import Rows
from crm_data.warehouse.heads import Heads
from crm_data.warehouse.mirror import MIRROR
from crm_data.warehouse.source import Snapshot, Source, not_of_its_kind

#: Up to here rows come one by one, which is faster than starting a stream.
FEW = 50_000


#: table -> what the last refresh read again: rows, and tombstones. What it read once more needs no look.
Seen = dict[str, tuple[set[tuple[Any, ...]], set[int]]]


def load_all(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    snapshot: Snapshot,
    known: Heads,
    progress: Callable[[float], None],
) -> dict[str, int]:
    """Fill every table of the mirror anew; gives table -> number of rows."""
    # Keys count up from 1, so the highest says well enough how many rows there are.
    expected = sum(known.newest[table][1] for table in MIRROR)
    counts: dict[str, int] = {}

    def watched(table: str, batches: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        done, counts[table] = sum(counts.values()), 0
        for batch in batches:
            yield batch
            counts[table] += batch.num_rows
            progress(min(1.0, (done + counts[table]) / max(expected, 1)))

    def load(rows: Rows) -> dict[str, int]:
        for table in MIRROR:
            connection.execute(mirror.ddl(table))
            arrived = rows(table, None)
            batches = pa.RecordBatchReader.from_batches(arrived.schema, watched(table, arrived))
            counts[table] = _take(connection, f"crm.{table}", table, batches)
        return counts

    if expected <= FEW:
        return load(snapshot.stream)
    with source.bulk() as rows:
        return load(rows)


def stage(
    connection: duckdb.DuckDBPyConnection, source: Source, snapshot: Snapshot, known: Heads, seen: Seen
) -> set[str]:
    """Find what has changed since `known`; gives the tables in which something has.

    Leaves for each of them `changed_<table>`: the changed rows as the mirror has them and as they
    are now, and `staged_<table>`, only as they are now.
    """
    conditions = heads.unread(snapshot, known)
    counts = dict(
        snapshot.all(
            " UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t} WHERE {conditions[t]}" for t in MIRROR)
        )
    )
    buried: dict[str, dict[int, int]] = defaultdict(dict)
    for stone, table, row in snapshot.all(
        f"SELECT id, table_name, row_id FROM tombstones WHERE {conditions['tombstones']}"
    ):
        buried[table][stone] = row
    candidates = [table for table in MIRROR if counts[table] or buried[table]]
    if sum(counts.values()) > FEW:
        seen.clear()
        with source.bulk() as stream:
            return {
                t for t in candidates if _stage(connection, t, stream(t, conditions[t]), buried[t].values())
            }
    changed = set()
    for table in candidates:
        rows = snapshot.rows(table, conditions[table])
        before, now = seen.get(table, (set(), set())), (set(rows), set(buried[table]))
        seen[table] = now
        if now[0] <= before[0] and now[1] <= before[1]:
            continue
        if _stage(connection, table, snapshot.arrow(table, rows), buried[table].values()):
            changed.add(table)
    return changed


def _stage(
    connection: duckdb.DuckDBPyConnection, table: str, arrived: pa.RecordBatchReader, gone: Iterable[int]
) -> int:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE staged_{table} AS FROM crm.{table} LIMIT 0")
    _take(connection, f"staged_{table}", table, arrived)
    connection.register("buried", pa.table({"id": pa.array(gone, pa.int64())}))
    row = connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE changed_{table} AS
        WITH keys AS (SELECT id FROM staged_{table} UNION SELECT id FROM buried),
        known AS (SELECT * FROM crm.{table} WHERE id IN (SELECT id FROM keys))
        (FROM known EXCEPT FROM staged_{table}) UNION ALL (FROM staged_{table} EXCEPT FROM known)
        """
    ).fetchone()
    connection.unregister("buried")
    assert row is not None
    return row[0]


def apply(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> dict[str, int]:
    """Put the staged changes into the mirror; gives table -> number of rows changed."""
    counts = {}
    for table in tables:
        keys = f"SELECT id FROM changed_{table}"
        connection.execute(f"DELETE FROM crm.{table} WHERE id IN ({keys})")
        connection.execute(f"INSERT INTO crm.{table} FROM staged_{table} WHERE id IN ({keys})")
        row = connection.execute(f"SELECT count(DISTINCT id) FROM changed_{table}").fetchone()
        assert row is not None
        counts[table] = row[0]
    return counts


def columns(connection: duckdb.DuckDBPyConnection, tables: set[str]) -> set[str]:
    """The columns in which a staged row has changed, as `cases.cause`; of a new or deleted row, all."""
    found = set()
    for table in tables:
        names = [name for name in MIRROR[table] if name != "id"]
        differs = ", ".join(f"bool_or(one.{name} IS DISTINCT FROM other.{name})" for name in names)
        row = connection.execute(
            f"""
            SELECT (SELECT count(*) < 2 * count(DISTINCT id) FROM changed_{table}), {differs}
            FROM changed_{table} AS one JOIN changed_{table} AS other USING (id)
            """
        ).fetchone()
        assert row is not None
        alone, *differing = row
        found |= {f"{table}.{name}" for name, is_so in zip(names, differing, strict=True) if alone or is_so}
    return found


def complete(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> bool:
    """Whether every table has as many rows here as there.

    They differ when somebody deleted past the triggers, or put an older database in place.
    """
    ask = " UNION ALL ".join(f"SELECT '{{0}}{t}', count(*) FROM {{0}}{t}" for t in MIRROR)
    there = dict(snapshot.all(ask.format("")))
    here = connection.execute(ask.format("crm.")).fetchall()
    return all(there[name.removeprefix("crm.")] == count for name, count in here)


def _take(connection: duckdb.DuckDBPyConnection, into: str, table: str, arrived: pa.RecordBatchReader) -> int:
    connection.register("arrived", arrived)
    try:
        row = connection.execute(f"INSERT INTO {into} SELECT {mirror.arrived(table)} FROM arrived").fetchone()
    except duckdb.ConversionException as problem:
        raise not_of_its_kind(table, problem) from problem
    finally:
        with suppress(duckdb.TransactionException):  # a statement that failed has ended the transaction
            connection.unregister("arrived")
    assert row is not None
    return row[0]
