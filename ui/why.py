"""Why did it change? The split of a number's change, in words, as a waterfall and as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import streamlit as st

from kpis import DEFINITIONS, DIMENSIONS, Change, Period, Question
from kpis.change import DIFFERENCE, INPUT, MIX, RATE, REASON, UNMATCHED
from kpis.contributions import Contribution, contributions, digits_of, of_dimension, summed
from kpis.ledger import is_stock
from kpis.model import KPI, Better, Definition
from ui import cache
from ui.escape import html
from ui.formats import Formats
from ui.links import Query, href
from ui.names import members_in_words
from ui.page import Page
from ui.table import table
from ui.waterfall import Step, waterfall

_TOP = 8  # steps of their own; the others are one
_LISTED = 200  # members in the table
_LINKED = 40  # members in one link; an address has an end
_HEADS = {
    RATE: "Rate",
    MIX: "Mix",
    UNMATCHED: "Unmatched",
    DIFFERENCE: "Change",
    REASON: "Change",
    INPUT: "Change",
}
_MEANS = {
    RATE: "Rate: the member's own value changed",
    MIX: "mix: its part of the whole changed",
    UNMATCHED: "unmatched: it has a numerator and no denominator, such as cost without customers",
}


def why(page: Page, question: Question) -> None:
    """The section of the proof page; says why there is none where there is none."""
    kpi, then = DEFINITIONS[question.kpis[0]], page.compared(question.period)
    st.header("Why did it change?", anchor=False)
    with st.container(border=True, key="card-why", gap="small"):
        if then is None:
            _said("Nothing is compared: choose an earlier window above.")
            return
        if isinstance(kpi, KPI) and kpi.median:
            _said(
                "A median is the middle row's value, so no member's part of its change can be added up. "
                "The mean of the same rows can be split."
            )
            return
        by = _dimension(page, kpi)
        found = cache.change(page.copy, question, then, by)
        _choice(page, kpi, by)
        if found.amount is None:
            _said(found.why or "It cannot be split.")
        elif not found.effects:
            _said(f"It is as it was: nothing changed since {page.formats.period(then)}.")
        else:
            _split(page, kpi, question, then, found, by)


def _dimension(page: Page, kpi: Definition) -> str | None:
    """The dimension to split by: the URL's, or the first; None: reasons of a stock, inputs of a formula."""
    if kpi.adds == "nothing":
        return None
    if page.view.by in kpi.dimensions:
        return page.view.by
    if is_stock(kpi):
        return None
    open_ = [key for key in kpi.dimensions if len(dict(page.view.everything).get(key, ())) != 1]
    return next(iter(open_ or kpi.dimensions), None)


def _choice(page: Page, kpi: Definition, by: str | None) -> None:
    """A link for each way to split."""
    if kpi.adds == "nothing":
        _said("A formula is split by what goes into it.")
        return
    ways: list[tuple[str | None, str]] = [(key, DIMENSIONS[key].label) for key in kpi.dimensions]
    if is_stock(kpi):
        ways.insert(0, (None, "What happened"))
    chips = "".join(
        _chip(href("rows", page.view.query(by=key, page=1)), label, key == by) for key, label in ways
    )
    st.markdown(f'<div class="chips"><span class="over">Split by</span>{chips}</div>', unsafe_allow_html=True)


def _chip(where: str, label: str, chosen: bool) -> str:
    current = ' aria-current="true"' if chosen else ""
    return f'<a href="{html(where)}" target="_self"{current}>{html(label)}</a>'


def _split(
    page: Page, kpi: Definition, question: Question, then: Period, found: Change, by: str | None
) -> None:
    digits = digits_of(kpi)
    every = contributions(found, digits)
    few = every if len(every) <= _TOP + 1 else every[:_TOP]
    others = every[len(few) :]
    names = _names(page, found, every[:_LISTED], by)
    steps = [
        _step(page, kpi, one, name, _rows(page, question, then, found, by, one))
        for one, name in zip(few, names, strict=False)
    ]
    if others:
        rest = summed(others)
        fits = len(others) <= _LINKED
        where = _rows(page, question, then, found, by, rest) if fits else None
        steps.append(_step(page, kpi, rest, _others(len(others), by, page.formats), where))
    st.markdown(
        f'<p class="told">{html(_told(page, kpi, found, then, by, every, names))}</p>', unsafe_allow_html=True
    )
    unit, formats = kpi.unit, page.formats
    with st.container(key="split"):
        st.markdown(
            waterfall(
                (formats.period(then), float(found.then.value or 0), formats.value(unit, found.then.value)),
                steps,
                (
                    formats.period(question.period),
                    float(found.now.value or 0),
                    formats.value(unit, found.now.value),
                ),
            ),
            unsafe_allow_html=True,
        )
        with st.container(key="split-table", gap="xsmall"):
            _table(page, kpi, found, by, few, others, names)
    if len(others) > 1:
        with st.expander(f"The others, {formats.number(len(others))}"):
            listed = every[len(few) : _LISTED]
            st.markdown(_plain(page, kpi, by, listed, names[len(few) :]), unsafe_allow_html=True)
            if len(every) > _LISTED:
                _said(f"The {formats.number(_LISTED)} largest are listed.")


