"""Numbers as people and programs write them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from crm_data.importers.errors import Unreadable
from crm_data.importers.formats import CellFormat
from crm_data.importers.vocabulary import currencies

_CODE = re.compile(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")
_SHORTENED = {"K": 1000, "M": 10**6, "B": 10**9}
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def parse_number(text: str, cells: CellFormat, percent: bool = False) -> Decimal:
    """The exact number. Raises Unreadable rather than guess which sign means what.

    The sign or code of a currency may stand beside it; (5) is -5; `percent`: 5% is 0.05.
    """
    if code := _CODE.search(text):
        text = text.replace(code[0], "") if code[0].upper() in currencies() else text
    bare = "".join(sign for sign in text if unicodedata.category(sign) != "Sc").strip().replace("−", "-")
    negative = bare.startswith("(") and bare.endswith(")")
    shared = percent and bare.endswith("%")
    if negative:
        bare = bare[1:-1].strip()
    elif shared:
        bare = bare[:-1].strip()
    factor = _SHORTENED.get(bare[-1:].upper(), 1) if cells.abbreviated else 1
    if factor > 1:
        bare = bare[:-1].strip()
    whole, point, rest = bare.partition(cells.decimal)
    if cells.thousands:
        whole = _ungrouped(whole, cells.thousands)
    plain = whole + ("." if point else "") + rest
    if "." in whole + rest or not _PLAIN.fullmatch(plain):
        raise Unreadable(f"is not a number written with the decimal sign '{cells.decimal}'")
    number = Decimal(plain) * factor
    return (-number if negative else number) / (100 if shared else 1)


def _ungrouped(whole: str, sign: str) -> str:
    """The digits without the signs between thousands, which must stand where they belong."""
    first, *groups = whole.split() if sign.isspace() else whole.split(sign)
    if groups:
        lengths = [len(group) for group in groups]
        if not first.strip("+-") or lengths[-1] != 3 or not set(lengths) <= {2, 3}:
            raise Unreadable(f"is not a number with '{sign}' between thousands")
    return first + "".join(groups)
