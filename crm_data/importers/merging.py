"""Rows of the files that become part of other rows, now or since an earlier import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from crm_data.audit import written_row
from crm_data.importers.changes import Changed, ChangeLog
from crm_data.importers.decisions import Merge
from crm_data.importers.errors import ImportStopped
from crm_data.importers.references import References
from crm_data.importers.stage import Reference, Stage, Staged
from crm_data.importers.upsert import differences
from crm_data.schema.base import utc_now
from crm_data.schema.system import import_aliases

_MANY = 500


class Merging:
    """The mergers of one object. Those that were decided now have to be possible; else ImportStopped.

    `len` says how many of the rows that were read are part of others.
    """

    def __init__(
        self,
        connection: Connection,
        table: Table,
        source: str,
        stage: Stage,
        parts: Sequence[int],
        decided: Sequence[Merge],
    ) -> None:
        self._connection = connection
        self._table = table
        self._source = source
        self._stage = stage
        self._parts = parts
        known = self._known()
        self._new = self._with_survivors_here(decided)
        if again := known.keys() & self._new.keys():
            raise ImportStopped(
                f"{table.name} '{min(again)}' was merged by an earlier import. Undo that one first."
            )
        self._merges = known | self._new
        self._rows = stage.find(parts, list(self._merges))
        self._check()
        self._roots = {other: self._root(other) for other in self._rows}
        self._parts_of: dict[str, list[str]] = {}
        for other, merge in self._roots.items():
            if isinstance(merge.into, str):
                self._parts_of.setdefault(merge.into, []).append(other)

    def __len__(self) -> int:
        return len(self._roots)

    def folded(self, rows: Iterable[Staged]) -> Iterator[Staged]:
        """The rows that stay rows, with what they get from the others."""
        for row in rows:
            if row.source_id in self._roots:
                continue
            others = self._parts_of.get(row.source_id, ())
            for other in others:
                row.values = combined(row.values, self._rows[other].values, self._roots[other].wins)
            if others:
                self._forget_selves(row, {row.source_id, *others})
            yield row

    def settle(self, references: References, log: ChangeLog) -> list[tuple[Staged, str]]:
        """Once the object's rows are written. Gives the rows that were lost with the row they belong to."""
        keys = self._keys()
        lost, aliases = [], []
        for other, merge in self._roots.items():
            key = merge.into if isinstance(merge.into, int) else keys.get(merge.into)
            if key is None:
                lost.append((self._rows[other], f"was to be merged into {merge.into}, which stays out"))
            elif other in self._new:
                content = {
                    name: value.text if type(value) is Reference else value
                    for name, value in self._rows[other].values.items()
                    if value is not None
                }
                aliases.append(
                    {
                        "table_name": self._table.name,
                        "source_system": self._source,
                        "source_id": other,
                        "row_id": key,
                        "wins": merge.wins,
                        "content": written_row(content),
                        "import_id": log.key,
                    }
                )
        if aliases:
            self._connection.execute(insert(import_aliases), aliases)
        into_old = [
            (merge.into, other) for other, merge in self._roots.items() if isinstance(merge.into, int)
        ]
        for first in range(0, len(into_old), _MANY):
            self._fill(into_old[first : first + _MANY], references, log)
        return lost

    def _known(self) -> dict[str, Merge]:
        """The mergers of earlier imports. A survivor that the files have, too, is named by its id there."""
        known: dict[str, Merge] = {}
        columns, aliases = self._table.c, import_aliases.c
        query = (
            select(aliases.source_id, aliases.row_id, aliases.wins, columns.source_id, columns.source_system)
            .join(columns.id.table, columns.id == aliases.row_id)
            .where(aliases.table_name == self._table.name, aliases.source_system == self._source)
        )
        found = list(self._connection.execute(query))
        own = [row[3] for row in found if row[4] == self._source and row[3] is not None]
        there = self._stage.find(self._parts, own)
        for other, key, wins, survivor, system in found:
            into = survivor if system == self._source and survivor in there else key
            known[other] = Merge(self._table.name, other, into, wins)
        return known

    def _with_survivors_here(self, decided: Sequence[Merge]) -> dict[str, Merge]:
        """The decisions; a survivor that the files have, too, is named by its id there."""
        columns = self._table.c
        keys = sorted({merge.into for merge in decided if isinstance(merge.into, int)})
        ids: dict[str | int, str] = {}
        for first in range(0, len(keys), _MANY):
            query = select(columns.id, columns.source_id).where(
                columns.source_system == self._source, columns.id.in_(keys[first : first + _MANY])
            )
            ids.update((key, source_id) for key, source_id in self._connection.execute(query))
        there = self._stage.find(self._parts, [source_id for source_id in ids.values() if source_id])
        return {
            merge.other: replace(merge, into=ids[merge.into]) if ids.get(merge.into) in there else merge
            for merge in decided
        }

    def _check(self) -> None:
        for other, merge in self._new.items():
            if other not in self._rows:
                raise ImportStopped(
                    f"{self._table.name} '{other}' was to be merged, but is not among the rows read."
                )
            if merge.into == other:
                raise ImportStopped(f"{self._table.name} '{other}' cannot be merged with itself.")
        targets = {m.into for m in self._new.values() if isinstance(m.into, str)} - self._rows.keys()
        if missing := targets - self._stage.find(self._parts, list(targets)).keys():
            raise ImportStopped(
                f"{self._table.name} '{min(missing)}' is not among the rows that were read, "
                "so nothing can be merged into it."
            )
        keys = sorted({m.into for m in self._new.values() if isinstance(m.into, int)})
        columns = self._table.c
        there = self._among(columns.id, keys)
        taken = self._among(columns.source_id, sorted(self._new), columns.source_system == self._source)
        if gone := set(keys) - there:
            raise ImportStopped(
                f"{self._table.name} no. {min(gone)} is not in the CRM any more. Look at the findings again."
            )
        if taken:
            raise ImportStopped(
                f"{self._table.name} '{min(taken)}' is in the CRM as a row of its own already. "
                "Merge the two there; the import leaves them apart."
            )

    def _among(self, column: Any, wanted: Sequence[Any], *conditions: Any) -> set[Any]:
        found: set[Any] = set()
        for first in range(0, len(wanted), _MANY):
            query = select(column).where(column.in_(wanted[first : first + _MANY]), *conditions)
            found |= set(self._connection.scalars(query))
        return found

    def _root(self, other: str) -> Merge:
        """Where a row ends up, however long the chain."""
        merge, seen = self._merges[other], {other}
        while isinstance(merge.into, str) and merge.into in self._merges:
            if merge.into in seen:
                raise ImportStopped(
                    f"{self._table.name} '{merge.into}' is to be merged in a circle. One row has to survive."
                )
            seen.add(merge.into)
            merge = replace(self._merges[merge.into], wins=merge.wins)
        return merge

    def _keys(self) -> dict[str, int]:
        """The key of each survivor that the files have."""
        columns, found = self._table.c, dict[str, int]()
        wanted = list(self._parts_of)
        for first in range(0, len(wanted), _MANY):
            query = select(columns.source_id, columns.id).where(
                columns.source_system == self._source, columns.source_id.in_(wanted[first : first + _MANY])
            )
            found.update((source_id, key) for source_id, key in self._connection.execute(query))
        return found

    def _fill(self, pairs: Sequence[tuple[Any, str]], references: References, log: ChangeLog) -> None:
        """Rows that the CRM had get what they lack."""
        rows = {
            other: replace(self._rows[other], values=dict(self._rows[other].values)) for _, other in pairs
        }
        _, dangling = references.resolve(rows.values())
        for row, (name, _), _reason in dangling:
            row.values.pop(name, None)
        columns = self._table.c
        query = select(self._table).where(columns.id.in_({key for key, _ in pairs}))
        now = {row["id"]: dict(row) for row in self._connection.execute(query).mappings()}
        before = {key: dict(row) for key, row in now.items()}
        for key, other in pairs:
            if key in now:
                now[key] = combined(now[key], rows[other].values, self._roots[other].wins)
        for key, values in now.items():
            changes = differences(before[key], {n: v for n, v in values.items() if v != before[key][n]})
            if not changes:
                continue
            version = before[key]["version"]
            own = {"version": version + 1, "updated_at": utc_now()}
            self._connection.execute(update(self._table).where(columns.id == key).values(**changes, **own))
            old = {name: before[key][name] for name in changes}
            log.updated_again(self._table, [Changed(key, version, version + 1, old, changes)])

    def _forget_selves(self, row: Staged, group: set[str]) -> None:
        """A row is not its own parent because its parent became part of it."""
        for name, value in row.values.items():
            if type(value) is Reference and value.by == "source_id" and value.text in group:
                (foreign,) = self._table.c[name].foreign_keys
                if foreign.column.table is self._table:
                    row.values[name] = None


def combined(values: dict[str, Any], others: dict[str, Any], wins: bool) -> dict[str, Any]:
    """What a row has, and from the other what it lacks; with `wins`, all that the other has."""
    taken = {
        name: value
        for name, value in others.items()
        if value is not None and name != "custom" and (wins or values.get(name) is None)
    }
    custom = others.get("custom")
    if custom:
        mine = values.get("custom") or {}
        both = {name: value for name, value in custom.items() if value is not None}
        taken["custom"] = mine | both if wins else both | {n: v for n, v in mine.items() if v is not None}
    return values | taken
