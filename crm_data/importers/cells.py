"""The content of a cell to a value of its column, or the reason why not."""

from __future__ import annotations

import math
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Boolean, Column, Date, Integer, Numeric, String

from crm_data.importers.errors import UnknownCurrency, Unreadable, listed
from crm_data.importers.formats import BEFORE, CellFormat
from crm_data.importers.numbers import parse_number
from crm_data.importers.vocabulary import countries, currencies
from crm_data.schema.types import Money, UTCDateTime

#: What CSV and Excel files give.
Cell = str | int | float | Decimal | bool | date | datetime | time | timedelta

Converter = Callable[[Cell], Any]

YEARS = range(1900, 2200)
#: What people write for yes and no, and spreadsheets, which turn TRUE into the word of their language.
TRUE = frozenset(
    "true t yes y 1 x on wahr ja vrai oui verdadero sí si verdadeiro sim vero waar prawda tak".split()
)
FALSE = frozenset("false f no n 0 off falsch nein faux non falso não nao onwaar nee fałsz nie".split())
_INTEGERS = range(-(2**31), 2**31)
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's own clock


def converter(
    column: Column[Any], cells: CellFormat, zone: ZoneInfo, times: Decimal | None = None
) -> Converter:
    """The function that reads cells for this column; it raises Unreadable with the reason.

    zone: of times that have no offset, and of the days that times fall on.
    """
    kind = column.type
    if column.name == "currency":
        return _currency
    if column.name == "country":
        return _country
    if isinstance(kind, String):
        words = allowed_words(column)
        return partial(_words, words=words) if words else partial(_text, longest=kind.length)
    if isinstance(kind, Boolean):
        return _yes_or_no
    if isinstance(kind, Date):
        return partial(_day, cells=cells, zone=zone)
    if isinstance(kind, UTCDateTime):
        return partial(_instant, cells=cells, zone=zone)
    if isinstance(kind, Money):
        return lambda cell: _exact(_number(cell, cells, times))
    if isinstance(kind, Integer):
        if times is not None and times < 1:  # 90 seconds of a call are 2 minutes
            return lambda cell: _whole(_number(cell, cells, times).to_integral_value())
        return lambda cell: _whole(_number(cell, cells, times))
    if isinstance(kind, Numeric) and kind.asdecimal:
        return lambda cell: _rounded(_number(cell, cells, times), kind.scale or 0)
    scale = kind.scale if isinstance(kind, Numeric) else None
    if column.name == "probability":
        return lambda cell: _probability(_number(cell, cells, times, percent=True))
    return lambda cell: _real(_number(cell, cells, times, percent=True), scale)


