"""What an import did: counts, notes, and the report of rejected rows."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crm_data.importers.reader import Remark
from crm_data.importers.stage import Rejected

_REPORT = ("file", "line", "object", "column", "value", "reason")
_LONGEST_VALUE = 200
_PAIRS_SHOWN = 3


@dataclass
class Counts:
    """Rows of one object. read = added + updated + unchanged + rejected + replaced + merged.

    `deleted` counts rows that the CRM had and the files have not.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    replaced: int = 0  # by a later row with the same id
    merged: int = 0  # into another row
    deleted: int = 0


@dataclass(frozen=True)
class Note:
    """Something worth telling about rows that were imported all the same."""

    object: str
    column: str
    text: str
    rows: int


@dataclass
class Tally:
    """What is counted while the rows of one object are read and written."""

    counts: Counts = field(default_factory=Counts)
    remarks: Counter[Remark] = field(default_factory=Counter)
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)  # by column and what was seen

    def add(self, other: Tally) -> None:
        for name, number in asdict(other.counts).items():
            setattr(self.counts, name, getattr(self.counts, name) + number)
        self.remarks += other.remarks
        self.seen += other.seen

    def notes(self, object_name: str) -> list[Note]:
        """One note a column for what the map changed, one for what was left empty, one for the rest each."""
        notes = []
        for column in dict.fromkeys(remark.column for remark in self.remarks):
            own = [(remark, rows) for remark, rows in self.remarks.most_common() if remark.column == column]
            changed = [(f"{remark.cell} → {remark.became}", rows) for remark, rows in own if remark.became]
            unread = [(remark.cell, rows) for remark, rows in own if not remark.became]
            for what, found in (("mapped", changed), ("left empty, since it cannot be read", unread)):
                if found:
                    text = f"{what}: {_shortened(found)}"
                    notes.append(Note(object_name, column, text, sum(rows for _, rows in found)))
        return notes + [Note(object_name, column, text, rows) for (column, text), rows in self.seen.items()]


@dataclass
class Outcome:
    source: str
    key: int = 0  # of the import, which `imports` lists and `undo` takes
    objects: dict[str, Counts] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    report: Path | None = None  # the rejected rows; None: there are none

    def as_json(self) -> dict[str, Any]:
        return {
            "import": self.key,
            "source": self.source,
            "objects": {name: asdict(counts) for name, counts in self.objects.items()},
            "notes": [asdict(note) for note in self.notes],
            "report": None if self.report is None else str(self.report),
        }


def write_report(path: Path, rejected: Iterable[Rejected]) -> None:
    """The rejected rows as CSV that a spreadsheet opens as text: no cell can act as a formula."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_REPORT)
        for row in rejected:
            texts = (row.file, str(row.line), row.object, row.column, row.cell[:_LONGEST_VALUE], row.reason)
            writer.writerow([defused(text) for text in texts])


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    text = text.replace("\0", "\\0")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _shortened(found: list[tuple[str, int]]) -> str:
    shown = ", ".join(f"{what[:60]} ({rows:,})" for what, rows in found[:_PAIRS_SHOWN])
    return shown + (f" and {len(found) - _PAIRS_SHOWN:,} more" if len(found) > _PAIRS_SHOWN else "")
