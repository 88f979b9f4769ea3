"""Amounts, months and words, read from a file's cells anew: none of the import's converters are used."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from crm_data.importers.cells import Cell, as_text
from crm_data.importers.field import PLACEHOLDER, Field
from crm_data.importers.formats import CellFormat
from crm_data.importers.ids import whole_id
from crm_data.importers.vocabulary import currencies

_TIMES = {"K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_NO_PART_OF_A_NUMBER = re.compile(r"[^0-9.+-]")
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class NotRead(ValueError):
    """A cell that means nothing to this reader."""


#: What a field says in a row: the cell as it stands, after `when` and the map. Empty: nothing.
Say = Callable[[Sequence[Cell]], Cell]


def saying(field: Field, columns: dict[str, int]) -> Say:
    """The function that finds what a field says in a row of cells."""
    conditions = [[(columns[heading], words) for heading, words in one.items()] for one in field.when]
    headings = [columns[name] for name in field.heading if name in columns]

    def say(cells: Sequence[Cell]) -> Cell:
        met = (all(fits(cells[index], words) for index, words in one) for one in conditions)
        if conditions and not any(met):
            return ""
        if field.heading:
            cell = next((cells[index] for index in headings if as_text(cells[index])), "")
        elif field.template is not None:
            cell = _filled(field.template, columns, cells)
        else:
            cell = "" if field.value is None else field.value
        if field.part or field.split or field.starts:
            cell = _part(field, as_text(cell))
        if field.signs is not None:
            cell = _currency(as_text(cell), field.signs)
        text = as_text(cell)
        if field.translate is not None:
            otherwise = text if field.otherwise is None or not text else field.otherwise
            became = field.translate.get(text, field.translate.get(text.casefold(), otherwise))
            cell = cell if became == text else became
        return "" if as_text(cell) in field.cells.empty else cell

    return say


def fits(cell: Cell, words: Container[str]) -> bool:
    """Whether a cell holds one of these words; a star stands for anything."""
    text = as_text(cell).casefold()
    return text in words or (text != "" and "*" in words)


def row_id(say: Say, field: Field, cells: Sequence[Cell]) -> str:
    """The id of a row in the other system; empty where it has none."""
    text = as_text(say(cells))
    return whole_id(text) if field.cells.salesforce_ids else text


def _currency(text: str, signs: Mapping[str, str]) -> str:
    """What stands beside an amount: three letters, or else the longest sign that is in it."""
    letters = [word.upper() for word in re.findall(r"[^\W\d_]+", text) if len(word) == 3]
    if codes := [word for word in letters if word in currencies()]:
        return codes[0]
    return next((signs[sign] for sign in sorted(signs, key=len, reverse=True) if sign in text), "")


def _part(field: Field, text: str) -> str:
    """What counts of a cell that holds several values, or a JSON object."""
    if field.part:
        try:
            found = json.loads(text)[field.part]
        except (ValueError, KeyError, TypeError, RecursionError):
            return ""
        text = "" if found is None or isinstance(found, dict | list) else str(found).strip()
    if field.split:
        text = next(filter(None, (piece.strip() for piece in text.split(field.split))), "")
    return text if text.startswith(field.starts or "") else ""


def _filled(template: str, columns: dict[str, int], cells: Sequence[Cell]) -> str:
    texts = {name: as_text(cells[columns[name]]) for name in PLACEHOLDER.findall(template)}
    if not any(texts.values()):
        return ""
    filled = PLACEHOLDER.sub(lambda found: texts[found.group(1)], template)
    return " ".join(filled.split())


def amount(cell: Cell, cells: CellFormat, times: Decimal | None) -> Decimal | None:
    """The amount, or None where the cell is empty. Raises NotRead."""
    text = as_text(cell)
    if not text:
        return None
    if not isinstance(cell, str):
        return _decimal(text) * (times or 1)
    factor = _TIMES.get(text[-1:].upper(), 1) if cells.abbreviated else 1
    negative = text.startswith("(") and text.endswith(")")
    bare = text.replace("−", "-")
    if cells.thousands:
        bare = "".join(bare.split()) if cells.thousands.isspace() else bare.replace(cells.thousands, "")
    bare = _NO_PART_OF_A_NUMBER.sub("", bare.replace(cells.decimal, "."))
    number = _decimal(bare) * factor * (times or 1)
    return -number if negative else number


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise NotRead(text) from None


def month(cell: Cell, cells: CellFormat, zone: ZoneInfo, days_of: ZoneInfo) -> str | None:
    """`2026-01`, or None where the cell is empty. Raises NotRead.

    zone: of times that say none. days_of: of the days that times fall on.
    """
    text = as_text(cell)
    if not text:
        return None
    if isinstance(cell, datetime):
        moment = cell
    elif isinstance(cell, date):
        moment = datetime.combine(cell, time())
    else:
        moment = _moment(text, cells.dates)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return f"{moment.astimezone(days_of):%Y-%m}"


def _moment(text: str, patterns: Sequence[str]) -> datetime:
    for pattern in patterns:
        try:
            if pattern == "iso":
                if _YEAR_FIRST.match(text):
                    return datetime.fromisoformat(text)
            elif pattern == "excel":
                return datetime(1899, 12, 30) + timedelta(days=float(text))  # noqa: DTZ001 - a day's own clock
            elif pattern in ("epoch", "epoch_ms"):
                return datetime.fromtimestamp(float(text) / (1000 if pattern == "epoch_ms" else 1), UTC)
            else:
                return datetime.strptime(text, pattern)  # noqa: DTZ007 - a day's own clock
        except (ValueError, OverflowError, OSError):
            continue
    raise NotRead(text)
