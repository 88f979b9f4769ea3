"""The rows of a number, added up again: the last line of every proof."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from kpis import COUNTED, DEFINITIONS, Explanation, Ledger, Question, Reading, Rows
from kpis.contributions import digits_of
from kpis.model import KPI
from ui import cache
from ui.escape import html
from ui.page import Page

CHECKED = 20_000  # up to so many rows are added up while the page is drawn


def sum_line(page: Page, question: Question, proof: Explanation, total: int) -> str:
    """Says what all `total` counted rows add up to; up to CHECKED rows they are added up now."""
    reading, formats = proof.reading, page.formats
    if reading.numerator is None:
        return ""
    rows = html(f"{formats.number(total)} {'row' if total == 1 else 'rows'}")
    sums = formats.exact(reading.numerator)
    if reading.denominator is not None:
        sums += f" ÷ {formats.exact(reading.denominator)}"
    if total > CHECKED:
        return f'<div class="sum">{rows} add up to <b>{html(sums)}</b>. The download has them all.</div>'
    if not adds_up(cache.rows(page.copy, question, COUNTED, 0, CHECKED), reading):
        return f'<div class="sum bad">{rows} do not add up to {html(sums)}. Please report this.</div>'
    kpi = DEFINITIONS[reading.key]
    means = "their median is" if isinstance(kpi, KPI) and kpi.median else "that is"
    figure = formats.value(kpi.unit, reading.value)
    return (
        f'<div class="sum">✓ Added up just now: {rows} give <b>{html(sums)}</b>; '
        f"{means} <b>{html(figure)}</b>.</div>"
    )


def ledger_line(page: Page, question: Question, which: Ledger, total: int) -> str:
    """The same for what changed a stock: its rows are the step above, or the whole change."""
    formats, found = page.formats, cache.change(page.copy, question, which.then, None)
    if found.amount is None:
        return ""
    kpi, digits = DEFINITIONS[found.now.key], digits_of(DEFINITIONS[found.now.key])
    steps = [one.amount for one in found.effects if which.reason in (None, one.member)]
    amount = sum(steps, Fraction(0))
    rows = html(f"{formats.number(total)} {'row' if total == 1 else 'rows'}")
    figure = html(formats.signed(kpi.unit, amount, digits))
    what = html(which.reason.capitalize() if which.reason else "the change")
    since = html(formats.period(which.then))
    if total > CHECKED:
        return f'<div class="sum">{rows} add up to <b>{figure}</b>. The download has them all.</div>'
    listed = cache.rows(page.copy, question, which, 0, CHECKED)
    place = listed.columns.index("counts_for")
    if not _same([row[place] for row in listed.rows], amount):
        return f'<div class="sum bad">{rows} do not add up to {figure}. Please report this.</div>'
    return (
        f'<div class="sum">✓ Added up just now: {rows} give <b>{figure}</b>; '
        f"that is <b>{what}</b> since the end of {since}.</div>"
    )


def adds_up(found: Rows, reading: Reading) -> bool:
    """The rows give the reading's numerator and denominator again."""
    tops, bottoms = (
        [row[found.columns.index(name)] for row in found.rows] for name in ("counts_for", "weight")
    )
    return _same(tops, reading.numerator) and (
        reading.denominator is None or _same(bottoms, reading.denominator)
    )


def _same(column: Sequence[object], total: Fraction | None) -> bool:
    """Exactly; where a number could only be written as a float, to nine digits."""
    numbers = [number for number in column if number is not None]
    added = sum((Fraction(str(number)) for number in numbers), Fraction(0))
    if any(isinstance(number, float) for number in numbers):
        return math.isclose(added, total or 0, rel_tol=1e-9)
    return added == (total or 0)
