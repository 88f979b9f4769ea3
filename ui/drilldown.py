"""The rows behind a number: those counted, those left out and why, those without a date; page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

import streamlit as st

from kpis import (
    COUNTED,
    DEFINITIONS,
    LEFT_OUT,
    UNDATED,
    Count,
    Explanation,
    Ledger,
    NoRows,
    Question,
    Rows,
    Which,
)
from kpis.dimensions import DIMENSIONS
from kpis.ledger import is_stock
from kpis.period import Period
from ui import cache
from ui.accounts import account_link
from ui.escape import html
from ui.formats import Formats
from ui.links import link
from ui.names import Known, Row, names_of
from ui.page import Page
from ui.paging import PER_PAGE, paging
from ui.resum import ledger_line, sum_line
from ui.table import Linked, table
from ui.take import take_away
from ui.view import View

_FIRST = ("part", "id", "account", "day", "happened", "until", "counts_for", "weight", "why")

_HEADS = {
    "part": "Part",
    "id": "Record",
    "day": "Day",
    "happened": "What happened",
    "until": "Until",
    "counts_for": "Counts for",
    "weight": "Weight",
    "why": "Left out because",
}


def which(page: Page, question: Question) -> Which:
    """The rows that the view lists, as `kpis.rows` names them."""
    view = page.view
    if view.rows == "ledger":
        then = _ledger_from(page, question)
        return Ledger(then, view.reason) if then else COUNTED
    if view.rows == "out":
        return view.reason or LEFT_OUT
    return UNDATED if view.rows == "undated" else COUNTED


def _ledger_from(page: Page, question: Question) -> Period | None:
    """The window from whose end on a stock's ledger is listed; None where there is none to list."""
    return page.compared(question.period) if is_stock(DEFINITIONS[question.kpis[0]]) else None


def listing(page: Page, question: Question, proof: Explanation) -> None:
    """The sets of rows, and the one that the view shows; or why the question has no rows."""
    try:
        _choices(page, question, proof)
        _rows_table(page, question, proof)
    except NoRows as why:
        st.markdown(f'<div class="why">{html(why)}</div>', unsafe_allow_html=True)


def _choices(page: Page, question: Question, proof: Explanation) -> None:
    """A link to each set of rows, with its count: counted, left out by reason, in no window."""
    view = page.view
    parts = proof.parts or (proof,)
    out = _added(count for part in parts for count in part.left_out)
    undated = _added(count for part in parts for count in part.undated)
    counted = cache.rows(page.copy, question, COUNTED, 0, PER_PAGE).total
    sets = [("Counted", counted, replace(view, rows="counted", reason=None))]
    if len(out) > 1:
        sets.append(("Left out, all", sum(one.n for one in out), replace(view, rows="out", reason=None)))
    sets += [(_left_out(one), one.n, replace(view, rows="out", reason=one.words)) for one in out]
    if undated:
        words = "; ".join(one.words for one in undated)
        sets.append(
            (
                f"In no window: {words}",
                sum(one.n for one in undated),
                replace(view, rows="undated", reason=None),
            )
        )
    then = _ledger_from(page, question)
    if then:
        sets += _ledgers(page, question, then)
    with st.container(key="sets", horizontal=True, gap="small"):
        for place, (words, n, target) in enumerate(sets):
            shown = target.rows == view.rows and (target.reason == view.reason or len(out) == 1)
            with st.container(key=f"set-{'on' if shown else 'off'}-{place}", width="content"):
                link("rows", f"{words}  {page.formats.number(n)}", target.query(page=1))


def _ledgers(page: Page, question: Question, then: Period) -> list[tuple[str, int, View]]:
    """What changed a stock: all of it, and what did for the reason that the view lists."""
    view, found = page.view, []
    for reason in dict.fromkeys((None, view.reason if view.rows == "ledger" else None)):
        total = cache.rows(page.copy, question, Ledger(then, reason), 0, PER_PAGE).total
        words = f"What happened: {reason or 'all'}"
        found.append((words, total, replace(view, rows="ledger", reason=reason)))
    return found


