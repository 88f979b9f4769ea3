"""A program of its own, so that a hostile workbook cannot take more than its share: sheets as lines of JSON.

    python workbook_process.py FILE SHEET     SHEET empty: the first

The first line names all sheets, or says what is wrong; each other line is a row. Numbers, texts and truth
values stand as they are; ["day", …], ["instant", …], ["time", …] and ["seconds", …] stand for the rest.
It imports nothing of the project, and so starts at once.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, WorksheetNotFound

_MEMORY = 4 << 30  # bytes of address space
_CPU = 300  # seconds
_BLOCK = 1 << 20

#: Where the parts of an Excel workbook are, and what they are called.
_BOOK, _LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_LACKING = re.compile(
    rb'<c r="([A-Z]+\d+)"[^>]*\bt="e"'
    rb'|<c r="([A-Z]+\d+)"[^>]*><f\b(?:[^>]*/>|[^<]*</f>)(?:<v ?/>|<v></v>)?</c>'
)


def main(path: str, sheet: str) -> None:
    _confine()
    try:
        with CalamineWorkbook.from_path(path) as book:
            names = book.sheet_names
            print(
                json.dumps({"sheets": names, "lacking": _lacking(path, sheet or names[0]) if names else []})
            )
            if names and (not sheet or sheet in names):
                chosen = book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)
                rows = chosen.to_python(skip_empty_area=False)
                _fill(rows, chosen.merged_cell_ranges or ())
                for row in rows:
                    print(json.dumps([_plain(cell) for cell in row]))
    except PasswordError:
        print(json.dumps({"problem": "is locked with a password. Save it without one."}))
    except (CalamineError, WorksheetNotFound, OSError) as error:
        print(json.dumps({"problem": f"cannot be read as a spreadsheet; it may be damaged: {error}."}))
    except MemoryError:
        print(json.dumps({"problem": "takes more memory than a spreadsheet may. Save it as CSV."}))


def _lacking(path: str, sheet: str) -> tuple[int, str]:
    """How many cells of an Excel sheet hold an error, or a formula whose result was not saved; the first.

    They read as empty ones. Of other kinds of files nothing is known.
    """
    many, first = 0, ""
    try:
        with zipfile.ZipFile(path) as book, book.open(_part(book, sheet)) as xml:
            rest = b""
            while block := xml.read(_BLOCK):
                text = rest + block
                end = text.rfind(b"</c>") + 4 if b"</c>" in text else 0
                for cell in _LACKING.finditer(text[:end]):
                    many, first = many + 1, first or (cell[1] or cell[2]).decode()
                rest = text[end:][-_BLOCK:]
    except (zipfile.BadZipFile, zlib.error, KeyError, ElementTree.ParseError, RuntimeError):
        pass  # what cannot be looked at so was read all the same
    return many, first


def _part(book: zipfile.ZipFile, sheet: str) -> str:
    """Where the sheet's cells are in the workbook. Raises KeyError where that cannot be told."""
    ids = {one.get("name"): one.get(_ID) for one in ElementTree.fromstring(book.read(_BOOK)).iter(_SHEET)}
    targets = {one.get("Id"): one.get("Target", "") for one in ElementTree.fromstring(book.read(_LINKS))}
    target = targets[ids[sheet]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _fill(rows: list[list[Any]], merged: Iterable[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """A text or day that is merged over several rows is that of each of them; a number counts once."""
    for (top, left), (bottom, _) in merged:
        if top < len(rows) and left < len(rows[top]) and isinstance(rows[top][left], str | date):
            for row in rows[top + 1 : bottom + 1]:
                row[left] = row[left] or rows[top][left]


def _confine() -> None:
    try:
        import resource
    except ImportError:  # there is no such thing on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _plain(cell: object) -> object:
    if isinstance(cell, datetime):
        return ["instant", cell.isoformat()]
    if isinstance(cell, date):
        return ["day", cell.isoformat()]
    if isinstance(cell, time):
        return ["time", cell.isoformat()]
    if isinstance(cell, timedelta):
        return ["seconds", cell.total_seconds()]
    return cell


if __name__ == "__main__":
    main(*sys.argv[1:])
