"""One figure of a kept report, and the very rows by which it differs today."""

from __future__ import annotations

from fractions import Fraction

import streamlit as st

from crm_data import reads
from kpis import DEFINITIONS
from kpis.kept import Comparison, Figure, Kept, Restated, words
from kpis.kept.lines import Line, lines
from kpis.model import KPI, Unit
from kpis.reports import Names
from ui import desk
from ui.accounts import account_link
from ui.escape import html
from ui.kept.where import page_then, rows_query, title_of
from ui.links import link
from ui.page import Page
from ui.paging import PER_PAGE, paging
from ui.table import Linked, table


def figure(page: Page, found: Kept, compared: Comparison) -> None:
    """The figure that the view names, then and now."""
    day = words.kept_on(found.head, page.copy.organisation)
    kept = f"{title_of(found.head)}, kept {page.formats.day(day)}"
    link("reports", f"‹ {kept}", page.view.overview(kept=found.head.id))
    at = tuple((dimension, member) for dimension, members in page.view.at for member in members)
    main = found.found.scope.period
    wanted = Figure(page.view.kpi or "", page.view.bucket or main, at)
    one = compared.by_figure.get(wanted)
    if one is None:
        said = "This figure is what it was, or no figure of this report."
        st.markdown(f'<div class="calm">{html(said)}</div>', unsafe_allow_html=True)
        return
    named = desk.read(lambda crm: words.members(compared, Names(crm, page.formats)))
    st.header(words.name(one.figure, main, named, page.formats), anchor=False)
    said = words.restated(one, day, page.formats)
    st.markdown(f'<div class="became"><b>{html(said)}</b></div>', unsafe_allow_html=True)
    which = words.by_which(one, page.formats) or "Not by any row that it counts."
    st.markdown(f'<div class="why">{html(which)}</div>', unsafe_allow_html=True)
    _rows(page, one)
    link("rows", "All rows behind it today", rows_query(page_then(page, found), one.figure))


def _rows(page: Page, one: Restated) -> None:
    all_ = list(lines(one))
    if not all_:
        return
    st.markdown(_sum(page, one, all_), unsafe_allow_html=True)
    first = (page.view.page - 1) * PER_PAGE
    shown = all_[first : first + PER_PAGE] or all_[:PER_PAGE]
    several = len({line.part for line in all_}) > 1
    weighed = any(line.weight_then is not None or line.weight_now is not None for line in all_)
    names, accounts = _names(shown)
    rows = []
    for line in shown:
        gone = "no longer in the CRM" if line.record in names else f"No. {line.id}"
        row: list[str | Linked] = [line.what, names[line.record].get(line.id, f"No. {line.id}, {gone}")]
        if several:
            row.insert(0, line.part)
        row.append(_account(page, line, accounts))
        row.append("" if line.day is None else page.formats.day(line.day))
        row += [page.formats.exact(number) for number in (line.then, line.now)]
        if weighed:
            row += [page.formats.exact(number) for number in (line.weight_then, line.weight_now)]
        rows.append(row)
    heads = ["What", "Record", "Account", "Day", "Counted for then", "Counts for now"]
    heads = ["Part", *heads] if several else heads
    heads += ["Weight then", "Weight now"] if weighed else []
    numbers = [head.startswith(("Count", "Weight")) for head in heads]
    st.markdown(table(heads, rows, numbers=numbers, caption="Rows that changed"), unsafe_allow_html=True)
    paging("reports", page, len(all_))


def _account(page: Page, line: Line, accounts: dict[int, str]) -> str | Linked:
    if line.account is None:
        return ""
    return account_link(page, line.account, accounts.get(line.account, f"No. {line.account}"))


def _names(shown: list[Line]) -> tuple[dict[str, dict[int, str]], dict[int, str]]:
    """The records by table and key, and the accounts. Those that were deleted have no name."""
    keys: dict[str, list[int]] = {}
    for line in shown:
        keys.setdefault(line.record, []).append(line.id)
    names = {record: desk.read(reads.labels, record, some) for record, some in keys.items()}
    known = [line.account for line in shown if line.account is not None]
    return names, desk.read(reads.labels, "accounts", known)


def _sum(page: Page, one: Restated, all_: list[Line]) -> str:
    """Of a plain total: that the rows add up to the change."""
    kpi = DEFINITIONS[one.figure.kpi]
    if not isinstance(kpi, KPI) or kpi.per is not None or kpi.median:
        return ""
    moved = sum((_exact(line.now) - _exact(line.then) for line in all_), Fraction(0))
    then, now = (value.numerator or Fraction(0) for value in (one.then, one.now))
    digits = 2 if kpi.unit is Unit.MONEY else 0
    amount = html(page.formats.signed(kpi.unit, moved, digits))
    if then + moved != now:
        return f'<div class="sum bad">These rows make {amount}, not the change. Please report this.</div>'
    return f'<div class="sum">✓ Added up just now: these rows make <b>{amount}</b>, the whole change.</div>'


def _exact(number: object) -> Fraction:
    return Fraction(0) if number is None else Fraction(str(number))
