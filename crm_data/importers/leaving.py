"""The rows that an import added and that go when it is taken back: as sets, in a temporary table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    String,
    Table,
    delete,
    exists,
    insert,
    literal,
    select,
)

from crm_data.importers.changes import HISTORIES, equal_versions, last_key
from crm_data.importers.deleting import referring
from crm_data.importers.mapping import OBJECTS
from crm_data.schema.system import import_added, import_aliases, import_changes
from crm_data.schema.types import Key

_MANY = 500

_going = Table(
    "undo_going",
    MetaData(),
    Column("name", String(60), primary_key=True),
    Column("id", Key, primary_key=True, autoincrement=False),
    prefixes=["TEMPORARY"],
)

_Row = TypeVar("_Row")

#: (object, key, why): a row that stays.
Kept = tuple[str, int, str]


class Leaving:
    """Made before anything is taken back; `go` once everything else is."""

    def __init__(self, connection: Connection, key: int, everything: bool) -> None:
        self.kept: list[Kept] = []
        self._connection = connection
        self._key = key
        self._last = {table: last_key(connection, table) for table in HISTORIES}
        self._histories_kept: dict[str, set[int]] = {}
        _going.create(connection)
        names = set(
            connection.scalars(
                select(import_added.c.table_name).where(import_added.c.import_id == key).distinct()
            )
        )
        self._tables = {name: table for name, table in OBJECTS.items() if name in names or table in HISTORIES}
        for name, table in self._tables.items():
            added = import_added.c
            own = (added.import_id == key) & (added.table_name == name)
            keys = select(literal(name), table.c.id).join(
                import_added, own & table.c.id.between(added.first_id, added.last_id)
            )
            connection.execute(insert(_going).from_select(["name", "id"], keys))
            if not everything:
                for some in _chunks(list(self._changed(table))):
                    self._drop(name, _going.c.id.in_(some), "was changed since")

    def keep_history(self, table: Table, key: int) -> None:
        """The row is not quite what it was before the import, so what it was meanwhile stays known."""
        self._histories_kept.setdefault(table.name, set()).add(key)

    def go(self) -> dict[str, int]:
        """Delete the rows that nothing else refers to. Gives object -> how many."""
        self._forget_histories()
        if self._connection.dialect.name == "postgresql":
            self._connection.exec_driver_sql("ANALYZE undo_going")
        for name, table in reversed(self._tables.items()):
            if self._going(name):
                self._keep_merged_into(name)
                self._keep_referred(name, table)
        gone = {}
        for name, table in reversed(self._tables.items()):
            for history, (owner, reference) in HISTORIES.items():
                if owner is table:
                    self._connection.execute(delete(history).where(history.c[reference].in_(_ids(name))))
            number = self._connection.execute(delete(table).where(table.c.id.in_(_ids(name)))).rowcount
            if number and table not in HISTORIES:
                gone[name] = number
        _going.drop(self._connection)
        return gone

    def _changed(self, table: Table) -> Iterator[int]:
        """The rows that are not as the import added them.

        One that a later import changed, and that was taken back since, is what it was.
        """
        query = (
            select(table.c.id, table.c.version)
            .join(_going, (_going.c.name == table.name) & (_going.c.id == table.c.id))
            .where(table.c.version != 1)
        )
        for some in _chunks(self._connection.execute(query)):
            equal = equal_versions(self._connection, table, {row.id: row.version for row in some})
            yield from (key for key, versions in equal.items() if 1 not in versions)

    def _forget_histories(self) -> None:
        """What rows were because of the import, and because of taking it back now, they never were."""
        for history, (owner, reference) in HISTORIES.items():
            column = history.c[reference]
            changed = select(import_changes.c.row_id).where(
                import_changes.c.import_id == self._key, import_changes.c.table_name == owner.name
            )
            own = (history.c.id > self._last[history]) & column.in_(changed)
            fresh = select(literal(history.name), history.c.id).where(own)
            self._connection.execute(insert(_going).from_select(["name", "id"], fresh))
            for some in _chunks(self._histories_kept.get(owner.name, ())):
                stays = select(history.c.id).where(column.in_(some))
                self._connection.execute(
                    delete(_going).where(_going.c.name == history.name, _going.c.id.in_(stays))
                )

    def _keep_merged_into(self, name: str) -> None:
        aliases = import_aliases.c
        merged = select(aliases.row_id).where(aliases.table_name == name)
        self._drop(name, _going.c.id.in_(merged), "has another row merged into it")

    def _keep_referred(self, name: str, table: Table) -> None:
        """Rows that other rows refer to, which stay, stay as well; so do those that these refer to."""
        again = True
        while again:
            again = False
            for other, column in referring(table):
                goes = _going.alias()
                stays = ~exists().where(goes.c.name == other.name, goes.c.id == other.c.id)
                held = select(column).where(column.in_(_ids(name)), stays)
                dropped = self._drop(
                    name, _going.c.id.in_(held), f"is referred to by {other.name.replace('_', ' ')}"
                )
                again |= bool(dropped) and other is table

    def _drop(self, name: str, which: ColumnElement[bool], why: str) -> int:
        statement = delete(_going).where(_going.c.name == name, which).returning(_going.c.id)
        keys = list(self._connection.scalars(statement))
        self.kept += [(name, key, why) for key in keys]
        return len(keys)

    def _going(self, name: str) -> bool:
        return bool(self._connection.scalar(select(exists().where(_going.c.name == name))))


def _ids(name: str) -> Select[Any]:
    going = _going.alias()  # another one than that of a statement around
    return select(going.c.id).where(going.c.name == name)


def _chunks(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    rest = iter(rows)
    while some := list(islice(rest, _MANY)):
        yield some
