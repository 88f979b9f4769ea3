"""Step 7: the files' own cells, counted again beside the CRM."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from crm_data.reconcile import Difference, Reconciliation, Share
from ui import escape
from ui.escape import markdown
from ui.importing import session as sessions
from ui.importing.session import Session
from ui.importing.steps import say, step
from ui.page import Page
from ui.table import table
from ui.watching import over

_SHOWN = 100  # rows that differ
_HEAD = ("object", "id", "file", "line", "what", "in the file", "in the CRM", "reason", "effect", "currency")


def reconciling(page: Page, session: Session) -> None:
    """The comparison, made anew when somebody asks for it."""
    step(7, "The files are read a second time, past all that the import did, and compared with the CRM.")
    if session.comparing is None:
        sessions.compare(session)
    job = session.comparing
    if job is None or not over(job):
        return
    if job.result is None:
        words = job.problem or "The comparison was cancelled."
        st.warning(f"**Not compared.** {markdown(words)}")
    else:
        reconciliation(page, job.result)
    st.button("Compare again", key="compare-again", on_click=sessions.compare, args=(session,))


def reconciliation(page: Page, found: Reconciliation) -> None:
    """The verdict, the counts, the sums, and what differs."""
    _verdict(page, found)
    st.markdown(_counts(page, found), unsafe_allow_html=True)
    totals = list(found.totals())
    if totals:
        st.markdown(_sums(page, "Sums of amounts", totals), unsafe_allow_html=True)
    with st.container(key="maps"):
        for name in dict.fromkeys(one.object for one in found.shares):
            _by_status_and_month(page, name, [one for one in found.shares if one.object == name])
    _differences(page, found)
    for remark in found.remarks:
        st.caption(markdown(remark))


def _by_status_and_month(page: Page, name: str, own: list[Share]) -> None:
    parts = {by: [one for one in own if one.by == by] for by in ("status", "month")}
    told = {by: shares for by, shares in parts.items() if any(one.key for one in shares)}
    if not told:
        return
    with st.expander(markdown(f"{name.replace('_', ' ').capitalize()} by {' and '.join(told)}")):
        for by, shares in told.items():
            st.markdown(_sums(page, by.capitalize(), shares), unsafe_allow_html=True)


def _verdict(page: Page, found: Reconciliation) -> None:
    number = page.formats.number
    rows = sum(one.found + one.merged for one in found.objects)
    if found.unexplained:
        say(
            "bad",
            f"{number(found.unexplained)} rows differ for no reason that is known. They are listed below.",
        )
    elif found.agrees:
        words = f"All {number(rows)} rows, and every sum, are the same in the files and in the CRM."
        if found.replaced:
            words += f" Further rows that a later one with the same id replaces: {number(found.replaced)}."
        say("good", words)
    else:
        differ = number(sum(cause.rows for cause in found.causes))
        say("good", f"{number(rows)} rows are in the CRM. Differences: {differ}, each explained below.")


def _counts(page: Page, found: Reconciliation) -> str:
    kinds = {
        "read": "In the files",
        "found": "In the CRM",
        "merged": "Merged",
        "rejected": "Rejected",
        "replaced": "Replaced",
        "parts": "Complete others",
        "missing": "Other",
        "elsewhere": "Only in the CRM",
    }
    shown = [
        kind
        for kind in kinds
        if kind in ("read", "found") or any(getattr(one, kind) for one in found.objects)
    ]
    rows = [
        [one.object.replace("_", " "), *(page.formats.number(getattr(one, kind)) for kind in shown)]
        for one in found.objects
        if one.read or one.crm
    ]
    head = ["Object", *(kinds[kind] for kind in shown)]
    return table(head, rows, numbers=[False] + [True] * len(shown), caption="Rows by object")


def _sums(page: Page, title: str, shares: Sequence[Share]) -> str:
    """With amounts where there are some; in any case how many rows."""
    amounts = any(one.currency or one.amount or one.crm_amount for one in shares)
    rows = []
    for one in shares:
        first = one.object.replace("_", " ") if one.by == "all" else one.key or "(none)"
        same = "yes" if one.agrees else "no"
        row = [first, page.formats.number(one.rows), page.formats.number(one.crm_rows)]
        if amounts:
            row += [_money(page, one.amount, one.currency), _money(page, one.crm_amount, one.currency)]
        rows.append([*row, same])
    money = ["Sum in the files", "Sum in the CRM"] if amounts else []
    head = [title, "Rows in the files", "Rows in the CRM", *money, "Agrees"]
    return table(head, rows, numbers=[False, True, True, *[True] * len(money), False], caption=title)


def _money(page: Page, amount: Decimal, currency: str) -> str:
    return f"{page.formats.exact(amount)} {currency}".strip()


def _differences(page: Page, found: Reconciliation) -> None:
    """First the reasons with what they add up to, then the rows."""
    if not found.causes:
        return
    rows = [
        [
            cause.object.replace("_", " "),
            cause.reason,
            page.formats.number(cause.rows),
            _money(page, cause.effect, cause.currency) if cause.effect else "",
        ]
        for cause in found.causes
    ]
    head = ["Object", "Why", "Rows", "Adds to the CRM's sum"]
    st.markdown(table(head, rows, numbers=[False, False, True, True], caption="Why it differs"),
                unsafe_allow_html=True)  # fmt: skip
    if not found.differences:
        return
    with st.expander(f"The rows that differ ({page.formats.number(len(found.differences))})"):
        lines = [[str(text) for text in _line(one)] for one in found.differences[:_SHOWN]]
        st.markdown(
            table(_HEAD, lines, numbers=[False] * 8 + [True, False], caption="Rows that differ"),
            unsafe_allow_html=True,
        )
        st.download_button("All of them (CSV)", _csv(found.differences), file_name="differences.csv",
                           mime="text/csv", key="differences", on_click="ignore")  # fmt: skip


def _line(one: Difference) -> tuple[object, ...]:
    effect = "" if one.effect is None else one.effect
    return (one.object, one.source_id, one.file, one.line, one.what, one.in_file, one.in_crm, one.reason,
            effect, one.currency)  # fmt: skip


def _csv(differences: Sequence[Difference]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEAD)
    writer.writerows([escape.csv(value) for value in _line(one)] for one in differences)
    return text.getvalue().encode("utf-8-sig")