def _names(page: Page, found: Change, every: Sequence[Contribution], by: str | None) -> list[str]:
    members = [one.members[0] for one in every]
    if by and of_dimension(found):
        return members_in_words(by, members, page.formats)
    return [str(member).capitalize() for member in members]


def _others(count: int, by: str | None, formats: Formats) -> str:
    if by:
        what = DIMENSIONS[by].label.lower() if count == 1 else DIMENSIONS[by].plural
    else:
        what = "reason" if count == 1 else "reasons"
    return f"{formats.number(count)} other {what}"


def _rows(
    page: Page, question: Question, then: Period, found: Change, by: str | None, one: Contribution
) -> Query | None:
    """Where the rows of a contribution are: in this window, or in the earlier one if they are all gone.

    An input leads to its own proof, a stock's reason to the ledger between the two ends.
    """
    view = replace(page.view, page=1, rows="counted", reason=None)
    if any(effect.kind == REASON for effect in found.effects):
        reason = str(one.members[0]) if len(one.members) == 1 else None
        return view.query(rows="ledger", reason=reason) if reason else None
    if by is None or not of_dimension(found):
        part = next(
            (part.key for part in DEFINITIONS[found.now.key].parts if part.label == one.members[0]), None
        )
        return view.query(kpi=part, by=None) if part and part != found.now.key else None
    here = {cell.at[by] for cell in found.now.cells if cell.n}
    at = dict(view.at) | {by: one.members}
    gone: dict[str, Any] = {} if here & set(one.members) else {"bucket": then}
    return view.query(at=tuple(at.items()), by=None, **gone)


def _step(page: Page, kpi: Definition, one: Contribution, name: str, where: Query | None) -> Step:
    amount = one.amount
    meaning = "neither"
    if amount and kpi.better is not Better.NEITHER:
        meaning = "better" if (amount > 0) == (kpi.better is Better.UP) else "worse"
    text = page.formats.signed(kpi.unit, amount, digits_of(kpi))
    view = page.view
    listed = bool(where) and view.rows == "ledger" and where == view.query(page=1)
    below = "#rows" if where and where.get("rows") == "ledger" else ""  # the list alone changes
    return Step(name, float(amount), text, meaning, href("rows", where) + below if where else None, listed)


def _told(
    page: Page,
    kpi: Definition,
    found: Change,
    then: Period,
    by: str | None,
    every: Sequence[Contribution],
    names: Sequence[str],
) -> str:
    """Win rate rose by 0.60 pts against …: DACH +1.20 pts, …; 3 other regions together −0.40 pts."""
    assert found.amount is not None
    digits, few = digits_of(kpi), list(zip(names, every, strict=False))[:3]
    whole = Fraction(round(found.amount * 10**digits), 10**digits)
    verb = "did not change" if not whole else "rose by" if whole > 0 else "fell by"
    by_how_much = f" {page.formats.signed(kpi.unit, abs(whole), digits).lstrip('+')}" if whole else ""
    first = ", ".join(f"{name} {page.formats.signed(kpi.unit, one.amount, digits)}" for name, one in few)
    more = ""
    if len(every) > len(few):
        rest = page.formats.signed(kpi.unit, summed(every[len(few) :]).amount, digits)
        more = f"; {_others(len(every) - len(few), by, page.formats)} together {rest}"
    return f"{kpi.label} {verb}{by_how_much} against {page.formats.period(then)}: {first}{more}."


def _table(
    page: Page,
    kpi: Definition,
    found: Change,
    by: str | None,
    few: Sequence[Contribution],
    others: Sequence[Contribution],
    names: Sequence[str],
) -> None:
    shown = [*few, *([summed(others)] if others else [])]
    words = [*names[: len(few)], *([_others(len(others), by, page.formats)] if others else [])]
    st.markdown(_plain(page, kpi, by, shown, words, total=True), unsafe_allow_html=True)
    kinds = {effect.kind for effect in found.effects}
    if kinds & _MEANS.keys():
        told = "; ".join(text for kind, text in _MEANS.items() if kind in kinds)
        st.markdown(f'<div class="note">{html(told[:1].upper() + told[1:])}.</div>', unsafe_allow_html=True)


def _plain(
    page: Page,
    kpi: Definition,
    by: str | None,
    shown: Sequence[Contribution],
    names: Sequence[str],
    *,
    total: bool = False,
) -> str:
    """The contributions with a column for each kind of effect, and their sum."""
    digits = digits_of(kpi)
    kinds = [kind for kind in (RATE, MIX, UNMATCHED) if any(kind in one.kinds for one in shown)]
    head = [DIMENSIONS[by].label if by else "What", *(_HEADS[kind] for kind in kinds), "Change"]

    def line(name: str, one: Contribution) -> list[str]:
        amounts = [*(one.kinds.get(kind, Fraction(0)) for kind in kinds), one.amount]
        return [name, *(page.formats.signed(kpi.unit, amount, digits) for amount in amounts)]

    rows = [line(name, one) for name, one in zip(names, shown, strict=True)]
    if total:
        rows.append(line("Together, the change", summed(shown)))
    numbers = [False] + [True] * (len(head) - 1)
    return table(head, rows, numbers=numbers, caption="The parts of the change")


def _said(words: str) -> None:
    st.markdown(f'<div class="why">{html(words)}</div>', unsafe_allow_html=True)
