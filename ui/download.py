"""Rows as a file: what was counted, for how much, and who it was. Written as they come, never all at once."""

from __future__ import annotations

import csv
import io
import os
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import IO

import xlsxwriter

from kpis import Rows
from ui import escape
from ui.names import names_of

SHEET = 1_048_575  # rows that an Excel sheet holds below its head

Progress = Callable[[float], None]


def _silent(_share: float) -> None:
    """Nobody watches."""


def csv_file(pages: Iterable[Rows], file: IO[bytes], progress: Progress = _silent) -> None:
    """Every column, with a column of names beside each column of keys. UTF-8 with a mark, for Excel.

    Numbers are written exactly; texts that a spreadsheet would run as formulas are defused.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for line in _lines(pages, progress):
        writer.writerow([escape.csv(value) for value in line])
    text.flush()
    text.detach()


def xlsx_file(pages: Iterable[Rows], file: IO[bytes], progress: Progress = _silent) -> None:
    """The same as a workbook: numbers are numbers, days are days, text is text. At most SHEET rows."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    sheet = book.add_worksheet("Rows")
    day, head = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"bold": True})
    for row, line in enumerate(_lines(pages, progress)):
        if row > SHEET:
            break
        for place, value in enumerate(line):
            if isinstance(value, date):
                sheet.write_datetime(row, place, value, day)
            elif isinstance(value, int | float | Decimal):
                sheet.write_number(row, place, float(value))
            elif value is not None:
                sheet.write_string(row, place, str(value), head if row == 0 else None)
    book.close()


class Kept:
    """What a file without a name holds, for as long as anybody refers to this."""

    def __init__(self, file: IO[bytes]) -> None:
        self._descriptor = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._descriptor)

    def read(self) -> bytes:
        with os.fdopen(os.dup(self._descriptor), "rb") as file:
            file.seek(0)
            return file.read()


def made(
    write: Callable[[Iterable[Rows], IO[bytes], Progress], None],
    pages: Iterable[Rows],
    progress: Progress = _silent,
) -> IO[bytes]:
    """A file on disk without a name: it goes when it is closed, or the program ends."""
    file = tempfile.TemporaryFile(prefix="crm-rows-")  # noqa: SIM115  # it outlives this call
    write(pages, file, progress)
    file.seek(0)
    return file


def _lines(pages: Iterable[Rows], progress: Progress) -> Iterator[list[object]]:
    """The head, then each row; keys are followed by the names that belong to them."""
    done = 0
    for found in pages:
        known = names_of(found)
        if not done:
            yield [
                part
                for name in found.columns
                for part in ((name, f"{name}_name") if known.has(name) else (name,))
            ]
        for row in found.rows:
            values = dict(zip(found.columns, row, strict=True))
            line: list[object] = []
            for name, value in values.items():
                line.append(value)
                if known.has(name):
                    line.append(known.name(name, values))
            yield line
        done += len(found.rows)
        progress(min(done / max(found.total, 1), 1.0))
