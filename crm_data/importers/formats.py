"""How files and cells are written, as a mapping says it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, fields, replace
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_data.importers.errors import ImportStopped
from crm_data.importers.options import Options

#: A date that is given as the time that has passed since.
BEFORE = re.compile(r"(days|months) before (\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class CellFormat:
    """How dates, numbers and nothing are written."""

    dates: tuple[str, ...] = ("iso",)  # iso, excel, epoch, epoch_ms, or a pattern such as %d.%m.%Y
    time_zone: str | None = None  # of times without an offset; None: the organisation's
    decimal: str = "."
    thousands: str = ""
    empty: tuple[str, ...] = ()  # words that mean nothing, beside the empty cell
    abbreviated: bool = False  # 1.5K is 1,500; M is a million, B a billion
    salesforce_ids: bool = False  # an id of 15 signs is the one of 18 that begins so


@dataclass(frozen=True)
class FileFormat:
    """How a file is laid out. None: found out from the file."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    heading_line: int = 1
    sheet: str | None = None
    footer: tuple[str, ...] = ()  # a line that begins with one of these, and all below, is no row
    totals: tuple[str, ...] = ()  # a line with one of these and nothing else but numbers is no row


CELL_OPTIONS = tuple(field.name for field in fields(CellFormat))
FILE_OPTIONS = tuple(field.name for field in fields(FileFormat))


def cell_format(options: Options, base: CellFormat) -> CellFormat:
    """`base`, changed by what the table says."""
    zone = options.get("time_zone", str, base.time_zone)
    if zone is not None:
        known_zone(zone, options.place)
    decimal = options.get("decimal", str, base.decimal)
    thousands = options.get("thousands", str, base.thousands)
    if len(decimal) != 1 or len(thousands) > 1 or decimal == thousands:
        raise ImportStopped(
            f"{options.place}: decimal '{decimal}' and thousands '{thousands}' must be two different signs."
        )
    dates = options.words("dates", base.dates)
    for pattern in dates:
        if not _is_date_format(pattern):
            raise ImportStopped(
                f"{options.place}: '{pattern}' is not a date format. Write iso, excel, epoch, epoch_ms, "
                "a pattern such as %d.%m.%Y, or months before 2026-01-31."
            )
    return replace(
        base,
        dates=dates,
        time_zone=zone,
        decimal=decimal,
        thousands=thousands,
        empty=options.words("empty", base.empty),
        abbreviated=options.get("abbreviated", bool, base.abbreviated),
        salesforce_ids=options.get("salesforce_ids", bool, base.salesforce_ids),
    )


def _is_date_format(pattern: str) -> bool:
    if since := BEFORE.fullmatch(pattern):
        try:
            date.fromisoformat(since[2])
        except ValueError:
            return False
        return True
    return "%" in pattern or pattern in ("iso", "excel", "epoch", "epoch_ms")


def file_format(options: Options, base: FileFormat) -> FileFormat:
    """`base`, changed by what the table says."""
    encoding = options.get("encoding", str, base.encoding)
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except LookupError:
            raise ImportStopped(f"{options.place}: '{encoding}' is not an encoding.") from None
    signs = {key: options.get(key, str, getattr(base, key)) for key in ("delimiter", "quote", "escape")}
    for key, sign in signs.items():
        if sign is not None and (len(sign) > 1 or (key == "delimiter" and not sign)):
            raise ImportStopped(f"{options.place}: '{key}' must be a single sign, not '{sign}'.")
    line = options.get("heading_line", int, base.heading_line)
    if line < 1:
        raise ImportStopped(f"{options.place}: 'heading_line' counts from 1.")
    sheet = options.get("sheet", str, base.sheet)
    footer = options.words("footer", base.footer)
    totals = options.words("totals", base.totals)
    return replace(
        base, encoding=encoding, heading_line=line, sheet=sheet, footer=footer, totals=totals, **signs
    )


def known_zone(name: str, place: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImportStopped(f"{place}: '{name}' is not a time zone. Write it like Europe/Berlin.") from None
