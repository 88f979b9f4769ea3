"""Rows of one table, added or updated; a row that the database refuses stays out alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, exists, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.sql.dml import UpdateBase

from crm_data.importers.broken_rule import explained
from crm_data.importers.changes import Changed, ChangeLog
from crm_data.importers.stage import Staged
from crm_data.schema.base import utc_now


class Upsert:
    """Writes rows whose references are keys already.

    `refused` collects what the database would not take, as (row, column, reason).
    """

    def __init__(self, connection: Connection, table: Table, source: str, log: ChangeLog) -> None:
        self.refused: list[tuple[Staged, str, str]] = []
        self._connection = connection
        self._log = log
        self._table = table
        self._source = source
        own = exists().where(table.c.source_system == source)
        self._source_is_new = not connection.scalar(select(own))
        self._required = [
            column.name
            for column in table.c
            if not (column.nullable or column.server_default is not None or column.primary_key)
        ]

    def write(self, rows: Collection[Staged]) -> tuple[list[Staged], list[Staged], list[Staged]]:
        """Gives the rows that were added, updated and found unchanged."""
        there = self._there(rows)
        new, changed, unchanged = [], [], []
        for row in rows:
            old = there.get(row.source_id)
            if old is None:
                new.append(row)
            elif not row.spare and (changes := differences(old, row.values)):
                changed.append((row, old, changes))
            else:
                unchanged.append(row)
        return self._add(new), self._update(changed), unchanged

    def _there(self, rows: Collection[Staged]) -> dict[str, dict[str, Any]]:
        """The rows that are in the CRM already, by source id."""
        if self._source_is_new:
            return {}
        names = {name for row in rows for name in row.values} | {"id", "source_id", "version"}
        query = select(*(self._table.c[name] for name in sorted(names))).where(
            self._table.c.source_system == self._source,
            self._table.c.source_id.in_([row.source_id for row in rows]),
        )
        return {old["source_id"]: dict(old) for old in self._connection.execute(query).mappings()}

    def _add(self, rows: Collection[Staged]) -> list[Staged]:
        own = {"source_system": self._source, "updated_at": utc_now()}
        names = {name for row in rows for name in row.values}
        empty = dict.fromkeys(name for name in sorted(names) if self._table.c[name].nullable)
        alike: dict[tuple[str, ...], list[tuple[Staged, dict[str, Any]]]] = {}
        for row in rows:
            absent = [name for name in self._required if row.values.get(name) is None]
            if absent:
                self.refused.append((row, absent[0], "is required for a new row, but empty"))
                continue
            values = empty | row.values | own | {"source_id": row.source_id}
            if custom := values.get("custom"):
                values["custom"] = filled(custom)
            alike.setdefault(tuple(values), []).append((row, values))
        return [row for group in alike.values() for row in self._all_or_each(insert(self._table), group)]

    def _update(self, rows: Collection[tuple[Staged, Mapping[str, Any], dict[str, Any]]]) -> list[Staged]:
        """Only what differs is set; rows with the same columns go together."""
        now = utc_now()
        alike: dict[tuple[str, ...], list[tuple[Staged, dict[str, Any]]]] = {}
        logged: dict[str, Changed] = {}
        for row, old, changes in rows:
            values = {f"new_{name}": value for name, value in changes.items()}
            alike.setdefault(tuple(changes), []).append((row, values | {"row_key": old["id"]}))
            before = {name: old[name] for name in changes}
            logged[row.source_id] = Changed(old["id"], old["version"], old["version"] + 1, before, changes)
        done = [
            row
            for names, group in alike.items()
            for row in self._all_or_each(self._update_of(names, now), group)
        ]
        self._log.updated(self._table, (logged[row.source_id] for row in done))
        return done

    def _update_of(self, names: Sequence[str], now: datetime) -> UpdateBase:
        columns = self._table.c
        values: dict[str, Any] = {name: bindparam(f"new_{name}", type_=columns[name].type) for name in names}
        return (
            update(self._table)
            .where(columns.id == bindparam("row_key"))
            .values(values | {"version": columns.version + 1, "updated_at": now})
        )

    def _all_or_each(
        self, statement: UpdateBase, rows: Sequence[tuple[Staged, dict[str, Any]]]
    ) -> list[Staged]:
        """Write all rows at once; where one is refused, each alone, so that the good ones get in."""
        if not rows:
            return []
        done: list[Staged] = []
        try:
            self._guarded(statement, [values for _, values in rows])
        except (IntegrityError, DataError) as error:
            if len(rows) == 1:
                self.refused.append((rows[0][0], *explained(self._table, error)))
                return []
            if self._keeps_what_got_in(statement):
                there = self._ids_there([row for row, _ in rows])
                done = [row for row, _ in rows if row.source_id in there]
                rows = [pair for pair in rows if pair[0].source_id not in there]
            return done + [row for pair in rows for row in self._all_or_each(statement, [pair])]
        return [row for row, _ in rows]

    def _keeps_what_got_in(self, statement: UpdateBase) -> bool:
        """SQLite keeps what it added before a row that it refuses. Adding needs no savepoint there, for which
        it would first write a copy of each page that it changes."""
        return statement.is_insert and self._connection.dialect.name == "sqlite"

    def _ids_there(self, rows: Collection[Staged]) -> set[str]:
        columns = self._table.c
        query = select(columns.source_id).where(
            columns.source_system == self._source, columns.source_id.in_([row.source_id for row in rows])
        )
        return set(self._connection.scalars(query))

    def _guarded(self, statement: UpdateBase, values: list[dict[str, Any]]) -> None:
        """On a refusal, back to before the statement. Any other error loses the whole transaction."""
        if self._keeps_what_got_in(statement):
            self._connection.execute(statement, values)
            return
        self._connection.exec_driver_sql("SAVEPOINT statement")
        try:
            self._connection.execute(statement, values)
        except (IntegrityError, DataError):
            self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT statement")
            raise
        self._connection.exec_driver_sql("RELEASE SAVEPOINT statement")


def differences(old: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that are to become something else. Of the custom ones, those not given stay."""
    changes = {name: value for name, value in values.items() if name != "custom" and old[name] != value}
    if "custom" in values:
        custom = filled((old["custom"] or {}) | values["custom"])
        if custom != (old["custom"] or None):
            changes["custom"] = custom
    return changes


def filled(custom: Mapping[str, Any]) -> dict[str, Any] | None:
    """Without the empty ones; None where nothing is left."""
    return {name: value for name, value in custom.items() if value is not None} or None
