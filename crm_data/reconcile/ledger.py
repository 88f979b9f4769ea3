"""The rows of both sides, by their ids, on disk: a large import fills no memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import Any

#: (object, id, part, file, line, amount, currency, status, month)
FileRow = tuple[Any, ...]

_TABLES = """
CREATE TABLE file_rows (
    object TEXT, id TEXT, part INTEGER, file TEXT, line INTEGER,
    amount TEXT, currency TEXT, status TEXT, month TEXT, PRIMARY KEY (object, id, part)
) WITHOUT ROWID;
CREATE TABLE replaced (
    object TEXT, id TEXT, part INTEGER, file TEXT, line INTEGER,
    amount TEXT, currency TEXT, status TEXT, month TEXT
);
CREATE TRIGGER replacing AFTER UPDATE ON file_rows BEGIN
    INSERT INTO replaced VALUES (
        old.object, old.id, old.part, old.file, old.line, old.amount, old.currency, old.status, old.month
    );
END;
CREATE TABLE crm_rows (
    object TEXT, id TEXT, key INTEGER, merged_into INTEGER, changed TEXT,
    amount TEXT, currency TEXT, status TEXT, month TEXT, PRIMARY KEY (object, id)
) WITHOUT ROWID;
"""

_KEEP_LAST = """
INSERT INTO file_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (object, id, part) DO UPDATE SET
    file = excluded.file, line = excluded.line, amount = excluded.amount,
    currency = excluded.currency, status = excluded.status, month = excluded.month
"""

#: Of an object's parts, each column from the last one that has it.
_LAST = """
SELECT f.id, f.file, f.line, c.key, c.merged_into, c.changed,
    f.amount, f.currency, f.status, f.month, c.amount, c.currency, c.status, c.month
FROM (
    SELECT id, min(part) AS part, file, line,
        (SELECT amount FROM file_rows a WHERE a.object = o.object AND a.id = o.id AND amount IS NOT NULL
            ORDER BY part DESC LIMIT 1) AS amount,
        (SELECT currency FROM file_rows a WHERE a.object = o.object AND a.id = o.id AND currency IS NOT NULL
            ORDER BY part DESC LIMIT 1) AS currency,
        (SELECT status FROM file_rows a WHERE a.object = o.object AND a.id = o.id AND status IS NOT NULL
            ORDER BY part DESC LIMIT 1) AS status,
        (SELECT month FROM file_rows a WHERE a.object = o.object AND a.id = o.id AND month IS NOT NULL
            ORDER BY part DESC LIMIT 1) AS month
    FROM file_rows o WHERE object = ? GROUP BY id
) f LEFT JOIN crm_rows c ON c.object = ? AND c.id = f.id
"""


@dataclass(frozen=True)
class Side:
    """What one side says of a row. Empty texts and no amount: it says nothing, or does not know.

    Capitals do not count in a status.
    """

    amount: Decimal | None
    currency: str
    status: str
    month: str


@dataclass(frozen=True)
class Pair:
    """A row of the files, and what the CRM has of it; `key` None: it has none."""

    id: str
    file: str
    line: int
    key: int | None
    merged_into: int | None
    changed: str  # when the CRM's row was last changed, ISO, UTC
    in_file: Side
    in_crm: Side


@dataclass(frozen=True)
class Replaced:
    """A row of the files that does not count, since a later one has its id.

    `lost`: it has an amount, or another status or month.
    """

    id: str
    file: str
    line: int
    in_file: Side
    lost: bool


class Ledger:
    """A private database of SQLite's, which goes with the process."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA cache_size = -50000; {_TABLES}")

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def add_file_rows(self, rows: Sequence[FileRow], which: str) -> int:
        """Of one id in one part, the last row counts. Gives how many of the rows count.

        which: all; once: only the first row of an id that no part has had so far; known: only the rows of ids
        that another part has had.
        """
        if which == "once":
            first = {row[1]: row for row in reversed(rows)}
            rows = [row for row in first.values() if not self._has(row)]
        elif which == "known":
            rows = [row for row in rows if self._has(row)]
        self._many(_KEEP_LAST, rows)
        return len(rows)

    def leave_out(self, name: str, part: int, ids: Iterable[str]) -> int:
        """Forget rows of a part with these ids that the CRM has not. Gives how many there were."""
        query = (
            "DELETE FROM file_rows WHERE object = ? AND part = ? AND id = ? AND NOT EXISTS "
            "(SELECT 1 FROM crm_rows c WHERE c.object = file_rows.object AND c.id = file_rows.id)"
        )
        before = self._database.total_changes
        self._many(query, ((name, part, each) for each in ids))
        return self._database.total_changes - before

    def _has(self, row: FileRow) -> bool:
        query = "SELECT 1 FROM file_rows WHERE object = ? AND id = ? LIMIT 1"
        return self._database.execute(query, row[:2]).fetchone() is not None

    def add_crm_rows(self, rows: Iterable[tuple[object, ...]]) -> None:
        """(object, id, key, merged into, changed, amount, currency, status, month)."""
        self._many("INSERT OR REPLACE INTO crm_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def completing(self, name: str, parts: Sequence[int]) -> int:
        """How many of an object's rows in these parts complete a row of another part."""
        marks = ", ".join("?" * len(parts))
        query = f"SELECT count(*) - count(DISTINCT id) FROM file_rows WHERE object = ? AND part IN ({marks})"
        return int(self._database.execute(query, (name, *parts)).fetchone()[0])

    def replaced(self, name: str, parts: Sequence[int]) -> Iterator[Replaced]:
        """An object's rows in these parts of which a later one of the same part has the id."""
        query = (
            "SELECT r.id, r.file, r.line, r.amount IS NOT NULL OR r.status IS NOT f.status "
            "OR r.month IS NOT f.month, r.amount, r.currency, r.status, r.month "
            "FROM replaced r JOIN file_rows f USING (object, id, part) "
            f"WHERE object = ? AND part IN ({', '.join('?' * len(parts))}) ORDER BY r.rowid"
        )
        for key, file, line, lost, *side in self._database.execute(query, (name, *parts)):
            yield Replaced(key, file, line, _side(*side), bool(lost))

    def in_crm(self, name: str) -> int:
        query = "SELECT count(*) FROM crm_rows WHERE object = ?"
        return int(self._database.execute(query, (name,)).fetchone()[0])

    def pairs(self, name: str) -> Iterator[Pair]:
        """Each row of the files beside the CRM's row of the same id, in the order of ids."""
        for row in self._database.execute(_LAST, (name, name)):
            key, file, line, crm_key, merged_into, changed = row[:6]
            sides = _side(*row[6:10]), _side(*row[10:14])
            yield Pair(key, file, line, crm_key, merged_into, changed or "", *sides)

    def _many(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany(statement, rows)
        self._database.execute("COMMIT")


def _side(amount: str | None, currency: str | None, status: str | None, month: str | None) -> Side:
    known = None if amount is None else Decimal(amount)
    return Side(known, currency or "", (status or "").casefold(), month or "")
