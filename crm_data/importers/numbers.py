"""Numbers as people and programs write them."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from crm_data.importers.errors import Unreadable
from crm_data.importers.formats import CellFormat
from crm_data.importers.vocabulary import currencies

_CODE = re.compile(r"(?<![A-Za-z])[A-Za-z]{3}(?![A-Za-z])")
#: Signs that stand beside amounts, and what they mean unless a mapping says otherwise.
SIGNS = {
    "$": "USD", "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "NT$": "TWD", "MX$": "MXN", "R$": "BRL", "€": "EUR", "£": "GBP", "¥": "JPY",
    "CN¥": "CNY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₫": "VND", "₴": "UAH",
    "₱": "PHP", "฿": "THB", "₦": "NGN", "zł": "PLN", "Kč": "CZK",
}  # fmt: skip
#: Signs that several currencies share: which of them is meant hangs on whose books these are.
SHARED = {
    "$": ("USD", "AUD", "CAD", "NZD", "HKD", "SGD", "TWD", "MXN", "CLP", "COP", "ARS", "UYU"),
    "£": ("GBP", "EGP", "GIP"),
    "¥": ("JPY", "CNY"),
}
_SIGN = re.compile("|".join(map(re.escape, sorted(SIGNS, key=len, reverse=True))))
_OF_NUMBERS = "0123456789.,-+ "
_SHORTENED = {"K": 1000, "M": 10**6, "B": 10**9}
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def parse_number(text: str, cells: CellFormat, percent: bool = False) -> Decimal:
    """The exact number. Raises Unreadable rather than guess which sign means what.

    The sign or code of a currency may stand beside it; (5) is -5; `percent`: 5% is 0.05.
    """
    bare = without_signs(without_code(text)).replace("−", "-")
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


def without_code(text: str) -> str:
    """The number without the code of a currency beside it."""
    code = _CODE.search(text)
    return text.replace(code[0], "") if code and code[0].upper() in currencies() else text


def without_signs(text: str) -> str:
    """The number without the signs of currencies beside it."""
    return "".join(sign for sign in _SIGN.sub("", text) if unicodedata.category(sign) != "Sc").strip()


def currency_beside(text: str) -> str:
    """The code or sign of a currency beside a number, as it is written; empty where there is none.

    A code says more than a sign: "CAD $5" is CAD. A sign that nothing is known of is given as well, and
    several as one, which then is none that is known.
    """
    if not text.strip(_OF_NUMBERS):
        return ""
    if codes := {code.upper() for code in _CODE.findall(text)} & currencies():
        return codes.pop() if len(codes) == 1 else ""
    rest = _SIGN.sub("", text)
    signs = {*_SIGN.findall(text), *(sign for sign in rest if unicodedata.category(sign) == "Sc")}
    return "".join(sorted(signs))


def _ungrouped(whole: str, sign: str) -> str:
    """The digits without the signs between thousands, which must stand where they belong."""
    first, *groups = whole.split() if sign.isspace() else whole.split(sign)
    if groups:
        lengths = [len(group) for group in groups]
        if not first.strip("+-") or lengths[-1] != 3 or not set(lengths) <= {2, 3}:
            raise Unreadable(f"is not a number with '{sign}' between thousands")
    return first + "".join(groups)
