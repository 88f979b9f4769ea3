"""What an import changes, written down while it happens, so that it can be taken back exactly.

Rows that are added cost nothing here: at the end their keys are noted as ranges.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, cast, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import REGCLASS

from crm_data.audit import read_row, written_row
from crm_data.importers.mapping import OBJECTS
from crm_data.schema.customers import account_history, accounts
from crm_data.schema.sales import opportunities, opportunity_history
from crm_data.schema.system import import_added, import_changes

#: Tables that triggers fill when a row of another is updated: the table -> that other, and the reference.
HISTORIES: Mapping[Table, tuple[Table, str]] = {
    account_history: (accounts, "account_id"),
    opportunity_history: (opportunities, "opportunity_id"),
}


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that was updated, with its version before and after."""

    key: int
    version: int
    became: int
    before: Mapping[str, Any]
    after: Mapping[str, Any]


class ChangeLog:
    """The log of one import. `key` is the import's."""

    def __init__(self, connection: Connection, key: int, source: str, objects: Iterable[str]) -> None:
        """objects: those that the import has rows of."""
        self.key = key
        self._connection = connection
        self._source = source
        written = {OBJECTS[name] for name in objects}
        written |= {history for history, (owner, _) in HISTORIES.items() if owner in written}
        self._last = {table: last_key(connection, table) for table in written}
        self._highest = {table: highest_key(connection, table) for table in written}

    def is_new(self, table: Table, key: int) -> bool:
        """Whether this import surely added the row: its key is beyond all that were there."""
        return key > self._highest[table]

    def updated(self, table: Table, rows: Iterable[Changed]) -> None:
        """Rows that the import updates for the first time."""
        self._write(table, [row for row in rows if not self.is_new(table, row.key)])

    def updated_again(self, table: Table, rows: Collection[Changed]) -> None:
        """Rows that the import may have updated before: what they were before that stays known."""
        rows = [row for row in rows if not self.is_new(table, row.key)]
        own = (
            (import_changes.c.import_id == self.key)
            & (import_changes.c.table_name == table.name)
            & import_changes.c.row_id.in_([row.key for row in rows])
        )
        known = {row.row_id: row for row in self._connection.execute(select(import_changes).where(own))}
        if known:
            self._connection.execute(delete(import_changes).where(own))
        self._write(table, [_joined(table, known.get(row.key), row) for row in rows])

    def deleted(self, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
        """Whole rows that the import deletes. One that it updated before was what it was before that."""
        rows = list(rows)
        own = (import_changes.c.import_id == self.key) & (import_changes.c.table_name == table.name)
        own &= import_changes.c.row_id.in_([row["id"] for row in rows])
        known = {row.row_id: row for row in self._connection.execute(select(import_changes).where(own))}
        if known:
            self._connection.execute(delete(import_changes).where(own))
        values = []
        for row in rows:
            earlier = known.get(row["id"])
            before = written_row(dict(row))
            if earlier:
                before |= earlier.before | {"version": earlier.was_version}
            version = earlier.was_version if earlier else row.get("version")
            values.append(self._row(table, row["id"], (version, None), before, None))
        if values:
            self._connection.execute(insert(import_changes), values)

    def settled(self, table: Table, key: int, values: Mapping[str, Any]) -> None:
        """A row that was added to a table whose rows have no source: it is noted with what it says."""
        self._connection.execute(
            insert(import_changes), [self._row(table, key, (None, None), None, dict(values))]
        )

    def finish(self) -> None:
        """Note the rows that were added."""
        for table, last in self._last.items():
            own = table.c.id > last
            if table in HISTORIES:
                # Written by a trigger, for rows that this import changed.
                owner, reference = HISTORIES[table]
                changed = select(import_changes.c.row_id).where(
                    import_changes.c.import_id == self.key, import_changes.c.table_name == owner.name
                )
                own &= (table.c.source_system == self._source) | table.c[reference].in_(changed)
            else:
                own &= table.c.source_system == self._source
            island = table.c.id - func.row_number().over(order_by=table.c.id)
            keys = select(table.c.id, island.label("island")).where(own).subquery()
            ranges = select(
                literal(self.key), literal(table.name), func.min(keys.c.id), func.max(keys.c.id)
            ).group_by(keys.c.island)
            self._connection.execute(
                insert(import_added).from_select(["import_id", "table_name", "first_id", "last_id"], ranges)
            )

    def _write(self, table: Table, rows: list[Changed]) -> None:
        values = [
            self._row(
                table,
                row.key,
                (row.version, row.became),
                written_row(dict(row.before)),
                written_row(dict(row.after)),
            )
            for row in rows
        ]
        if values:
            self._connection.execute(insert(import_changes), values)

    def _row(
        self, table: Table, key: int, versions: tuple[int | None, int | None], before: Any, after: Any
    ) -> dict[str, Any]:
        return {
            "import_id": self.key,
            "table_name": table.name,
            "row_id": key,
            "was_version": versions[0],
            "became_version": versions[1],
            "before": before,
            "after": after,
        }


def last_key(connection: Connection, table: Table) -> int:
    """The key that the table's next rows come after: on PostgreSQL somebody may have chosen higher ones."""
    if connection.dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(table.name, "id")
        return connection.scalar(select(func.pg_sequence_last_value(cast(sequence, REGCLASS)))) or 0
    return highest_key(connection, table)


def highest_key(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.max(table.c.id))) or 0


def equal_versions(connection: Connection, table: Table, versions: Mapping[int, int]) -> dict[int, set[int]]:
    """For rows (key -> version): the versions in which they were what they are now.

    A change that was taken back leads to a later version of the same.
    """
    columns = import_changes.c
    query = select(columns.row_id, columns.undone_version, columns.was_version).where(
        columns.table_name == table.name,
        columns.row_id.in_(versions.keys()),
        columns.undone_version.is_not(None),
    )
    links = {(key, version): was for key, version, was in connection.execute(query)}
    equal = {}
    for key, version in versions.items():
        equal[key] = {version}
        while (key, version) in links:
            version = links[key, version]
            equal[key].add(version)
    return equal


def _joined(table: Table, known: Any, row: Changed) -> Changed:
    if known is None:
        return row
    before, after = read_row(table, known.before), read_row(table, known.after)
    both = dict(row.before) | before, after | dict(row.after)
    return Changed(row.key, known.was_version, row.became, *both)
