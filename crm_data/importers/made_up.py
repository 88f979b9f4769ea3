"""Rows that are made from names, such as the companies that deals mention, where nothing has the name yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Select, Table, func, or_, select

from crm_data.importers.mapping import Block
from crm_data.importers.outcome import Tally
from crm_data.importers.stage import Stage
from crm_data.schema.system import import_aliases

_MANY = 500


def made_from_names(block: Block) -> bool:
    """Whether the id of its rows is nothing but their name."""
    names = [field.heading for field in block.fields if field.column.name == "name"]
    return (
        block.rows == "once" and bool(block.id.heading) and block.id.heading in [name[:1] for name in names]
    )


def leave_named(
    connection: Connection, source: str, blocks: Iterable[Block], stage: Stage, tallies: Mapping[str, Tally]
) -> None:
    """Take made-up rows out of the stage whose name another row of the files or the CRM has."""
    blocks = list(blocks)
    for block in filter(made_from_names, blocks):
        if not stage.ids([block.number]):
            continue
        others = [one.number for one in blocks if one.table is block.table and not made_from_names(one)]
        given = (name for row in stage.rows(others) if (name := row.values.get("name")))
        named: set[str] = set()
        merged = set(_merged(connection, block.table, source))
        for names in _batches(given):
            named |= stage.known(names, [block.number])
        anywhere = named_anywhere(block.table, blocks)
        for names in _batches(row.source_id for row in stage.rows([block.number])):
            named |= _there(connection, block.table, source, names, merged, anywhere=anywhere)
        tallies[block.table.name].counts.read -= stage.leave_out(block.number, named)


def named_anywhere(table: Table, blocks: Iterable[Block]) -> bool:
    """Whether rows that refer to the table do so by its names alone, so that those of any system will do."""
    keys = [field.key for block in blocks for field in block.fields if field.key is not None]
    return all(key.name == "name" for key in keys if key.table is table)


def _batches(texts: Iterable[str]) -> Iterator[list[str]]:
    texts = iter(texts)
    while batch := list(islice(texts, _MANY)):
        yield batch


def known_names(connection: Connection, table: Table, source: str, *, anywhere: bool) -> Iterator[str]:
    """The names of the source's rows where they are not the id, and of those that became part of others.

    anywhere: and those that a single row of the other sources has.
    """
    columns = table.c
    own = select(columns.name).where(columns.source_system == source, columns.name != columns.source_id)
    yield from connection.scalars(own)
    yield from _merged(connection, table, source)
    if anywhere:
        yield from connection.scalars(_once_elsewhere(table, source))


def _there(
    connection: Connection,
    table: Table,
    source: str,
    names: Iterable[str],
    merged: set[str],
    *,
    anywhere: bool,
) -> set[str]:
    """Those of the names that rows of another id have; a row that was made up earlier stays."""
    wanted, columns = set(names), table.c
    own = select(columns.name).where(columns.source_system == source, columns.name.in_(wanted))
    made = select(columns.source_id).where(columns.source_system == source, columns.source_id.in_(wanted))
    found = set(connection.scalars(own)) | (wanted & merged)
    if anywhere:
        found |= set(connection.scalars(_once_elsewhere(table, source).where(columns.name.in_(wanted))))
    return found - set(connection.scalars(made))


def _once_elsewhere(table: Table, source: str) -> Select[Any]:
    """The names that a single row of the other sources has, so that it is clear which is meant."""
    columns = table.c
    other = or_(columns.source_system != source, columns.source_system.is_(None))
    return select(columns.name).where(other).group_by(columns.name).having(func.count() == 1)


def _merged(connection: Connection, table: Table, source: str) -> Iterator[str]:
    """Names of rows that became part of others; where it is the id, they are known by that anyway."""
    alias = import_aliases.c
    query = select(alias.source_id, alias.content)
    for row in connection.execute(query.where(alias.table_name == table.name, alias.source_system == source)):
        name = (row.content or {}).get("name")
        if name and name != row.source_id:
            yield name