def _left_out(count: Count) -> str:
    return f"Left out: {count.words}"


def _added(counts: Iterable[Count]) -> list[Count]:
    """The parts' counts together, most frequent first."""
    found: dict[str, int] = {}
    for count in counts:
        found[count.words] = found.get(count.words, 0) + count.n
    return [Count(words, n) for words, n in sorted(found.items(), key=lambda pair: -pair[1])]


def _rows_table(page: Page, question: Question, proof: Explanation) -> None:
    """One page of the rows, the line that adds them up, paging and download."""
    kind = which(page, question)
    offset = (page.view.page - 1) * PER_PAGE
    found = cache.rows(page.copy, question, kind, offset, PER_PAGE)
    if offset and not found.rows:  # the link was to a page that is no longer there
        found = cache.rows(page.copy, question, kind, 0, PER_PAGE)
    if not found.total:
        st.markdown('<div class="why">No rows.</div>', unsafe_allow_html=True)
        return
    with st.container(key="above", horizontal=True, vertical_alignment="center"):
        if kind == COUNTED:
            st.markdown(sum_line(page, question, proof, found.total), unsafe_allow_html=True)
        elif isinstance(kind, Ledger):
            st.markdown(ledger_line(page, question, kind, found.total), unsafe_allow_html=True)
        take_away(page, question, kind, found.total)
    st.markdown(rows_as_table(page, found, "Rows"), unsafe_allow_html=True)
    paging("rows", page, found.total)


def rows_as_table(
    page: Page,
    found: Rows,
    caption: str,
    most: int | None = None,
    without: Collection[str] = (),
    money: bool = False,
) -> str:
    """The rows as HTML; `most`: at most so many columns, `without`: not these; `money`: it counts that."""
    columns = [column for column in _columns(found) if column not in without][:most]
    known = names_of(found)
    rows = [dict(zip(found.columns, values, strict=True)) for values in found.rows]
    shown = [[_cell(page, column, row, known) for column in columns] for row in rows]
    heads = [_HEADS.get(name) or DIMENSIONS[name].label for name in columns]
    if money and "counts_for" in columns:
        place = columns.index("counts_for")
        heads[place] = f"Amount ({page.formats.currency})"
        for row, cells in zip(rows, shown, strict=True):
            cells[place] = page.formats.cents(row["counts_for"])
    numbers = [name in ("counts_for", "weight") for name in columns]
    return table(heads, shown, numbers=numbers, caption=caption)


def _columns(found: Rows) -> list[str]:
    """The columns that say something on this page: what it was and what it counts for, then the rest."""
    order = sorted(found.columns, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST))
    skipped = {"record"} | ({"part"} if found.record else set())
    if found.record == "accounts":
        skipped.add("account")  # the record itself
    values = dict(zip(found.columns, zip(*found.rows, strict=True), strict=True))
    return [
        name for name in order if name not in skipped and any(value is not None for value in values[name])
    ]


def _cell(page: Page, column: str, row: Row, known: Known) -> str | Linked:
    """What stands in a cell; the name of an account leads to all that is known of it."""
    text = _text(column, row, known, page.formats)
    key = row[column]
    is_account = column == "account" or (column == "id" and row["record"] == "accounts")
    return account_link(page, key, text) if is_account and isinstance(key, int) else text


def _text(column: str, row: Row, known: Known, formats: Formats) -> str:
    value = row[column]
    if known.has(column):
        return known.name(column, row) or ("" if value is None else f"No. {value}")
    if isinstance(value, date):
        return formats.day(value)
    if value is None and column not in DIMENSIONS:
        return ""
    if column in ("counts_for", "weight"):
        return formats.exact(value)  # type: ignore[arg-type]
    return formats.member(column, value) if column in DIMENSIONS else str(value)
