"""The health of an account in words: the score, and what each part of it saw."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from crm_data.profile import Signs
from kpis import health
from kpis.health import Mark, Part
from kpis.model import Unit
from ui.escape import html
from ui.page import Page

_WORDS = {
    Mark.GOOD: ("good", "✓ good"),
    Mark.MIDDLING: ("near", "~ middling"),
    Mark.BAD: ("bad", "✕ bad"),
    Mark.UNKNOWN: ("none", "– cannot tell"),
}


def health_card(page: Page, signs: Signs, now: float | None, before: float | None) -> None:
    """`now`, `before`: what was invoiced in the last 365 days and in the 365 before."""
    judged = [
        (health.contact(signs.last_activity, page.today), _contact(page, signs.last_activity)),
        (health.open_cases(signs.cases, signs.open_cases, signs.late_cases), _cases(page, signs)),
        (health.satisfaction(signs.answers, signs.satisfied), _satisfaction(page, signs)),
        (health.payment(signs.invoices, signs.oldest_due, page.today), _payment(page, signs)),
        (health.purchases(now, before), _purchases(page, now, before)),
    ]
    parts = [part for part, _ in judged]
    st.markdown(_score(parts), unsafe_allow_html=True)
    lines = "".join(_line(part, evidence) for part, evidence in judged)
    st.markdown(f'<ul class="health">{lines}</ul>', unsafe_allow_html=True)
    note = "Good counts 2, middling 1, bad 0; the score is their share of all that could be had."
    st.markdown(f'<div class="note">{note}</div>', unsafe_allow_html=True)


def _score(parts: Sequence[Part]) -> str:
    known = sum(part.mark is not Mark.UNKNOWN for part in parts)
    found = health.score(parts)
    if found is None:
        said = f"{known} of {len(parts)} parts are known"
        return f'<div class="huge">Cannot tell</div><div class="why">{said}</div>'
    words = "healthy" if found >= 0.75 else "to be watched" if found >= 0.5 else "at risk"
    said = f"{words}, from {known} of {len(parts)} parts"
    return f'<div class="huge">{found * 100:.0f} of 100</div><div class="why">{said}</div>'


def _line(part: Part, evidence: str) -> str:
    kind, words = _WORDS[part.mark]
    return (
        f'<li><span class="name">{html(part.label)}</span><b class="{kind}">{words}</b>'
        f"<span>{html(evidence)}</span><i>{html(part.limits)}</i></li>"
    )


def _contact(page: Page, last: date | None) -> str:
    if last is None:
        return "The communication log has no entry."
    return f"Last entry of the communication log: {page.formats.day(last)}."


def _cases(page: Page, signs: Signs) -> str:
    if not signs.cases:
        return "There never was a case."
    number = page.formats.number
    is_open, late, cases = map(number, (signs.open_cases, signs.late_cases, signs.cases))
    return f"{is_open} open, {late} of them late; {cases} in all."


def _satisfaction(page: Page, signs: Signs) -> str:
    if not signs.answers:
        return "No answer to a satisfaction survey in the last 365 days."
    number = page.formats.number
    return f"{number(signs.satisfied)} of {number(signs.answers)} answers of the last 365 days satisfied."


def _payment(page: Page, signs: Signs) -> str:
    if not signs.invoices:
        return "There are no invoices."
    if not signs.oldest_due:
        return f"Nothing overdue of {page.formats.number(signs.invoices)} invoices."
    since = page.formats.day(signs.oldest_due)
    return f"{page.formats.number(signs.overdue)} overdue, the oldest since {since}."


def _purchases(page: Page, now: float | None, before: float | None) -> str:
    if not before:
        return "Nothing was invoiced in the year before the last one."
    this, last = (page.formats.value(Unit.MONEY, number or 0.0) for number in (now, before))
    return f"{this} in the last 365 days, {last} in the 365 before."
