"""A field bound to the columns of a file: from the cells of a row to the field's value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from crm_data.importers.cells import Cell, as_text, converter
from crm_data.importers.errors import UnknownCurrency, Unreadable
from crm_data.importers.field import PLACEHOLDER, Field

#: Stands for an empty cell of a column that has a default of its own: the column is left out.
LEFT_OUT = ...

#: A column with few different cells converts each once; one with many must not fill the memory.
_REMEMBERED = 50_000
_REMARKS = 1000


@dataclass(frozen=True)
class Problem:
    """Why a cell is not a value."""

    column: str
    cell: str
    reason: str
    stops: bool = False  # the whole import, not only the row


@dataclass(frozen=True)
class Remark:
    """What was done to a cell that is worth telling."""

    column: str
    cell: str
    became: str  # empty: it could not be read


class Reader:
    """Reads one field from rows of cells. `remarks` counts what is worth telling."""

    def __init__(self, field: Field, headings: Mapping[str, int], zone: ZoneInfo) -> None:
        self.field = field
        self.remarks: Counter[Remark] = Counter()
        self._find = _finder(field, headings)
        self._conditions = [(headings[name], words) for name, words in (field.when or {}).items()]
        target = field.column if field.key is None else field.key
        own_zone = ZoneInfo(field.cells.time_zone) if field.cells.time_zone else zone
        self._convert = converter(target, field.cells, own_zone, field.times)
        self._required = not field.column.nullable and field.column.server_default is None
        self._nothing = None if field.column.nullable else LEFT_OUT
        self._known: dict[str, tuple[Any, Remark | None]] = {}

    def read(self, cells: Sequence[Cell]) -> Any:
        """The value, LEFT_OUT, or a Problem."""
        for index, words in self._conditions:
            if as_text(cells[index]) not in words:
                return self._empty("")
        cell = self._find(cells)
        if isinstance(cell, str):
            found = self._known.get(cell)
            if found is None:
                if len(self._known) >= _REMEMBERED:
                    self._known.clear()
                found = self._known[cell] = self._value(cell)
        else:
            found = self._value(cell)
        value, remark = found
        if remark is not None:
            if remark not in self.remarks and len(self.remarks) >= _REMARKS:
                remark = Remark(remark.column, "…", remark.became and "…")
            self.remarks[remark] += 1
        return value

    def _value(self, cell: Cell) -> tuple[Any, Remark | None]:
        field, text, remark = self.field, as_text(cell), None
        if field.translate is not None:
            fallback = text if field.otherwise is None or not text else field.otherwise
            became = field.translate.get(text, fallback)
            if became != text:
                remark = Remark(field.column.name, text, became) if became else None
                cell = became
        word = as_text(cell)
        if not word or word in field.cells.empty:
            return self._empty(text), remark
        try:
            return self._convert(cell), remark
        except Unreadable as error:
            if field.keep_invalid and not self._required:
                return self._nothing, Remark(field.column.name, text, "")
            stops = isinstance(error, UnknownCurrency)
            return Problem(field.column.name, text, str(error), stops), None

    def _empty(self, text: str) -> Any:
        if self._required:
            return Problem(self.field.column.name, text, "is required but empty")
        return self._nothing


def _finder(field: Field, headings: Mapping[str, int]) -> Callable[[Sequence[Cell]], Cell]:
    """The function that finds a field's cell in a row."""
    if field.heading is not None:
        index = headings[field.heading]
        return lambda cells: cells[index]
    if field.template is not None:
        return _filler(field.template, headings)
    value = field.value
    return lambda _cells: value


def _filler(template: str, headings: Mapping[str, int]) -> Callable[[Sequence[Cell]], Cell]:
    """Fills the template; empty when all its cells are, and without gaps where some are."""
    pieces = PLACEHOLDER.split(template)  # text, heading, text, heading, …, text
    indexes = [headings[name] for name in pieces[1::2]]

    def fill(cells: Sequence[Cell]) -> str:
        texts = [as_text(cells[index]) for index in indexes]
        if not any(texts):
            return ""
        filled = "".join(a + b for a, b in zip(pieces[::2], [*texts, ""], strict=True))
        return " ".join(filled.split())

    return fill