def as_text(cell: Cell) -> str:
    """What a person sees in the cell, trimmed and in one Unicode form."""
    if isinstance(cell, str):
        cell = cell.strip()
        return cell if cell.isascii() else unicodedata.normalize("NFC", cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    return cell.isoformat(" ") if isinstance(cell, datetime) else str(cell)


def allowed_words(column: Column[Any]) -> dict[str, str]:
    """The words that the schema allows in the column, by their folded form; empty where any are."""
    for constraint in column.table.constraints:
        if constraint.info.get("column") == column.name:
            return {word.casefold(): word for word in constraint.info["words"]}
    return {}


def _text(cell: Cell, longest: int | None) -> str:
    text = as_text(cell)
    if "\0" in text:
        raise Unreadable("holds a NUL byte, which is no text")
    if longest is not None and len(text) > longest:
        raise Unreadable(f"is longer than {longest} characters")
    return text


def _words(cell: Cell, words: dict[str, str]) -> str:
    try:
        return words[as_text(cell).casefold()]
    except KeyError:
        raise Unreadable(f"is none of {listed(words.values())}; the mapping can translate it") from None


def _currency(cell: Cell) -> str:
    code = as_text(cell).upper()
    if code not in currencies():
        raise UnknownCurrency("is no currency code such as EUR or USD; the mapping can translate it")
    return code


def _country(cell: Cell) -> str:
    try:
        return countries()[as_text(cell).casefold()]
    except KeyError:
        raise Unreadable("is no country's ISO code or English name; the mapping can translate it") from None


def _yes_or_no(cell: Cell) -> bool:
    text = as_text(cell).casefold()
    if text in TRUE or text in FALSE:
        return text in TRUE
    raise Unreadable("is neither yes nor no; the mapping can translate it")


def _number(cell: Cell, cells: CellFormat, times: Decimal | None, percent: bool = False) -> Decimal:
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        number = Decimal(as_text(cell))  # of a spreadsheet's number, the 15 digits that it shows
        if not number.is_finite():
            raise Unreadable("is not a number")
    else:
        text = as_text(cell)
        number = parse_number(text, cells, percent)
        if percent and text.endswith("%"):
            return number  # a share already, whatever the other cells of the column are
    return number * times if times is not None else number


def _exact(number: Decimal) -> Decimal:
    """An amount: nothing is rounded."""
    if abs(number) >= 10**15:
        raise Unreadable("is too large")
    if number != round(number, 4):
        raise Unreadable("has more than four decimals")
    return number


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise Unreadable("is not a whole number")
    if int(number) not in _INTEGERS:
        raise Unreadable("is too large")
    return int(number)


def _rounded(number: Decimal, scale: int) -> Decimal:
    """To the decimals that the column keeps, and the 15 digits that SQLite keeps."""
    if abs(number) >= 10**10:
        raise Unreadable("is too large")
    return round(Decimal(format(number, ".15g")), scale)


def _real(number: Decimal, scale: int | None) -> float:
    if scale is not None and abs(number) >= 10**13:
        raise Unreadable("is too large")
    real = float(number if scale is None else round(number, scale))
    if math.isinf(real):
        raise Unreadable("is too large")
    return real


def _probability(number: Decimal) -> float:
    real = _real(number, None)
    if not 0 <= real <= 1:
        raise Unreadable("is no probability between 0 and 1; a factor in the mapping can make it one")
    return real


def _day(cell: Cell, cells: CellFormat, zone: ZoneInfo) -> date:
    found = _moment(cell, cells)
    if isinstance(found, datetime):
        return found.astimezone(zone).date() if found.tzinfo else found.date()
    return found


def _instant(cell: Cell, cells: CellFormat, zone: ZoneInfo) -> datetime:
    found = _moment(cell, cells)
    if not isinstance(found, datetime):
        found = datetime.combine(found, time())
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _moment(cell: Cell, cells: CellFormat) -> date:
    """A date, or a datetime where the cell has a time as well."""
    found = cell if isinstance(cell, date) else _parsed_moment(as_text(cell), cells)
    if found.year not in YEARS:
        raise Unreadable(f"is in the year {found.year}; if it stands for nothing, name it under 'empty'")
    return found


def _parsed_moment(text: str, cells: CellFormat) -> date:
    for pattern in cells.dates:
        try:
            if pattern in _READERS:
                return _READERS[pattern](text)
            if since := BEFORE.fullmatch(pattern):
                return _before(date.fromisoformat(since[2]), int(text), since[1])
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone comes later
        except (ValueError, OverflowError, OSError):
            continue
    raise Unreadable(f"is not a date written as {' or '.join(cells.dates)}")


def _iso(text: str) -> date:
    if not re.match(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(text)
    return datetime.fromisoformat(text) if len(text) > 10 else date.fromisoformat(text)


def _before(day: date, number: int, unit: str) -> date:
    """So many days or months earlier; the last day of a month where the month has no such day."""
    if unit == "days":
        return day - timedelta(days=number)
    years, month = divmod(day.year * 12 + day.month - 1 - number, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


_READERS: dict[str, Callable[[str], date]] = {
    "iso": _iso,
    "excel": lambda text: _EXCEL_EPOCH + timedelta(days=float(text)),
    "epoch": lambda text: datetime.fromtimestamp(float(text), UTC),
    "epoch_ms": lambda text: datetime.fromtimestamp(float(text) / 1000, UTC),
}
