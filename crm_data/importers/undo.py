"""Taking an import back: every row it wrote is as it was before, but for what was changed since.

In the order that references allow: deleted rows return, updated ones get their former values, mergers
come apart, and added rows go. All in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_data.audit import note, read_row, written
from crm_data.edits.act import actor
from crm_data.engine import reported, writing
from crm_data.importers.changes import HISTORIES, equal_versions
from crm_data.importers.errors import ImportStopped
from crm_data.importers.leaving import Leaving
from crm_data.importers.mapping import OBJECTS
from crm_data.progress import Progress
from crm_data.schema.base import utc_now
from crm_data.schema.organisation import organisation
from crm_data.schema.system import import_aliases, import_changes, imports

_MANY = 500


@dataclass(frozen=True)
class InTheWay:
    """A row that the import wrote and that is not as the import left it.

    `fields`: what was changed since, as (name, what undoing would make it, what it is now). `why` says in
    words what stands in the way.
    """

    object: str
    key: int
    why: str
    fields: tuple[tuple[str, Any, Any], ...] = ()


@dataclass
class Undone:
    """What undoing did: object -> number of rows. `kept`: the rows that were left as they are."""

    key: int
    removed: dict[str, int] = field(default_factory=dict)
    restored: dict[str, int] = field(default_factory=dict)
    returned: dict[str, int] = field(default_factory=dict)
    separated: int = 0
    kept: list[InTheWay] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "import": self.key,
            "removed": self.removed,
            "restored": self.restored,
            "returned": self.returned,
            "separated": self.separated,
            "kept": [
                {
                    "object": one.object,
                    "id": one.key,
                    "why": one.why,
                    "fields": [[name, written(was), written(now)] for name, was, now in one.fields],
                }
                for one in self.kept
            ],
        }


class Blocked(ImportStopped):
    """Rows were changed since, or later imports build on this one. Nothing was taken back.

    `rows` are those in the way; `later` the keys of later imports of the same source.
    """

    def __init__(self, rows: list[InTheWay], later: list[int]) -> None:
        parts = []
        if later:
            some = ", ".join(map(str, later))
            parts.append(f"Later imports of the same source build on this one ({some}): undo them first.")
        if rows:
            number = f"{len(rows):,} {'row was' if len(rows) == 1 else 'rows were'}"
            parts.append(f"{number} changed since. Leave these as they are, or take everything back.")
        super().__init__(" ".join(parts) + " Nothing was undone.")
        self.rows, self.later = tuple(rows), tuple(later)


def undo_import(
    engine: Engine,
    key: int,
    *,
    changed: str = "ask",
    progress: Progress = lambda *_: None,
    who: str | None = None,
) -> Undone:
    """Take an import back.

    `changed` says what becomes of rows that were changed since: "ask" raises Blocked, which names them,
    "skip" leaves them as they are, "all" takes them back, too. A row that others refer to by now stays in
    any case, and while later imports of the same source stand, nothing is undone. Raises ImportStopped or
    CrmUnavailable, with the CRM as it was.
    """
    with reported(engine), writing(engine) as connection:
        entry = connection.execute(select(imports).where(imports.c.id == key)).mappings().first()
        if entry is None:
            raise ImportStopped(f"There is no import no. {key}.")
        if entry["undone_at"] is not None:
            raise ImportStopped(f"Import no. {key} was undone before.")
        if entry["mapping"] is None:
            raise ImportStopped(f"What import no. {key} changed was not written down, so it stays.")
        later = _later(connection, key, entry["source_system"])
        if later:
            raise Blocked([], later)
        undoing = _Undoing(connection, key, everything=changed == "all", progress=progress)
        undone = undoing.run()
        if changed == "ask" and undone.kept:
            raise Blocked(undone.kept, [])
        _record(connection, undone, who or actor())
        return undone


def _later(connection: Connection, key: int, source: str) -> list[int]:
    query = select(imports.c.id).where(
        imports.c.id > key, imports.c.source_system == source, imports.c.undone_at.is_(None)
    )
    return sorted(connection.scalars(query))


def _record(connection: Connection, undone: Undone, who: str) -> None:
    own = update(imports).where(imports.c.id == undone.key)
    connection.execute(own.values(undone_at=utc_now(), undone_by=who))
    done = {name: part for name, part in undone.as_json().items() if name not in ("import", "kept")}
    done["kept"] = len(undone.kept)
    note(connection, utc_now(), who, "undo", "imports", undone.key, None, done)


class _Undoing:
    def __init__(self, connection: Connection, key: int, *, everything: bool, progress: Progress) -> None:
        self._connection = connection
        self._key = key
        self._everything = everything
        self._progress = progress
        self._undone = Undone(key)

    def run(self) -> Undone:
        leaving = Leaving(self._connection, self._key, self._everything)
        columns = import_changes.c
        names = select(columns.table_name).where(columns.import_id == self._key).distinct()
        changed = set(self._connection.scalars(names))
        tables = [table for table in (import_aliases, *OBJECTS.values()) if table.name in changed]
        for table in tables:
            self._bring_back(table)
        for table in tables:
            self._restore(table, leaving)
        self._undone.separated = self._connection.execute(
            delete(import_aliases).where(import_aliases.c.import_id == self._key)
        ).rowcount
        self._progress("Removing what was added", 0, 1)
        self._undone.removed = leaving.go()
        self._undone.kept += [InTheWay(*one) for one in leaving.kept]
        self._unsettle()
        return self._undone

    def _changes(self, table: Table, *, deleted: bool) -> Iterator[list[Any]]:
        """The import's changes of this table, some at a time."""
        columns = import_changes.c
        last = 0
        while True:
            query = (
                select(import_changes)
                .where(
                    columns.import_id == self._key, columns.table_name == table.name, columns.row_id > last
                )
                .where(columns.after.is_(None) if deleted else columns.after.is_not(None))
                .order_by(columns.row_id)
                .limit(_MANY)
            )
            rows = list(self._connection.execute(query))
            if not rows:
                return
            yield rows
            last = rows[-1].row_id

    def _bring_back(self, table: Table) -> None:
        """Rows that the import deleted; references among themselves once all of them are there."""
        selves = [c.name for c in table.c for f in c.foreign_keys if f.column.table is table]
        later: list[tuple[int, Any]] = []
        for some in self._changes(table, deleted=True):
            statements = []
            for change in some:
                values = read_row(table, change.before)
                if "updated_at" in table.c:
                    values["updated_at"] = utc_now()
                waits = {name: values[name] for name in selves if values.get(name) is not None}
                statements.append((change.row_id, insert(table).values(values | dict.fromkeys(waits))))
                if waits:
                    own = {"version": values["version"], "updated_at": utc_now()}
                    statement = update(table).where(table.c.id == change.row_id).values(**waits, **own)
                    later.append((change.row_id, statement))
            done = self._all_or_each(table, statements)
            self._count(self._undone.returned, table, len(done))
            self._progress(f"Bringing back {table.name}", 0, 1)
        self._all_or_each(table, later)

    def _restore(self, table: Table, leaving: Leaving) -> None:
        """Rows that the import updated become what they were."""
        columns = import_changes.c
        own = (columns.import_id == self._key) & (columns.table_name == table.name)
        for some in self._changes(table, deleted=False):
            keys = [change.row_id for change in some]
            found = self._connection.execute(select(table).where(table.c.id.in_(keys))).mappings()
            there = {row["id"]: dict(row) for row in found}
            equal = equal_versions(
                self._connection, table, {key: row["version"] for key, row in there.items()}
            )
            statements, marks = [], {}
            for change in some:
                key, now = change.row_id, there.get(change.row_id)
                if now is None:
                    continue
                wanted = self._wanted(table, change, now, leaving)
                version = now["version"] + bool(wanted)
                if wanted:
                    values = wanted | {"version": version, "updated_at": utc_now()}
                    statements.append((key, update(table).where(table.c.id == key).values(values)))
                if change.became_version in equal[key]:  # nobody came between: it will be the row of then
                    marks[key] = version
            done = self._all_or_each(table, statements)
            self._count(self._undone.restored, table, len(done))
            for key in marks.keys() - ({key for key, _ in statements} - done):
                mark = update(import_changes).where(own, columns.row_id == key)
                self._connection.execute(mark.values(undone_version=marks[key]))
            self._progress(f"Restoring {table.name}", 0, 1)

    def _wanted(self, table: Table, change: Any, now: Mapping[str, Any], leaving: Leaving) -> dict[str, Any]:
        """The columns that become what they were; none where the row was changed since and is left."""
        before, after = read_row(table, change.before), read_row(table, change.after)
        since = tuple(
            (name, before[name], now[name])
            for name in before
            if now[name] != after[name] and now[name] != before[name]
        )
        if since:
            leaving.keep_history(table, change.row_id)  # there is more in it than the import and its end
        if since and not self._everything:
            self._undone.kept.append(InTheWay(table.name, change.row_id, "was changed since", since))
            return {}
        return {name: value for name, value in before.items() if now[name] != value}

    def _unsettle(self) -> None:
        """The settings that the import gave an empty CRM, while no other import relies on them."""
        others = select(imports.c.id).where(imports.c.id != self._key, imports.c.undone_at.is_(None))
        if self._connection.execute(others).first() is not None:
            return
        for (change,) in self._changes(organisation, deleted=False):
            row = self._connection.execute(select(organisation)).mappings().first()
            if row is not None and all(row[name] == value for name, value in change.after.items()):
                self._connection.execute(delete(organisation))

    def _all_or_each(self, table: Table, statements: list[tuple[int, Any]]) -> set[int]:
        """Do all; where a rule of the database forbids one by now, each alone. Gives the keys done."""
        try:
            self._guarded([statement for _, statement in statements])
        except IntegrityError:
            if len(statements) > 1:
                return {key for one in statements for key in self._all_or_each(table, [one])}
            why = "cannot be what it was, since other rows have changed"
            self._undone.kept.append(InTheWay(table.name, statements[0][0], why))
            return set()
        return {key for key, _ in statements}

    def _guarded(self, statements: list[Any]) -> None:
        self._connection.exec_driver_sql("SAVEPOINT step")
        try:
            for statement in statements:
                self._connection.execute(statement)
        except IntegrityError:
            self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT step")
            raise
        self._connection.exec_driver_sql("RELEASE SAVEPOINT step")

    def _count(self, counts: dict[str, int], table: Table, number: int) -> None:
        if number and table.name in OBJECTS and table not in HISTORIES:
            counts[table.name] = counts.get(table.name, 0) + number
