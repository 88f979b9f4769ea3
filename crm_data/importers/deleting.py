"""Rows that a full export has no more: found, and deleted where a person decided so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, delete, func, select

from crm_data.importers.changes import HISTORIES, ChangeLog
from crm_data.importers.mapping import OBJECTS
from crm_data.importers.stage import Stage
from crm_data.schema import metadata
from crm_data.schema.system import import_aliases

_MANY = 500


@dataclass(frozen=True)
class Missing:
    """A row that the CRM has from the source and the files have not. `referred`: object -> how many rows.

    `unsure`: rows of the object could not be read whole, and this may be one of them.
    """

    object: str
    key: int
    source_id: str
    values: Mapping[str, Any]
    referred: Mapping[str, int]
    unsure: bool


def missing(
    connection: Connection, source: str, stage: Stage, objects: Mapping[str, list[int]]
) -> Iterator[Missing]:
    """The rows of these objects that were imported from the source and are not in the files.

    A row that was read and rejected is in the files, and so is one of which the files have a part that was
    merged into it. Contacts that were merged stay out.
    """
    for name, parts in objects.items():
        table = OBJECTS[name]
        query = select(table).where(table.c.source_system == source, table.c.source_id.is_not(None))
        if "merged_into_id" in table.c:
            query = query.where(table.c.merged_into_id.is_(None))
        unsure = stage.doubtful(name)
        rows = connection.execute(query.order_by(table.c.id).execution_options(yield_per=_MANY)).mappings()
        for some in rows.partitions(_MANY):
            there = stage.seen(name, parts, [row["source_id"] for row in some])
            gone = [dict(row) for row in some if row["source_id"] not in there]
            kept = _with_parts_in_files(connection, source, stage, name, parts, [row["id"] for row in gone])
            gone = [row for row in gone if row["id"] not in kept]
            referred = referrers(connection, table, [row["id"] for row in gone])
            for row in gone:
                yield Missing(name, row["id"], row["source_id"], row, referred.get(row["id"], {}), unsure)


def _with_parts_in_files(
    connection: Connection, source: str, stage: Stage, name: str, parts: list[int], keys: list[int]
) -> set[int]:
    """Those of these rows into which a row of the files was merged."""
    alias = import_aliases.c
    query = select(alias.source_id, alias.row_id).where(
        alias.table_name == name, alias.source_system == source, alias.row_id.in_(keys)
    )
    merged = {row.source_id: row.row_id for row in connection.execute(query)}
    return {merged[source_id] for source_id in stage.seen(name, parts, list(merged))}


def referrers(connection: Connection, table: Table, keys: list[int]) -> dict[int, dict[str, int]]:
    """How many rows of which object refer to each of these. A row's own history does not count."""
    found: dict[int, dict[str, int]] = {}
    if not keys:
        return found
    for other, column in referring(table):
        query = select(column, func.count()).where(column.in_(keys)).group_by(column)
        for key, number in connection.execute(query):
            counts = found.setdefault(key, {})
            counts[other.name] = counts.get(other.name, 0) + number
    return found


def referring(table: Table) -> Iterator[tuple[Table, Column[Any]]]:
    """The columns that refer to the table, in the tables that have them; histories not."""
    for other in metadata.sorted_tables:
        for column in other.c:
            for foreign in column.foreign_keys:
                if foreign.column.table is table and not (
                    other in HISTORIES and HISTORIES[other] == (table, column.name)
                ):
                    yield other, column


def delete_rows(
    connection: Connection, decided: Mapping[str, Iterable[int]], log: ChangeLog
) -> dict[str, tuple[int, int]]:
    """Delete the rows decided upon. Gives object -> how many are gone, and how many others refer to."""
    done = {}
    for name, table in reversed(OBJECTS.items()):
        wanted = set(decided.get(name, ()))
        if not wanted:
            continue
        gone = 0
        while some := _deletable(connection, table, wanted):
            for first in range(0, len(some), _MANY):
                gone += _delete(connection, table, some[first : first + _MANY], log)
            wanted -= set(some)
        done[name] = gone, len(wanted)
    return done


def _deletable(connection: Connection, table: Table, wanted: set[int]) -> list[int]:
    """Those that nothing refers to any more."""
    keys = sorted(wanted)
    free: list[int] = []
    for first in range(0, len(keys), _MANY):
        some = keys[first : first + _MANY]
        held = referrers(connection, table, some)
        free += [key for key in some if key not in held]
    return free


def _delete(connection: Connection, table: Table, keys: list[int], log: ChangeLog) -> int:
    for history, (owner, reference) in HISTORIES.items():
        if owner is table:
            _drop(connection, history, history.c[reference].in_(keys), log)
    aliases = import_aliases.c
    _drop(connection, import_aliases, (aliases.table_name == table.name) & aliases.row_id.in_(keys), log)
    return _drop(connection, table, table.c.id.in_(keys), log)


def _drop(connection: Connection, table: Table, which: Any, log: ChangeLog) -> int:
    rows = list(connection.execute(select(table).where(which)).mappings())
    if rows:
        log.deleted(table, (dict(row) for row in rows))
        connection.execute(delete(table).where(which))
    return len(rows)
