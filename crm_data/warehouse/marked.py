"""Bringing the values of marked custom columns into the copy: those alone, and only while they are marked.

They lie in a table of their own beside the facts, so that marking a column, and changing its values, leaves
every fact as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from sqlalchemy.schema import CreateTable

from crm_data import custom
from crm_data.custom import OWNERS, Mark
from crm_data.warehouse import heads
from crm_data.warehouse.facts import marked
from crm_data.warehouse.heads import Heads
from crm_data.warehouse.source import Snapshot

_SCHEMA = pa.schema([("id", pa.int64()), ("dimension", pa.string()), ("word", pa.string())])
_PORTION = 50_000

DDL = str(CreateTable(marked)).strip().replace("CREATE TABLE", "CREATE OR REPLACE TABLE", 1)


@dataclass(frozen=True)
class Marked:
    """A marked column as the copy has it: how many different values, the longest of how many signs."""

    key: str
    name: str
    table: str
    heading: str
    values: int
    longest: int

    @property
    def problem(self) -> str | None:
        """In words, why it is no dimension for now; None if it is."""
        return custom.problem(self.values, self.longest)


def load(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> tuple[Marked, ...]:
    """Read the values of all marked columns anew."""
    marks = custom.marks(snapshot.connection)
    connection.execute(DDL)
    for table in OWNERS:
        _read(connection, snapshot, table, [one for one in marks if one.table == table], "true", "marked")
    return _described(connection, marks)


def follow(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, known: Heads, was: tuple[Marked, ...]
) -> tuple[Marked, ...] | None:
    """Take in what has changed since `known`: marks, and values of columns that are marked. None: nothing."""
    marks = custom.marks(snapshot.connection)
    if not marks and not was:
        return None
    before = {_column(one) for one in was}
    there = {_column(one) for one in marks}
    for key, *_ in before - there:
        connection.execute("DELETE FROM marked WHERE dimension = ?", [key])
    unread = heads.unread(snapshot, known)
    changed = before != there
    for table in OWNERS:
        own = [one for one in marks if one.table == table]
        new = [one for one in own if _column(one) not in before]
        old = [one for one in own if _column(one) in before]
        _read(connection, snapshot, table, new, "true", "marked")
        changed |= bool(old) and _changes(connection, snapshot, table, old, unread)
    return _described(connection, marks) if changed or _names(marks) != _names(was) else None


def differing(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> int:
    """How many values are not the same as in the CRM database."""
    connection.execute("CREATE OR REPLACE TEMP TABLE marked_now AS FROM marked LIMIT 0")
    marks = custom.marks(snapshot.connection)
    for table in OWNERS:
        own = [one for one in marks if one.table == table]
        _read(connection, snapshot, table, own, "true", "marked_now")
    ((found,),) = connection.execute(
        "SELECT count(*) FROM ((FROM marked EXCEPT ALL FROM marked_now) UNION ALL "
        "(FROM marked_now EXCEPT ALL FROM marked))"
    ).fetchall()
    return int(found)


def _column(one: Mark | Marked) -> tuple[str, str, str]:
    return one.key, one.table, one.heading


def _names(marks: Iterable[Mark | Marked]) -> list[tuple[str, str]]:
    return [(one.key, one.name) for one in marks]


def _changes(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    table: str,
    marks: list[Mark],
    unread: dict[str, str],
) -> bool:
    """Bring the values of the rows that may have changed up to date; gives whether any value has."""
    gone = f"SELECT row_id FROM tombstones WHERE table_name = '{table}' AND ({unread['tombstones']})"
    touched = snapshot.all(f"SELECT id FROM {table} WHERE {unread[table]} UNION {gone}")
    if not touched:
        return False
    connection.execute("CREATE OR REPLACE TEMP TABLE marked_now AS FROM marked LIMIT 0")
    _read(connection, snapshot, table, marks, unread[table], "marked_now")
    connection.register("touched", pa.table({"id": pa.array([key for (key,) in touched], pa.int64())}))
    keys = ", ".join("?" for _ in marks)
    own = [one.key for one in marks]
    held = f"dimension IN ({keys}) AND id IN (SELECT id FROM touched)"
    ((differing,),) = connection.execute(
        f"SELECT count(*) FROM ((SELECT * FROM marked WHERE {held} EXCEPT FROM marked_now) UNION ALL "
        f"(FROM marked_now EXCEPT SELECT * FROM marked WHERE {held}))",
        [*own, *own],
    ).fetchall()
    if differing:
        connection.execute(f"DELETE FROM marked WHERE {held}", own)
        connection.execute("INSERT INTO marked FROM marked_now")
    connection.unregister("touched")
    return bool(differing)


def _read(
    connection: duckdb.DuckDBPyConnection,
    snapshot: Snapshot,
    table: str,
    marks: list[Mark],
    where: str,
    into: str,
) -> None:
    """Put the marked columns' values, of the rows for which a condition holds, into a table of the copy."""
    if not marks:
        return
    found: list[tuple[int, str, str]] = []
    for key, words in custom.rows(snapshot.connection, table, where):
        found += [(key, one.key, words[one.heading]) for one in marks if one.heading in words]
        if len(found) >= _PORTION:
            _insert(connection, into, found)
            found = []
    _insert(connection, into, found)


def _insert(connection: duckdb.DuckDBPyConnection, into: str, found: list[tuple[int, str, str]]) -> None:
    if not found:
        return
    arrays = [
        pa.array(values, field.type) for values, field in zip(zip(*found, strict=True), _SCHEMA, strict=True)
    ]
    connection.register("arrived", pa.table(arrays, schema=_SCHEMA))
    connection.execute(f"INSERT INTO {into} FROM arrived")
    connection.unregister("arrived")


def _described(connection: duckdb.DuckDBPyConnection, marks: tuple[Mark, ...]) -> tuple[Marked, ...]:
    measured = connection.execute(
        "SELECT dimension, count(DISTINCT word), max(length(word)) FROM marked GROUP BY dimension"
    ).fetchall()
    known = {key: sizes for key, *sizes in measured}
    return tuple(Marked(*vars(one).values(), *known.get(one.key, (0, 0))) for one in marks)
