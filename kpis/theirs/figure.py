"""A figure as people type it, copied from another program's report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from kpis.model import Unit

_NUMBER = re.compile(r"[-+]?[\d.,'\s]*\d")
_TIMES = {"k": 1_000, "m": 1_000_000, "mio": 1_000_000, "bn": 1_000_000_000, "b": 1_000_000_000}


@dataclass(frozen=True)
class Typed:
    """A figure as somebody typed it, and how far the digits that were left away may lead."""

    value: float
    within: float


def read_figure(text: str, unit: Unit) -> Typed | None:
    """`63.15 %`, `1,117.10K`, `11.257.622 €`; None where the text holds no number.

    Of points and commas the last is the decimal sign, unless it comes twice, or stands alone before the last
    three digits of an amount or a count.
    """
    found = _NUMBER.search(text.replace("−", "-"))
    if found is None:
        return None
    digits = re.sub(r"['\s]", "", found.group())
    decimals = 0
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0:
        sign, rest = digits[last], digits[last + 1 :]
        both = ("," if sign == "." else ".") in digits
        if digits.count(sign) == 1 and (both or len(rest) != 3 or unit in (Unit.SHARE, Unit.DAYS)):
            decimals = len(rest)
            digits = re.sub(r"[.,]", "", digits[:last]) + "." + rest
        else:
            digits = re.sub(r"[.,]", "", digits)
    factor = Decimal(1)
    suffix = re.match(r"\s*([a-z]+)", text[found.end() :].casefold())
    if suffix and unit is not Unit.SHARE:
        factor = Decimal(_TIMES.get(suffix.group(1), 1))
    value = Decimal(digits)
    if unit is Unit.SHARE and ("%" in text or abs(value) > 1):
        factor = Decimal("0.01")
    return Typed(float(value * factor), float(Decimal("0.5").scaleb(-decimals) * factor))
