"""What was found in an import that was read: kept beside its rows, so that it can be listed page by page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crm_data.audit import written_row
from crm_data.cleansing.records import Reason
from crm_data.importers.decisions import Merge
from crm_data.importers.prepared import Prepared
from crm_data.importers.stage import Reference

#: The kinds of findings, as a heading says them, in the order in which they are listed.
KINDS: Mapping[str, str] = {
    "rejected": "Rows that stay out",
    "repeated": "Rows that another row with the same id replaces",
    "unknown": "Rows that may be in the CRM under another id",
    "duplicate": "Likely duplicates",
    "orphan": "References to nothing",
    "email": "E-mail addresses that are none",
    "phone": "Telephone numbers that are none",
    "date": "Impossible days",
    "outlier": "Amounts far from all others",
    "owner": "Without an owner",
    "gone": "In the CRM, and not in the files any more",
}

_TABLES = """
CREATE TABLE finding_rows (
    kind TEXT, object TEXT, "column" TEXT, problem TEXT, source_id TEXT, row_key INTEGER, file TEXT,
    line INTEGER, cell TEXT, content TEXT
);
CREATE INDEX finding_groups ON finding_rows (kind, object, "column", problem);
CREATE TABLE finding_pairs (
    object TEXT, other TEXT, into_id TEXT, into_key INTEGER, score REAL, reasons TEXT, mine TEXT, theirs TEXT
);
"""


@dataclass(frozen=True)
class Group:
    """Rows with the same finding. `problem`: what is wrong, to be read after the column or the row."""

    kind: str
    object: str
    column: str
    problem: str
    rows: int


@dataclass(frozen=True)
class Row:
    """A row with a finding. file and line: of the export; a row that only the CRM has is named by `key`.

    `values` are texts by column; `cell` is what the finding is about.
    """

    source_id: str
    key: int | None
    file: str
    line: int
    cell: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Duplicate:
    """Two rows that are likely the same: `other`, of the files, and `into`, of the files or of the CRM.

    `merge` makes them one: the CRM's row survives, else the fuller one.
    """

    object: str
    other: Row
    into: Row
    score: float
    reasons: tuple[Reason, ...]

    @property
    def merge(self) -> Merge:
        return Merge(self.object, self.other.source_id, self.into.key or self.into.source_id)


class Findings:
    """What `assess` found. Reopening the import brings it back."""

    def __init__(self, prepared: Prepared) -> None:
        self._database = prepared.stage.database

    @staticmethod
    def begin(prepared: Prepared) -> Findings:
        """Empty ones; what was found before is forgotten."""
        drop = "DROP TABLE IF EXISTS finding_rows; DROP TABLE IF EXISTS finding_pairs;"
        prepared.stage.database.executescript(drop + _TABLES)
        return Findings(prepared)

    @property
    def made(self) -> bool:
        """Whether the import was assessed."""
        query = "SELECT 1 FROM sqlite_master WHERE name = 'finding_rows'"
        return self._database.execute(query).fetchone() is not None

    def groups(self) -> list[Group]:
        """Every group of rows with the same finding, in the order of KINDS; duplicates are one per object."""
        rows = self._database.execute(
            'SELECT kind, object, "column", problem, count(*) FROM finding_rows GROUP BY 1, 2, 3, 4 '
            "UNION ALL SELECT 'duplicate', object, '', 'are likely the same', count(*) "
            "FROM finding_pairs GROUP BY object"
        )
        order = list(KINDS)
        found = [Group(*row) for row in rows]
        return sorted(found, key=lambda group: (order.index(group.kind), group.object, -group.rows))

    def rows(self, group: Group, first: int = 0, most: int = 50) -> list[Row]:
        """Rows of a group, by file and line."""
        found = self._database.execute(
            "SELECT source_id, row_key, file, line, cell, content FROM finding_rows "
            'WHERE kind = ? AND object = ? AND "column" = ? AND problem = ? '
            "ORDER BY file, line, rowid LIMIT ? OFFSET ?",
            (group.kind, group.object, group.column, group.problem, most, first),
        )
        return [
            Row(source_id, key, file, line, cell, json.loads(content))
            for source_id, key, file, line, cell, content in found
        ]

    def duplicates(
        self, object_name: str | None = None, at_least: float = 0.0, first: int = 0, most: int = 50
    ) -> list[Duplicate]:
        """Likely duplicates, the likeliest first."""
        found = self._database.execute(
            "SELECT object, mine, theirs, score, reasons FROM finding_pairs "
            "WHERE score >= ? AND (? IS NULL OR object = ?) ORDER BY score DESC, rowid LIMIT ? OFFSET ?",
            (at_least, object_name, object_name, most, first),
        )
        return [
            Duplicate(name, _row(mine), _row(theirs), score, tuple(Reason(*one) for one in json.loads(why)))
            for name, mine, theirs, score, why in found
        ]

    def merges(self, at_least: float, object_name: str | None = None) -> tuple[Merge, ...]:
        """What makes one of all pairs whose score is at least so high. Two rows that the CRM has stay two."""
        pairs = self._database.execute(
            "SELECT object, other, into_id, into_key FROM finding_pairs "
            "WHERE score >= ? AND (? IS NULL OR object = ?) ORDER BY score DESC, rowid",
            (at_least, object_name, object_name),
        )
        into: dict[tuple[str, str | int], str | int] = {}

        def root(name: str, row: str | int) -> str | int:
            while (name, row) in into:
                row = into[name, row]
            return row

        for name, other, into_id, into_key in pairs:
            one, survivor = root(name, other), root(name, into_key or into_id)
            if isinstance(one, int):
                one, survivor = survivor, one
            if one != survivor and isinstance(one, str):
                into[name, one] = survivor
        return tuple(Merge(name, other, root(name, other)) for name, other in into if isinstance(other, str))

    def gone(self) -> dict[str, frozenset[int]]:
        """The keys of all rows that the files have no more and nothing refers to, by object."""
        found: dict[str, set[int]] = {}
        query = "SELECT object, row_key FROM finding_rows WHERE kind = 'gone' AND problem = ?"
        for name, key in self._database.execute(query, (GONE,)):
            found.setdefault(name, set()).add(key)
        return {name: frozenset(keys) for name, keys in found.items()}

    def add(self, rows: Iterable[tuple[Group, Row]]) -> None:
        values = (
            (g.kind, g.object, g.column, g.problem, r.source_id, r.key, r.file, r.line, r.cell,
             json.dumps(dict(r.values)))
            for g, r in rows
        )  # fmt: skip
        self._many("INSERT INTO finding_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def add_pairs(self, pairs: Iterable[Duplicate]) -> None:
        values = (
            (p.object, p.other.source_id, p.into.source_id, p.into.key, p.score,
             json.dumps([[r.label, r.how, r.bits] for r in p.reasons]), _text(p.other), _text(p.into))
            for p in pairs
        )  # fmt: skip
        self._many("INSERT INTO finding_pairs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values)

    def _many(self, statement: str, values: Iterable[tuple[Any, ...]]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany(statement, values)
        self._database.execute("COMMIT")


#: What is said of a row that may be deleted; of others, what refers to them.
GONE = "is not in the files any more"


def shown(values: Mapping[str, Any]) -> dict[str, str]:
    """A row's values as a list shows them: those that there are."""
    texts: dict[str, str] = {}
    for name, value in values.items():
        if name == "custom" and isinstance(value, Mapping):
            texts |= {f"{key} (own)": str(text) for key, text in value.items() if text}
        elif value is not None and value != "":
            texts[name] = value.text if type(value) is Reference else str(written_row({name: value})[name])
    return texts


def _text(row: Row) -> str:
    return json.dumps([row.source_id, row.key, row.file, row.line, row.cell, dict(row.values)])


def _row(text: str) -> Row:
    return Row(*json.loads(text))
