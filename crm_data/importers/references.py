"""References to other rows: from the text of a cell to the key of the row that it means."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Column, Connection, Table, func, null, select

from crm_data.importers.stage import Pending, Reference, Staged
from crm_data.schema.system import import_aliases

#: Keys remembered at most, so that the memory stays small however many rows there are.
_REMEMBERED = 200_000

#: Which column refers to which text: `Found` holds the key of the row meant, None where several could be.
Wish = tuple[str, Reference]
Found = dict[Wish, int | None]


class References:
    """Finds the rows that the rows of one table refer to."""

    def __init__(self, connection: Connection, table: Table, source: str) -> None:
        self._connection = connection
        self._table = table
        self._source = source
        self._finders: dict[Column[Any], _Finder] = {}

    def resolve(self, rows: Iterable[Staged]) -> tuple[list[Pending], list[tuple[Staged, Wish, str]]]:
        """Put the keys of the rows meant into `rows`.

        Gives the references to the same table that lead nowhere yet and were taken out of the rows, and
        those to other tables that lead nowhere at all, with the reason.
        """
        rows = list(rows)
        wishes = [
            (row, name, ref) for row in rows for name, ref in row.values.items() if type(ref) is Reference
        ]
        found = self.find({(name, reference) for _, name, reference in wishes})
        pending: list[Pending] = []
        dangling: list[tuple[Staged, Wish, str]] = []
        for row, name, reference in wishes:
            key = found.get((name, reference))
            row.values[name] = key
            if key is None and self._points_home(name) and (name, reference) not in found:
                del row.values[name]
                pending.append(Pending(row.source_id, row.file, row.line, name, *reference, written=False))
            elif key is None:
                dangling.append((row, (name, reference), self.reason((name, reference), found)))
        return pending, dangling

    def find(self, wishes: Collection[Wish]) -> Found:
        texts: dict[tuple[str, str], dict[str, Wish]] = {}
        for name, reference in wishes:
            texts.setdefault((name, reference.by), {})[reference.text] = (name, reference)
        found: Found = {}
        for (name, by), wanted in texts.items():
            keys = self._finder(self._target(name).c[by]).find(wanted)
            found |= {wanted[text]: key for text, key in keys.items()}
        return found

    def reason(self, wish: Wish, found: Found) -> str:
        """Why a reference leads nowhere."""
        name, reference = wish
        table = self._target(name).name
        by = "id" if reference.by == "source_id" else reference.by
        if wish in found:
            return f"could mean several of {table}, which share this {by}"
        return f"is the {by} of none of {table}"

    def _target(self, name: str) -> Table:
        (foreign,) = self._table.c[name].foreign_keys
        return foreign.column.table

    def _points_home(self, name: str) -> bool:
        return self._target(name) is self._table

    def _finder(self, key: Column[Any]) -> _Finder:
        if key not in self._finders:
            self._finders[key] = _Finder(self._connection, key, self._source)
        return self._finders[key]


class _Finder:
    """Finds rows of one table by the texts of one column.

    Rows of the import's own source come first: another system's account of the same name is not meant.
    """

    def __init__(self, connection: Connection, key: Column[Any], source: str) -> None:
        self._connection = connection
        self._key = key
        self._source = source
        self._known: dict[str, int] = {}
        self._aliases: dict[str, set[int]] | None = None

    def find(self, wanted: Collection[str]) -> dict[str, int | None]:
        """The key of each row that exists; None where several could be meant. Others are left out."""
        found: dict[str, int | None] = {text: self._known[text] for text in wanted if text in self._known}
        unknown = [text for text in wanted if text not in found]
        if unknown:
            if len(self._known) + len(unknown) > _REMEMBERED:
                self._known.clear()
            for text, keys in self._ask(unknown).items():
                found[text] = keys[0] if len(keys) == 1 else None
                if len(keys) == 1:
                    self._known[text] = keys[0]
        return found

    def _ask(self, texts: list[str]) -> dict[str, list[int]]:
        columns = self._key.table.c
        # A contact that was merged means the one that it is part of now.
        meant = (
            func.coalesce(columns.merged_into_id, columns.id) if "merged_into_id" in columns else columns.id
        )
        query = select(self._key, meant, columns.source_system).where(self._key.in_(texts))
        if self._key.name == "source_id":
            query = query.where(columns.source_system == self._source)
        own: dict[str, set[int]] = {}
        others: dict[str, set[int]] = {}
        for text, key, source in self._connection.execute(query):
            (own if source == self._source else others).setdefault(text, set()).add(key)
        for text in texts:
            if text not in own and (keys := self._part_of().get(text)):
                own[text] = keys
        return {text: sorted(keys) for text, keys in (others | own).items()}

    def _part_of(self) -> dict[str, set[int]]:
        """The rows that rows of the source became part of when they were imported, by the same column."""
        if self._aliases is None:
            table, columns = self._key.table, import_aliases.c
            meant = table.c.merged_into_id if "merged_into_id" in table.c else null()
            query = (
                select(columns.source_id, columns.content, func.coalesce(meant, table.c.id).label("row_key"))
                .join(table, table.c.id == columns.row_id)
                .where(columns.table_name == table.name, columns.source_system == self._source)
            )
            self._aliases = {}
            for row in self._connection.execute(query):
                name = self._key.name
                text = row.source_id if name == "source_id" else (row.content or {}).get(name)
                if text is not None:
                    self._aliases.setdefault(text, set()).add(row.row_key)
        return self._aliases
