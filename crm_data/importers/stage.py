"""Rows that were read and converted, kept on disk until all of them are: a large file fills no memory.

Unless a file is named, the database is SQLite's private temporary kind, which goes with the process.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

_TABLES = """
CREATE TABLE memory (name TEXT PRIMARY KEY, content BLOB);
CREATE TABLE rows (
    position INTEGER PRIMARY KEY, block INTEGER, source_id TEXT, file TEXT, line INTEGER,
    content BLOB, spare INTEGER, UNIQUE (block, source_id)
);
CREATE TABLE replaced (block INTEGER, source_id TEXT, file TEXT, line INTEGER, content BLOB);
CREATE TRIGGER replacing AFTER UPDATE ON rows BEGIN
    INSERT INTO replaced VALUES (old.block, old.source_id, old.file, old.line, old.content);
END;
CREATE TABLE rejected_ids (object TEXT, source_id TEXT, PRIMARY KEY (object, source_id)) WITHOUT ROWID;
CREATE TABLE unsure (object TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE problems (
    object TEXT, file TEXT, line INTEGER, "column" TEXT, cell TEXT, reason TEXT, late INTEGER
);
CREATE TABLE pending (
    source_id TEXT, file TEXT, line INTEGER, "column" TEXT, by TEXT, text TEXT, keep INTEGER, written INTEGER
);
"""

_MANY = 500  # ids in one statement

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
    def __init__(self, path: Path | None = None) -> None:
        """A new stage, or the one that the file holds. Threads may take turns with it."""
        new = path is None or not path.exists()
        self.path = path
        self._database = sqlite3.connect(path or "", isolation_level=None, check_same_thread=False)
        settings = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -50000;"
        self._database.executescript(settings + (_TABLES if new else ""))

    @property
    def database(self) -> sqlite3.Connection:
        """For what else is kept beside the rows."""
        return self._database

    def close(self) -> None:
        self._database.close()

    def remember(self, name: str, content: bytes) -> None:
        self._database.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (name, content))

    def recall(self, name: str) -> bytes:
        """What was remembered under the name. Raises KeyError."""
        found = self._database.execute("SELECT content FROM memory WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise KeyError(name)
        return bytes(found[0])

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

    def find(self, blocks: Sequence[int], source_ids: Collection[str]) -> dict[str, Staged]:
        """The rows with these ids, as `rows` gives them."""
        found: dict[str, Staged] = {}
        wanted = list(source_ids)
        order = ", ".join("?" * len(blocks))
        for first in range(0, len(wanted), _MANY):
            some = wanted[first : first + _MANY]
            query = (
                f"SELECT source_id, file, line, content, spare FROM rows WHERE block IN ({order}) "
                f"AND source_id IN ({', '.join('?' * len(some))}) ORDER BY block"
            )
            for source_id, file, line, content, spare in self._database.execute(query, [*blocks, *some]):
                row = found.setdefault(source_id, Staged(source_id, file, line, {}, spare=True))
                row.file, row.line = file, line
                row.values |= pickle.loads(content)
                row.spare &= bool(spare)
        return found

    def replaced(self, blocks: Sequence[int]) -> Iterator[tuple[Staged, Staged]]:
        """Each row that a later one with the same id replaces, and the one that counts.

        Of the same block first, then of two of these blocks.
        """
        marks = ", ".join("?" * len(blocks))
        again = self._database.execute(
            "SELECT r.source_id, r.file, r.line, r.content, c.file, c.line, c.content FROM replaced r "
            f"JOIN rows c USING (block, source_id) WHERE block IN ({marks}) ORDER BY r.rowid",
            blocks,
        )
        twice = self._database.execute(
            "SELECT * FROM (SELECT source_id, file, line, content, lead(file) OVER later, "
            "lead(line) OVER later, lead(content) OVER later AS other FROM rows "
            f"WHERE block IN ({marks}) AND source_id IN (SELECT source_id FROM rows "
            f"WHERE block IN ({marks}) GROUP BY source_id HAVING count(*) > 1) "
            "WINDOW later AS (PARTITION BY source_id ORDER BY block)) WHERE other IS NOT NULL",
            [*blocks, *blocks],
        )
        for found in (again, twice) if len(blocks) > 1 else (again,):
            for key, file, line, content, by_file, by_line, by_content in found:
                row = Staged(key, file, line, pickle.loads(content))
                yield row, Staged(key, by_file, by_line, pickle.loads(by_content))

    def seen(self, object_name: str, blocks: Sequence[int], source_ids: Sequence[str]) -> set[str]:
        """Which of these ids the files have, in rows that were rejected too."""
        marks = ", ".join("?" * len(source_ids))
        order = ", ".join("?" * len(blocks))
        query = (
            f"SELECT source_id FROM rows WHERE block IN ({order}) AND source_id IN ({marks}) UNION "
            f"SELECT source_id FROM rejected_ids WHERE object = ? AND source_id IN ({marks})"
        )
        values = [*blocks, *source_ids, object_name, *source_ids]
        return {row[0] for row in self._database.execute(query, values)}

    def reject_ids(self, object_name: str, source_ids: Iterable[str]) -> None:
        """Note the ids of rows that stay out, so that they are not taken for deleted ones."""
        rows = ((object_name, source_id) for source_id in source_ids)
        self._many("INSERT OR IGNORE INTO rejected_ids VALUES (?, ?)", rows)

    def doubt(self, object_name: str) -> None:
        """Note that a row of the object stays out whose id is not known: it may be any."""
        self._database.execute("INSERT OR IGNORE INTO unsure VALUES (?)", (object_name,))

    def doubtful(self, object_name: str) -> bool:
        """Whether the files may have more rows of the object than those that could be told."""
        found = self._database.execute("SELECT 1 FROM unsure WHERE object = ?", (object_name,))
        return found.fetchone() is not None

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

    def leave_out(self, block: int, source_ids: Collection[str]) -> int:
        """Forget the rows of a block with these ids. Gives how many there were."""
        query = "DELETE FROM rows WHERE block = ? AND source_id IN (SELECT value FROM json_each(?))"
        return self._database.execute(query, (block, json.dumps(list(source_ids)))).rowcount

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
