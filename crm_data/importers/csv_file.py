"""CSV files of any dialect."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import clevercsv

from crm_data.importers.encoding import find_encoding
from crm_data.importers.errors import ImportStopped
from crm_data.importers.files import Found, Row, checked_headings, folded
from crm_data.importers.formats import FileFormat
from crm_data.importers.totals import Passed

_SAMPLE = 16_000  # characters, which the dialect is judged by
_LONGEST = 10_000_000  # characters of one cell
_LONGEST_LINE = 20_000_000  # characters
_USUAL = (",", ";", "\t", "|")

#: How files begin that no reader here can take for a table.
_DOCUMENTS = {
    "a web page": (b"<!doctype html", b"<html", b"<head", b"<table"),
    "an XML document": (b"<?xml",),
    "a JSON document": (b'{"', b'[{"', b"[\n"),
    "a PDF": (b"%pdf-",),
}

#: What csv.reader is told.
Dialect = dict[str, Any]


class CsvFile:
    """A CSV file, opened. Its encoding and dialect are found out where the mapping does not say them."""

    def __init__(self, file: Found, layout: FileFormat, needed: Iterable[str]) -> None:
        _refuse_documents(file)
        self.path = file.path
        self.name = file.name
        self.size = file.path.stat().st_size
        self.encoding, self.remark = find_encoding(file.path, layout.encoding)
        self._layout = layout
        self.passed = Passed(layout)
        self._dialect = self._find_dialect(layout, set(needed))
        self.headings = self._headings(self._dialect)
        self._binary: io.BufferedReader | None = None

    def rows(self) -> Iterator[Row]:
        csv.field_size_limit(_LONGEST)
        self.passed = Passed(self._layout)
        with self.path.open("rb") as binary, io.TextIOWrapper(binary, self.encoding, newline="") as text:
            self._binary = binary
            reader = csv.reader(_lines(text, self.name), **self._dialect)
            line = 0
            try:
                for cells in reader:
                    if line >= self._layout.heading_line and not self.passed.is_total(cells):
                        if self.passed.is_end(cells):
                            return
                        if any(cells):
                            yield Row(line + 1, reader.line_num, cells)
                    line = reader.line_num
            except csv.Error as error:
                raise ImportStopped(
                    f"{self.name}, line {line + 1}: {error}. A quotation mark is probably missing there."
                ) from error
            except UnicodeError as error:  # it was checked whole when it was opened
                raise ImportStopped(f"{self.name} was changed while it was read. Import again.") from error
            finally:
                self._binary = None

    def position(self) -> int:
        return self._binary.tell() if self._binary is not None else 0

    def _find_dialect(self, layout: FileFormat, needed: set[str]) -> Dialect:
        """The dialect under which the file has the headings that are needed."""
        signs = {"delimiter": layout.delimiter, "quotechar": layout.quote, "escapechar": layout.escape}
        said: Dialect = {key: sign or None for key, sign in signs.items() if sign is not None}
        if layout.quote == "":
            said["quoting"] = csv.QUOTE_NONE
        sample = self._sample()
        guesses: list[Dialect] = [{"delimiter": sign} for sign in _USUAL]
        if '\\"' in sample or not any(self._has(needed, guess | said) for guess in guesses):
            guesses = [*_clever(sample), *guesses]
        for guess in guesses:
            dialect = guess | said
            if self._has(needed, dialect):
                return dialect
        # Nothing fits: the one that splits the headings most tells the person most.
        return max((guess | said for guess in guesses), key=lambda dialect: len(self._headings(dialect)))

    def _has(self, needed: set[str], dialect: Dialect) -> bool:
        return set(map(folded, needed)) <= set(map(folded, self._headings(dialect)))

    def _headings(self, dialect: Dialect) -> list[str]:
        csv.field_size_limit(_LONGEST)
        with self.path.open(encoding=self.encoding, newline="") as text:
            try:
                reader = csv.reader(_lines(text, self.name), **dialect)
                for cells in reader:
                    if reader.line_num >= self._layout.heading_line:
                        return checked_headings(cells)
            except csv.Error:
                pass
        return []

    def _sample(self) -> str:
        with self.path.open(encoding=self.encoding, newline="") as text:
            return text.read(_SAMPLE)


def _refuse_documents(file: Found) -> None:
    """Some systems call a web page a spreadsheet, and give it a spreadsheet's ending."""
    with file.path.open("rb") as binary:
        begins = binary.read(1000).removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    kind = next((kind for kind, signs in _DOCUMENTS.items() if begins.startswith(signs)), None)
    if kind is not None:
        raise ImportStopped(
            f"{file.name} is {kind}, not a table. If a spreadsheet program opens it, save it from there as a "
            "workbook or as CSV."
        )


def _lines(text: io.TextIOBase, name: str) -> Iterator[str]:
    """The lines of a file; one that no memory should have to hold stops the import."""
    number = 0
    while line := text.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE:
            raise ImportStopped(
                f"{name}, line {number}: the line is longer than {_LONGEST_LINE:,} characters; "
                "it is probably no table."
            )
        yield line


def _clever(sample: str) -> list[Dialect]:
    """What clevercsv makes of it, as the standard library's reader wants it."""
    try:
        found = clevercsv.Sniffer().sniff(sample)
    except clevercsv.Error:
        return []
    if found is None:
        return []
    dialect: Dialect = {"delimiter": found.delimiter or ","}
    if found.quotechar:
        dialect["quotechar"] = found.quotechar
    if found.escapechar:
        dialect |= {"escapechar": found.escapechar, "doublequote": False}
    return [dialect]
