"""A report as an Excel file: a sheet for each section, numbers as numbers, and one that explains them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from kpis.answers import Reading
from kpis.catalog import DEFINITIONS
from kpis.formats import Formats
from kpis.model import Unit
from kpis.reports.about import entries, freshness
from kpis.reports.document import Cell, Column, Document, Part, Sentence, Table

_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "in_memory": True,
}
_NUMBERS = {Unit.SHARE: "0.0%", Unit.COUNT: "#,##0", Unit.DAYS: "#,##0.0", Unit.HOURS: "#,##0.0"}
_HEADS = ("Measure", "Key", "Value", "Unit", "Low (95 %)", "High (95 %)", "Rows", "From", "To", "If n/a, why")
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


class _Book:
    """A workbook and its formats."""

    def __init__(self, file: io.BytesIO, currency: str) -> None:
        self.book = xlsxwriter.Workbook(file, _OPTIONS)
        self.currency = currency
        self.bold = self.book.add_format({"bold": True})
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._numbers: dict[tuple[Unit | None, bool], Any] = {}

    def number(self, unit: Unit | None, *, bold: bool = False) -> Any:
        """The format of a unit's numbers."""
        if (unit, bold) not in self._numbers:
            money = f'#,##0.00 "{self.currency}"'
            shown = money if unit is Unit.MONEY else _NUMBERS.get(unit, "#,##0.##") if unit else "General"
            self._numbers[unit, bold] = self.book.add_format({"num_format": shown, "bold": bold})
        return self._numbers[unit, bold]

    def sheet(self, name: str) -> Worksheet:
        """A sheet whose name Excel accepts and that is not there yet."""
        clean = (_FORBIDDEN.sub(" ", name).strip() or "Sheet")[:31]
        taken = {one.get_name().lower() for one in self.book.worksheets()}
        n, unique = 2, clean
        while unique.lower() in taken:
            unique, n = f"{clean[:28]} {n}", n + 1
        return self.book.add_worksheet(unique)


def xlsx(document: Document, formats: Formats) -> bytes:
    """The report as a workbook. Figures are not rounded: they are those of the tiles."""
    file = io.BytesIO()
    book = _Book(file, formats.currency)
    _summary(book, document, formats)
    for part in document.parts:
        _part(book, part)
    _about(book, document, formats)
    book.book.close()
    return file.getvalue()


def _summary(book: _Book, document: Document, formats: Formats) -> None:
    sheet = book.sheet("Summary")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 6, 18)
    sheet.write_string(0, 0, document.title, book.title)
    lines = [
        document.organisation,
        document.window,
        document.filters or "No filters",
        plain(document.summary),
    ]
    for place, line in enumerate(lines, 1):
        sheet.write_string(place, 0, line)
    top = len(lines) + 2
    for place, head in enumerate(_HEADS):
        sheet.write_string(top, place, head, book.head)
    for row, one in enumerate(document.readings, top + 1):
        _reading(book, sheet, row, one)


def _reading(book: _Book, sheet: Worksheet, row: int, one: Reading) -> None:
    kpi = DEFINITIONS[one.key]
    sheet.write_string(row, 0, kpi.label)
    sheet.write_string(row, 1, one.key)
    for place, number in ((2, one.value), (4, one.low), (5, one.high)):
        if number is not None:
            sheet.write_number(row, place, number, book.number(kpi.unit))
    sheet.write_string(row, 3, kpi.unit.value)
    if one.n is not None:
        sheet.write_number(row, 6, one.n, book.number(Unit.COUNT))
    sheet.write_datetime(row, 7, one.period.start, book.day)
    sheet.write_datetime(row, 8, one.period.end, book.day)
    sheet.write_string(row, 9, one.why or "")


def _part(book: _Book, part: Part) -> None:
    sheet = book.sheet(part.title)
    sheet.write_string(0, 0, part.title, book.title)
    row = 1
    for sentence in part.sentences:
        sheet.write_string(row, 0, plain(sentence))
        row += 1
    for note in part.notes:
        sheet.write_string(row, 0, note)
        row += 1
    for table in part.tables:
        row = _table(book, sheet, table, row + 1)


def _table(book: _Book, sheet: Worksheet, table: Table, top: int) -> int:
    """Writes it from the row `top` on; gives the row after it. A column that is only drawn is left out."""
    places = [place for place, column in enumerate(table.columns) if column.head]
    for to, place in enumerate(places):
        sheet.write_string(top, to, table.columns[place].head, book.head)
        sheet.set_column(to, to, _width(table, place))
    row = top
    for cells in table.rows:
        row += 1
        for to, place in enumerate(places):
            _cell(book, sheet, row, to, cells[place], table.columns[place])
    if table.total:
        row += 1
        for to, place in enumerate(places):
            _cell(book, sheet, row, to, table.total[place], table.columns[place], bold=True)
    return row + 1


def _width(table: Table, place: int) -> int:
    longest = max((len(row[place].text) for row in table.rows), default=0)
    return min(max(longest + 2, len(table.columns[place].head) // 2 + 4, 12), 60)


def _cell(
    book: _Book, sheet: Worksheet, row: int, place: int, cell: Cell, column: Column, *, bold: bool = False
) -> None:
    value = cell.value
    if isinstance(value, date):
        sheet.write_datetime(row, place, value, book.day)
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value, book.number(cell.unit or column.unit, bold=bold))
    elif isinstance(value, str):
        sheet.write_string(row, place, value[:32_000], book.bold if bold else None)
    elif cell.why:
        sheet.write_string(row, place, f"n/a: {cell.why}")


def _about(book: _Book, document: Document, formats: Formats) -> None:
    sheet = book.sheet("About")
    for place, width in enumerate((30, 18, 24, 60, 44, 24, 60)):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, "About these figures", book.title)
    facts: Sequence[tuple[str, str]] = (
        ("Report", document.title),
        ("Organisation", document.organisation),
        ("Window", document.window),
        ("Filters", document.filters or "none"),
        ("As of", formats.day(document.today)),
        ("Freshness", freshness(document, formats)),
        ("Money", f"in {formats.currency}, each amount converted at its own dated rate"),
    )
    for row, (name, text) in enumerate(facts, 1):
        sheet.write_string(row, 0, name, book.bold)
        sheet.write_string(row, 1, text)
    top = len(facts) + 2
    for place, head in enumerate(("Measure", "Value", "Window", "Definition", "Formula", "Rows", "Notes")):
        sheet.write_string(top, place, head, book.head)
    for row, one in enumerate(entries(document, formats), top + 1):
        kpi = DEFINITIONS[one.key]
        sheet.write_string(row, 0, one.label, book.wrap)
        if one.reading.value is not None:
            sheet.write_number(row, 1, one.reading.value, book.number(kpi.unit))
        texts = (one.window, one.sentence, one.formula, one.rows, " ".join(one.notes))
        for place, text in enumerate(texts, 2):
            sheet.write_string(row, place, text, book.wrap)


def plain(sentence: Sentence) -> str:
    return "".join(one.text for one in sentence)
