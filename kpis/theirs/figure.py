"""A figure as people type it, copied from another program's report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from crm_data.importers.vocabulary import currencies
from kpis.model import Unit

_NUMBER = re.compile(r"[-+]?[\d.,'’\s]*\d")
_WORD = re.compile(r"[^\W\d_]+")

#: What stands behind a number and makes more of it. Not "mil": a thousand in Spanish, a million to others.
_TIMES = {
    1_000: "k thousand thousands tsd tausend mille milliers",
    1_000_000: "m mm mn mio million millions millionen millones milhão milhões",
    1_000_000_000: "b bn billion billions mrd md milliarde milliarden milliard milliards",
}
_FACTORS = {word: factor for factor, words in _TIMES.items() for word in words.split()}

#: What may stand beside a number and leaves it as it is, besides currencies.
_UNITS = frozenset(
    "us d day days tag tage tagen jour jours día días dia dias h hours percent prozent pct "
    "euro euros dollar dollars "
    "deal deals lead leads case cases customer customers account accounts opportunities pts points".split()
)


@dataclass(frozen=True)
class Typed:
    """A figure as somebody typed it, and how far the digits that were left away may lead."""

    value: float
    within: float


def read_figure(text: str, unit: Unit) -> Typed | None:
    """`63.15 %`, `1,117.10K`, `€ 1.2 Mrd`; None where the text holds no number, or a word that may change it.

    Of points and commas the last is the decimal sign, unless it comes twice, or stands alone before the last
    three digits of an amount or a count.
    """
    found = _NUMBER.search(text.replace("−", "-"))
    if found is None:
        return None
    digits = re.sub(r"['’\s]", "", found.group())
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
    for word in _WORD.findall(text[: found.start()] + " " + text[found.end() :]):
        if word.casefold() in _FACTORS:
            factor *= _FACTORS[word.casefold()]
        elif word.casefold() not in _UNITS and word.upper() not in currencies():
            return None
    value = Decimal(digits)
    if unit is Unit.SHARE and ("%" in text or abs(value) > 1):
        factor = Decimal("0.01")
    return Typed(float(value * factor), float(Decimal("0.5").scaleb(-decimals) * factor))
