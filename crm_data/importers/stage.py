"""Rows that were read and converted, kept on disk until all of them are: a large file fills no memory.

The database is SQLite's private temporary kind, whose file has no name and goes with the process.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from typing import Any, NamedTuple

_TABLES = """
CREATE TABLE rows (
    position INTEGER PRIMARY KEY, block INTEGER, source_id TEXT, file TEXT, line INTEGER,
    content BLOB, spare INTEGER, UNIQUE (block, source_id)
);
CREATE TABLE problems (
    object TEXT, file TEXT, line INTEGER, "column" TEXT, cell TEXT, reason TEXT, late INTEGER
);
CREATE TABLE pending (
    source_id TEXT, file TEXT, line INTEGER, "column" TEXT, by TEXT, text TEXT, keep INTEGER, written INTEGER
);
"""

_KEEP_LAST = """
INSERT INTO rows (block, source_id, file, line, content, spare) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (block, source_id) DO UPDATE
SET file = excluded.file, line = excluded.line, content = excluded.content
"""


class Reference(NamedTuple):
    """What a cell says about the row it refers to: the text of that row's column `by`."""

    by: str
    text: str
    keep: bool  # left empty where there is no such row


@dataclass(slots=True)
class Staged:
    """One row for the CRM, from every part of the mapping that gives it columns."""

    source_id: str
    file: str
    line: int
    values: dict[str, Any]
    spare: bool = False  # counts only where the CRM has no such row


@dataclass(frozen=True, slots=True)
class Rejected:
    """Why a row stays out."""

    object: str
    file: str
    line: int
    column: str
    cell: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A reference to a row of the same object that did not exist when its own row was written."""

    source_id: str
    file: str
    line: int
    column: str
    by: str
    text: str
    keep: bool
    written: bool  # whether its own row was added or changed already

    @property
    def wish(self) -> tuple[str, Reference]:
        return self.column, Reference(self.by, self.text, self.keep)


class Stage:
    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -50000; {_TABLES}")

    def close(self) -> None:
        self._database.close()

    def add(
        self, block: int, rows: Iterable[tuple[str, str, int, dict[str, Any]]], *, spare: bool = False
    ) -> None:
        """Rows of a block as (source id, file, line, values); of two with the same id, the last is kept."""
        self._many(
            _KEEP_LAST,
            ((block, key, file, line, pickle.dumps(values, 5), spare) for key, file, line, values in rows),
        )

    def rows(self, blocks: Sequence[int]) -> Iterator[Staged]:
        """The rows of these blocks in the order of their first appearance; those of one id made one.

        Where two blocks give the same column, the later block's value counts.
        """
        marks = ", ".join("?" * len(blocks))
        order = "position" if len(blocks) == 1 else "min(position) OVER (PARTITION BY source_id), block"
        found = self._database.execute(
            f"SELECT source_id, file, line, content, spare FROM rows "
            f"WHERE block IN ({marks}) ORDER BY {order}",
            blocks,
        )
        for source_id, parts in groupby(found, key=lambda row: row[0]):
            staged = Staged(source_id, "", 0, {}, spare=True)
            for _, staged.file, staged.line, content, spare in parts:
                staged.values |= pickle.loads(content)
                staged.spare &= bool(spare)
            yield staged

    def known(self, source_ids: Iterable[str], blocks: Sequence[int]) -> set[str]:
        """Which of these ids the blocks have given."""
        wanted, marks = json.dumps(list(source_ids)), ", ".join("?" * len(blocks))
        query = (
            f"SELECT source_id FROM rows WHERE block IN ({marks}) "
            "AND source_id IN (SELECT value FROM json_each(?))"
        )
        return {key for (key,) in self._database.execute(query, (*blocks, wanted))}

    def ids(self, blocks: Sequence[int]) -> int:
        """How many different rows these blocks give."""
        marks = ", ".join("?" * len(blocks))
        query = f"SELECT count(DISTINCT source_id) FROM rows WHERE block IN ({marks})"
        return int(self._database.execute(query, blocks).fetchone()[0])

    def reject(self, rows: Iterable[Rejected], *, late: bool = False) -> None:
        """Note why rows stay out. `late`: found while writing, so undone when writing starts again."""
        self._many(
            "INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((r.object, r.file, r.line, r.column, r.cell, r.reason, late) for r in rows),
        )

    def begin_object(self, object_name: str) -> None:
        """Forget what an earlier attempt at writing this object found, and what another one left pending."""
        self._database.execute("DELETE FROM problems WHERE late AND object = ?", (object_name,))
        self._database.execute("DELETE FROM pending")

    def has_rejected(self) -> bool:
        return self._database.execute("SELECT 1 FROM problems LIMIT 1").fetchone() is not None

    def rejected(self) -> Iterator[Rejected]:
        """Every problem, by file and line."""
        query = 'SELECT object, file, line, "column", cell, reason FROM problems ORDER BY file, line, rowid'
        return (Rejected(*row) for row in self._database.execute(query))

    def postpone(self, rows: Iterable[Pending]) -> None:
        self._many(
            "INSERT INTO pending VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (astuple(pending) for pending in rows)
        )

    def postponed(self) -> Iterator[Pending]:
        found = self._database.execute("SELECT * FROM pending ORDER BY rowid")
        return (Pending(*row) for row in found)

    def _many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """In one step, which is many times faster."""
        self._database.execute("BEGIN")
        self._database.executemany(statement, rows)
        self._database.execute("COMMIT")
