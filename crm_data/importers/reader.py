"""A field bound to the columns of a file: from the cells of a row to the field's value."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from crm_data.importers.cells import Cell, Converter, as_text, converter
from crm_data.importers.errors import UnknownCurrency, Unreadable
from crm_data.importers.field import PLACEHOLDER, Field
from crm_data.importers.ids import whole_id
from crm_data.importers.numbers import SHARED, SIGNS, currency_beside

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
        self._conditions = [[(headings[name], words) for name, words in one.items()] for one in field.when]
        target = field.column if field.key is None else field.key
        own_zone = ZoneInfo(field.cells.time_zone) if field.cells.time_zone else zone
        self._is_id = target.name == "source_id"
        convert = converter(target, field.cells, own_zone, field.times)
        self._convert = _in_currency(convert, field.currency) if field.currency else convert
        self._required = not field.column.nullable and field.column.server_default is None
        self._nothing = None if field.column.nullable else LEFT_OUT
        self._known: dict[str, tuple[Any, Remark | None]] = {}

    def read(self, cells: Sequence[Cell]) -> Any:
        """The value, LEFT_OUT, or a Problem."""
        if self._conditions and not any(
            all(holds(cells[index], words) for index, words in one) for one in self._conditions
        ):
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
        field, remark = self.field, None
        if field.split or field.part or field.starts:
            cell = _piece(field, as_text(cell))
        text = as_text(cell)
        if field.signs is not None:
            sign = currency_beside(text)
            cell = text = field.signs.get(sign, sign)
        if field.translate is not None:
            fallback = text if field.otherwise is None or not text else field.otherwise
            became = field.translate.get(text, field.translate.get(text.casefold(), fallback))
            if became != text:
                remark = Remark(field.column.name, text, became) if became else None
                cell = became
        if self._is_id and field.cells.salesforce_ids:
            cell = whole_id(as_text(cell))
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


def _in_currency(convert: Converter, currency: str) -> Converter:
    """Reads amounts in this currency; one that has the sign or code of another beside it is not read."""

    def read(cell: Cell) -> Any:
        beside = currency_beside(as_text(cell)) if isinstance(cell, str) else ""
        if beside and currency not in SHARED.get(beside, (SIGNS.get(beside, beside),)):
            raise Unreadable(f"is in {beside}, but the mapping says {currency} for all; see its 'signs'")
        return convert(cell)

    return read


def _finder(field: Field, headings: Mapping[str, int]) -> Callable[[Sequence[Cell]], Cell]:
    """The function that finds a field's cell in a row."""
    if field.heading:
        indexes = [headings[name] for name in field.heading if name in headings]
        if len(indexes) == 1:
            (index,) = indexes
            return lambda cells: cells[index]
        return lambda cells: next((cells[index] for index in indexes if _is_filled(cells[index])), "")
    if field.template is not None:
        return _filler(field.template, headings)
    value = field.value
    return lambda _cells: value


def holds(cell: Cell, words: frozenset[str]) -> bool:
    """Whether the cell holds one of these folded words; "*" stands for any."""
    word = as_text(cell).casefold()
    return word in words or (bool(word) and "*" in words)


def _is_filled(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def _piece(field: Field, text: str) -> str:
    """The part of a cell that counts; empty where it has none."""
    if field.part is not None:
        try:
            tree = json.loads(text) if text else None
        except (ValueError, RecursionError):
            tree = None
        found = tree.get(field.part) if isinstance(tree, dict) else None
        text = "" if found is None or isinstance(found, dict | list) else str(found).strip()
    if field.split is not None:
        text = next((piece.strip() for piece in text.split(field.split) if piece.strip()), "")
    return text if field.starts is None or text.startswith(field.starts) else ""


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
