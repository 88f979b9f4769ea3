"""From the rows of an opened file to rows that are ready for the CRM, or rejected with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from crm_data.importers.cells import Cell, as_text
from crm_data.importers.errors import ImportStopped
from crm_data.importers.files import Row
from crm_data.importers.mapping import Block
from crm_data.importers.opening import Opened
from crm_data.importers.outcome import Tally
from crm_data.importers.reader import LEFT_OUT, Problem, Reader, holds
from crm_data.importers.stage import Reference, Rejected, Stage
from crm_data.progress import Progress

#: Days or times of which the first should not come after the second.
IN_ORDER = {
    "opportunities": ("opened_on", "closed_on"),
    "memberships": ("started_on", "ended_on"),
    "campaigns": ("starts_on", "ends_on"),
    "loyalty": ("joined_on", "left_on"),
    "cases": ("opened_at", "resolved_at"),
    "leads": ("created_at", "converted_at"),
}

_BATCH = 1000

#: A row that was read: source id, file, line, values.
_Ready = tuple[str, str, int, dict[str, Any]]


def stage_file(opened: Opened, stage: Stage, zone: ZoneInfo, tally: Tally, progress: Progress) -> None:
    """Read a whole file into the stage, as rows of its block."""
    table, block, rows = opened.table, opened.block, _Rows(opened, zone, tally)
    staged: list[_Ready] = []
    rejected: list[Rejected] = []

    def flush() -> None:
        if block.rows != "all":
            chosen = _chosen(staged, block, stage)
            tally.counts.read -= len(staged) - len(chosen) * (block.rows == "once")
            staged[:] = chosen
        stage.add(block.number, staged, spare=block.rows == "once")
        stage.reject(rejected)
        stage.reject_ids(opened.block.table.name, rows.rejected_ids)
        if rows.unsure:
            stage.doubt(opened.block.table.name)
        staged.clear()
        rejected.clear()
        rows.rejected_ids.clear()

    for row in table.rows():
        if not rows.count(row):
            continue
        tally.counts.read += 1
        found = rows.convert(row)
        if isinstance(found, list):
            tally.counts.rejected += 1
            rejected += found
        else:
            staged.append(found)
        if tally.counts.read % _BATCH == 0:
            flush()
            progress(f"Reading {table.name}", table.position(), table.size)
    flush()
    progress(f"Reading {table.name}", table.size, table.size)
    rows.finish()


def _chosen(rows: list[_Ready], block: Block, stage: Stage) -> list[_Ready]:
    """Of the rows read, those that count where not all do."""
    ids = {row[0] for row in rows}
    if block.rows == "known":
        known = stage.known(ids, block.others)
        return [row for row in rows if row[0] in known]
    known = stage.known(ids, (*block.others, block.number))
    first = {row[0]: row for row in reversed(rows)}
    return [row for key, row in reversed(first.items()) if key not in known]


class _Rows:
    """The readers of one file."""

    def __init__(self, opened: Opened, zone: ZoneInfo, tally: Tally) -> None:
        self._object = opened.block.table.name
        self._file = opened.table.name
        self._width = len(opened.table.headings)
        self._id = Reader(opened.block.id, opened.columns, zone)
        self._readers = [Reader(field, opened.columns, zone) for field in opened.fields]
        self._names = [str(field.column.name) for field in opened.fields]  # not its subclass, slow to pickle
        self._where = [(opened.columns[name], words) for name, words in opened.block.where.items()]
        self._all = opened.block.rows == "all"
        self._says_so = not any("*" in words for _, words in self._where)
        self._passed_over = 0
        self._wider = self._even = 0  # rows with empty cells beyond the headings, and those without
        self._custom = {name: opened.columns[heading] for name, heading in opened.block.custom.items()}
        self._references = [
            (str(field.column.name), str(field.key.name), field.keep_missing)
            for field in opened.fields
            if field.key is not None
        ]
        self._tally = tally
        self._one_heading = len(opened.block.id.headings) == 1
        self.rejected_ids: list[str] = []  # as far as they could be read
        self.unsure = False  # whether a row stays out whose id is not known

    def count(self, row: Row) -> bool:
        """Whether the row is one of this part's at all."""
        cells = row.cells
        if len(cells) != self._width and self._misshapen(cells):
            return self._all
        if not all(holds(cells[index], words) for index, words in self._where):
            self._passed_over += 1
            return False
        return self._all or self._id.read(cells) is not None

    def convert(self, row: Row) -> _Ready | list[Rejected]:
        """(source id, file, line, values), or every problem of the row."""
        cells = row.cells
        if len(cells) != self._width and (wrong := self._misshapen(cells)):
            self._note_ids(row)
            return [self._rejected(row, Problem("", "", wrong))]
        self._wider += len(cells) > self._width
        self._even += len(cells) == self._width
        key = self._id.read(cells)
        if key is None:
            return [self._rejected(row, Problem("source_id", "", "is the row's id, but empty"))]
        read = [reader.read(cells) for reader in self._readers]
        custom = {name: as_text(cells[index]) or None for name, index in self._custom.items()}
        problems = [value for value in (key, *read) if type(value) is Problem]
        problems += [
            Problem("custom", text, "holds a NUL byte, which is no text")
            for text in custom.values()
            if text and "\0" in text
        ]
        if problems:
            if isinstance(key, str):
                self.rejected_ids.append(key)
            return [self._rejected(row, problem) for problem in problems]
        values = {name: value for name, value in zip(self._names, read, strict=True) if value is not LEFT_OUT}
        for name, by, keep in self._references:
            if values.get(name) is not None:
                values[name] = Reference(by, values[name], keep)
        if custom:
            values["custom"] = custom
        self._look_at(values)
        return key, self._file, row.line, values

    def finish(self) -> None:
        for reader in self._readers:
            self._tally.remarks += reader.remarks
        if self._passed_over and self._all and self._says_so:
            self._tally.seen["", "passed over, as 'where' says"] += self._passed_over
        if self._wider and self._even:  # a file where all rows end so means nothing by it
            words = "more cells than headings, the last ones empty: cells may stand one place too far right"
            self._tally.seen["", words] += self._wider

    def _note_ids(self, row: Row) -> None:
        """What may be the id of a row with too many cells: by one sign too many, it moved to the right.

        Where lines are missing, or were swallowed by a cell, the ids of other rows are not known either.
        """
        more = len(row.cells) - self._width
        if more < 0 or row.last_line > row.line or not self._one_heading:
            self.unsure = True
            return
        found = [self._id.read(row.cells[first : first + self._width]) for first in range(more + 1)]
        self.rejected_ids += [key for key in found if isinstance(key, str)]

    def _misshapen(self, cells: Sequence[Cell]) -> str:
        if len(cells) < self._width:
            return f"has {len(cells)} cells under {self._width} headings; the file may be cut off here"
        if any(as_text(cell) for cell in cells[self._width :]):
            return f"has {len(cells)} cells under {self._width} headings; a quotation mark may be missing"
        return ""

    def _rejected(self, row: Row, problem: Problem) -> Rejected:
        if problem.stops:
            raise ImportStopped(
                f"{self._file}, line {row.line}: {problem.column} '{problem.cell[:40]}' {problem.reason}. "
                "Nothing was imported."
            )
        reason = problem.reason
        if row.last_line > row.line:
            reason += f" (the row goes on to line {row.last_line})"
        return Rejected(self._object, self._file, row.line, problem.column, problem.cell, reason)

    def _look_at(self, values: dict[str, Any]) -> None:
        first, second = IN_ORDER.get(self._object, ("", ""))
        begin, end = values.get(first), values.get(second)
        if begin is not None and end is not None and end < begin:
            self._tally.seen[second, f"lies before {first}"] += 1
        if "account_id" in values and values["account_id"] is None:
            self._tally.seen["account_id", "without an account"] += 1
