"""Bringing rows of the CRM database into the mirror: all of them, or those that have changed."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from crm_data.warehouse import heads, mirror
from crm_data.warehouse.errors import CopyError
from crm_data.warehouse.heads import Heads
from crm_data.warehouse.mirror import MIRROR
from crm_data.warehouse.source import Rows, Snapshot, Source

#: Up to here rows come one by one, which is faster than starting a stream.
FEW = 20_000


def load_all(
    connection: duckdb.DuckDBPyConnection, source: Source, snapshot: Snapshot, known: Heads
) -> dict[str, int]:
    """Fill every table of the mirror anew; gives table -> number of rows."""
    if sum(last for table, (_, last) in known.newest.items() if table in MIRROR) <= FEW:
        return _load_all(connection, snapshot.rows)
    with source.bulk() as rows:
        return _load_all(connection, rows)


def _load_all(connection: duckdb.DuckDBPyConnection, rows: Rows) -> dict[str, int]:
    counts = {}
    for table in MIRROR:
        connection.execute(mirror.ddl(table))
        counts[table] = _take(connection, f"crm.{table}", table, rows(table, "true"))
    return counts


def stage(
    connection: duckdb.DuckDBPyConnection, source: Source, snapshot: Snapshot, known: Heads
) -> set[str]:
    """Find what has changed since `known`; gives the tables in which something has.

    Leaves for each of them `changed_<table>`: the changed rows as the mirror has them and as they
    are now, and `staged_<table>`, only as they are now.
    """
    conditions = heads.unread(snapshot, known)
    counts = snapshot.all(
        " UNION ALL ".join(f"SELECT '{t}', count(*) FROM {t} WHERE {conditions[t]}" for t in MIRROR)
    )
    gone = snapshot.all(
        f"SELECT DISTINCT table_name, row_id FROM tombstones WHERE {conditions['tombstones']}"
    )
    fresh = {table for table, count in counts if count}
    candidates = fresh | {table for table, _ in gone if table in MIRROR}
    if sum(count for _, count in counts) <= FEW:
        found = {t: _stage(connection, t, snapshot.rows(t, conditions[t]), gone) for t in candidates}
    else:
        with source.bulk() as rows:
            found = {t: _stage(connection, t, rows(t, conditions[t]), gone) for t in candidates}
    return {table for table, changed in found.items() if changed}


def _stage(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    arrived: pa.RecordBatchReader,
    gone: list[tuple[str, int]],
) -> int:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE staged_{table} AS FROM crm.{table} LIMIT 0")
    _take(connection, f"staged_{table}", table, arrived)
    buried = pa.table({"id": pa.array([id_ for name, id_ in gone if name == table], pa.int64())})
    connection.register("buried", buried)
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
        said = str(problem).splitlines()[0]
        raise CopyError(
            f"The CRM table {table} holds a value that is not of its column's kind: {said}. "
            "Correct the row; the dashboard goes on with what it had."
        ) from problem
    finally:
        connection.unregister("arrived")
    assert row is not None
    return row[0]
