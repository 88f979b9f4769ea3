"""Whether a column of probabilities holds shares, such as 0.6, or percentages, such as 60."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from crm_data.importers.errors import Unreadable
from crm_data.importers.formats import CellFormat
from crm_data.importers.numbers import parse_number

PERCENT = 0.01


def factor(texts: Iterable[str], cells: CellFormat, *, percent: bool) -> tuple[float | None, str]:
    """What the numbers of a column are to be multiplied by, and what a person should know of that.

    Cells with a percent sign tell for themselves. percent: whether the system is known to write percentages.
    """
    small, whole, large = "", "", ""
    for text in texts:
        number = _number(text, cells)
        if number is None:
            continue
        if 0 < number < 1:
            small = small or text
        elif number == 1:
            whole = text
        elif 1 < number <= 100:  # more is neither
            large = large or text
    if large and small:
        return PERCENT, f"{small} stands beside {large}; all are taken as percentages, so {small} is {small}%"
    if large:
        return PERCENT, ""
    if small:
        return None, "none is above 1, so they are taken as shares, not as percentages" if percent else ""
    return None, f"{whole} could be 1% or 100%; it is taken as 100%, which is a guess" if whole else ""


def _number(text: str, cells: CellFormat) -> Decimal | None:
    try:
        return None if text.endswith("%") else parse_number(text, cells)
    except Unreadable:
        return None
