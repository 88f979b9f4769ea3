"""What a file holds: its headings, and a sample of each column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice

from crm_data.importers.cells import Cell, as_text
from crm_data.importers.csv_file import CsvFile
from crm_data.importers.errors import ImportStopped
from crm_data.importers.excel_file import ExcelFile, is_spreadsheet, sheet_names
from crm_data.importers.files import Found
from crm_data.importers.formats import FileFormat
from crm_data.importers.totals import TOTALS

_ROWS = 20_000  # looked at in each file
_TEXTS = 400_000  # different texts kept of a file, shared out among its columns
_WORDS = 1000  # a column of more is none of statuses
_ABOVE = 20  # lines among which the headings stand
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Look:
    """A file, or a sheet of one, that can be read as a table."""

    file: Found
    layout: FileFormat
    headings: tuple[str, ...]
    texts: tuple[Counter[str], ...] = field(
        repr=False
    )  # of each column: its different texts, not the empty one
    rows: int  # looked at
    remark: str | None  # what had to be guessed
    totals: tuple[str, ...] = ()  # how the lines of totals begin that are passed over
    grouped: str = ""  # the heading of a column that only the first row of each group fills

    @property
    def cut(self) -> bool:
        """Whether there is more than was looked at."""
        most = _most(self.headings)
        return self.rows == _ROWS or any(len(counter) >= most for counter in self.texts)

    def whole(self, index: int) -> Iterator[str]:
        """Every text of a column, read anew to the end of the file."""
        for row in _opened(self.file, self.layout).rows():
            if index < len(row.cells) and (text := as_text(row.cells[index])):
                yield text

    def every(self, index: int) -> Counter[str] | None:
        """How often each text stands in a column, to the end of the file; None where there are too many."""
        changed = self.file.path.stat().st_mtime_ns
        return _every(self.file, self.layout, index, changed)

    def has(self, heading: str) -> bool:
        """Whether a column is filled, as far as there are rows; a template of several always."""
        return not self.rows or heading not in self.headings or bool(self.texts[self.headings.index(heading)])

    def cells(self, *headings: str) -> Iterator[tuple[str, ...]]:
        """The texts of these columns in the rows looked at."""
        indexes = [self.headings.index(heading) for heading in headings]
        for row in islice(_opened(self.file, self.layout).rows(), _ROWS):
            if max(indexes) < len(row.cells):
                yield tuple(as_text(row.cells[index]) for index in indexes)

    def distinct(self, headings: Sequence[str]) -> bool:
        """Whether no two of the rows looked at share all these cells, and none has them all empty."""
        if len(headings) == 1 and (counter := self._all_texts(headings[0])) is not None:
            return sum(counter.values()) == len(counter) == self.rows
        seen = set()
        for key in self._cells(headings):
            if key in seen or not any(key):
                return False
            seen.add(key)
        return True

    def repeated(self, headings: Sequence[str]) -> tuple[int, str]:
        """How many of the rows looked at share all these cells with an earlier one; an example."""
        if len(headings) == 1 and (counter := self._all_texts(headings[0])) is not None:
            ((text, _),) = counter.most_common(1) or [("", 0)]
            return sum(counter.values()) - len(counter), text
        counted = Counter(key for key in self._cells(headings) if any(key))
        ((cells, _),) = counted.most_common(1) or [((), 0)]
        return counted.total() - len(counted), ", ".join(filter(None, cells))

    def always(self, heading: str) -> bool:
        """Whether a column is filled in each row looked at."""
        counter = self._all_texts(heading)
        return counter is None or counter.total() == self.rows

    def _all_texts(self, heading: str) -> Counter[str] | None:
        """The texts of a column, where none of them was too many."""
        counter = self.texts[self.headings.index(heading)]
        return counter if len(counter) < _most(self.headings) else None

    def _cells(self, headings: Sequence[str]) -> Iterator[tuple[str, ...]]:
        columns = [self.headings.index(heading) for heading in headings]
        for row in islice(_opened(self.file, self.layout).rows(), _ROWS):
            yield tuple(as_text(row.cells[index]) for index in columns if index < len(row.cells))


def _most(headings: Sequence[str]) -> int:
    """Different texts kept of each column."""
    return max(50, _TEXTS // max(len(headings), 1))


def look_at(file: Found, footers: Sequence[str]) -> list[Look]:
    """Each table in the file: one, or one for each filled sheet of a workbook. Raises ImportStopped."""
    try:
        if file.path.stat().st_size == 0:
            raise ImportStopped(f"{file.name} is empty.")
        if is_spreadsheet(file.path):
            names = sheet_names(file)
            found = [_sampled(file, FileFormat(sheet=name), footers) for name in names]
            return [one for one in found if one.headings] or found[:1]
        return [_sampled(file, _layout(file), footers)]
    except OSError as error:
        raise ImportStopped(f"{file.name} cannot be read: {error.strerror}.") from error


def _opened(file: Found, layout: FileFormat) -> CsvFile | ExcelFile:
    return ExcelFile(file, layout) if is_spreadsheet(file.path) else CsvFile(file, layout, ())


@lru_cache(16)
def _every(file: Found, layout: FileFormat, index: int, _changed: int) -> Counter[str] | None:
    found: Counter[str] = Counter()
    for row in _opened(file, layout).rows():
        if index < len(row.cells) and (text := as_text(row.cells[index])):
            found[text] += 1
            if len(found) > _WORDS:
                return None
    return found


def _layout(file: Found) -> FileFormat:
    """The delimiter that splits the lines most evenly into most columns."""
    best, score = FileFormat(), 0
    for sign in _DELIMITERS:
        layout = FileFormat(delimiter=sign)
        opened = CsvFile(file, layout, ())
        widths = Counter(len(row.cells) for row in islice(opened.rows(), 50)) or Counter(
            [len(opened.headings)]
        )
        found = max(lines * (width - 1) for width, lines in widths.items())
        if found > score:
            best, score = layout, found
    return best


def _sampled(file: Found, layout: FileFormat, footers: Sequence[str]) -> Look:
    opened = _opened(file, layout)
    above: list[Sequence[Cell]] = [list(opened.headings)]
    above += (row.cells for row in islice(opened.rows(), _ABOVE))
    line = _heading_line(opened, above)
    layout = replace(layout, heading_line=line, footer=tuple(footers), totals=TOTALS)
    opened = _opened(file, layout)
    headings = tuple(opened.headings)
    most = _most(headings)
    texts: tuple[Counter[str], ...] = tuple(Counter() for _ in headings)
    rows = 0
    first = next((place for place, heading in enumerate(headings) if heading), 0)
    groups = _Groups(first)
    for row in islice(opened.rows(), _ROWS):
        rows += 1
        groups.note(row.cells, len(opened.passed.totals))
        for counter, cell in zip(texts, row.cells, strict=False):
            text = as_text(cell)
            if text and (text in counter or len(counter) < most):
                counter[text] += 1
    passed, cut = opened.passed, rows == _ROWS
    layout = replace(
        layout,
        footer=layout.footer if passed.ended or cut else (),
        totals=layout.totals if passed.totals or cut else (),
    )
    totals = tuple(text for _, text in passed.totals)
    grouped = headings[first] if groups.are_there([place for place, _ in passed.totals]) else ""
    return Look(file, layout, headings, texts, rows, opened.remark, totals, grouped)


class _Groups:
    """Whether a column is filled in the first row of each group only, of which totals are the ends."""

    def __init__(self, column: int) -> None:
        self._column = column
        self._totals = -1  # lines of totals so far
        self._begun = True  # each group so far with a filled cell
        self._empty = 0

    def note(self, cells: Sequence[Cell], totals: int) -> None:
        filled = self._column < len(cells) and as_text(cells[self._column]) != ""
        if totals != self._totals:
            self._begun &= filled
        self._empty += not filled
        self._totals = totals

    def are_there(self, places: Sequence[int]) -> bool:
        """places: the columns in which the lines of totals begin."""
        return self._begun and self._empty > 0 and places.count(self._column) > 1


def _heading_line(opened: CsvFile | ExcelFile, above: Sequence[Sequence[Cell]]) -> int:
    """The first line that is about as wide as the widest of the first ones: reports have a title above."""
    filled = [sum(1 for cell in cells if as_text(cell)) for cells in above]
    if not filled or filled[0] * 2 >= max(filled):
        return 1
    lines = [1, *(row.line for row in islice(opened.rows(), _ABOVE))]
    return next(line for line, count in zip(lines, filled, strict=True) if count * 2 >= max(filled))
