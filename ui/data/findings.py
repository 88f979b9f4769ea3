"""What is wrong or missing in the data: how much of it, why it matters, and the very rows."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from crm_data import quality, reads
from crm_data.engine import CrmUnavailable, reported
from crm_data.quality import Counted, Finding
from kpis import DEFINITIONS
from ui import cache
from ui.escape import html
from ui.formats import Formats
from ui.links import href, link
from ui.page import Page
from ui.verdict import status_icon

_PER_PAGE = 25

#: Tables whose records have a page of their own: the page and its parameter.
_PAGES = {
    "accounts": ("customer", "account"),
    "contacts": ("contacts", "contact"),
    "cases": ("cases", "case"),
}


def findings(page: Page) -> None:
    """Each finding that has rows, the most first; those that have none in one line."""
    try:
        with st.spinner("Looking through the data"):
            counted = cache.quality(page.copy)
    except CrmUnavailable as problem:
        st.markdown(f'<div class="why">{html(problem)}</div>', unsafe_allow_html=True)
        return
    wrong = sorted((one for one in counted if one.n), key=lambda one: (not _stops(one.finding), -one.n))
    if wrong:
        st.markdown(_table(page, wrong), unsafe_allow_html=True)
    fine = [one.finding.title.lower() for one in counted if not one.n]
    if fine:
        words = html(f"None of these: {'; '.join(fine)}.")
        st.markdown(
            f'<div class="fine">{status_icon("good")}<span>{words}</span></div>', unsafe_allow_html=True
        )


def _stops(finding: Finding) -> bool:
    """The copy cannot follow while there are such rows."""
    return finding.key.startswith("rate-")


def _table(page: Page, counted: list[Counted]) -> str:
    lines = "".join(_line(page, one) for one in counted)
    number = ' class="number"'
    names = (("Finding", ""), ("Rows", number), ("Of all", number), ("Concerns", ""))
    head = "".join(f'<th scope="col"{kind}>{name}</th>' for name, kind in names)
    return (
        '<div class="table findings" role="region" tabindex="0" aria-label="Findings"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _line(page: Page, one: Counted) -> str:
    finding = one.finding
    where = html(href("data", {"finding": finding.key}))
    concerns = ", ".join(_proof(page, key) for key in finding.affects if key in DEFINITIONS)
    share = page.formats.percent(one.n / one.of) if one.of else ""
    return (
        f'<tr><th scope="row"><a href="{where}" target="_self">{html(finding.title)}</a>'
        f'<div class="why">{html(finding.why)}</div></th>'
        f'<td class="number"><a href="{where}" target="_self">{page.formats.number(one.n)}</a></td>'
        f'<td class="number">{html(share)}</td><td class="wraps">{concerns}</td></tr>'
    )


def _proof(page: Page, key: str) -> str:
    where = html(href("rows", page.view.prove(key)))
    return f'<a href="{where}" target="_self">{html(DEFINITIONS[key].label)}</a>'


def rows(page: Page, finding: Finding) -> None:
    """The rows of one finding, page by page, by their names in the CRM database."""
    engine, here = cache.crm(), page.view.page
    try:
        total = next(one.n for one in cache.quality(page.copy) if one.finding == finding)
        with reported(engine), engine.connect() as crm:
            keys = quality.rows(page.copy, crm, finding, offset=(here - 1) * _PER_PAGE, limit=_PER_PAGE)
            found = reads.records(crm, finding.table, keys)
    except CrmUnavailable as problem:
        st.markdown(f'<div class="why">{html(problem)}</div>', unsafe_allow_html=True)
        return
    link("data", "‹ All findings", {})
    st.header(finding.title, anchor=False)
    words = f"{page.formats.number(total)} rows. {finding.why}" if total else "No rows any more."
    st.markdown(f'<div class="why">{html(words)}</div>', unsafe_allow_html=True)
    if found:
        st.markdown(_records(page, finding, found), unsafe_allow_html=True)
    last = max(math.ceil(total / _PER_PAGE), 1)
    with st.container(key="paging", horizontal=True, vertical_alignment="center", width="content"):
        if here > 1:
            link("data", "‹ Previous", {"finding": finding.key, "page": str(here - 1)})
        if here < last:
            link("data", "Next ›", {"finding": finding.key, "page": str(here + 1)})


def _records(page: Page, finding: Finding, found: list[dict[str, Any]]) -> str:
    heads = [name for name in found[0] if name not in ("id", "title")]
    head = "".join(f'<th scope="col">{html(name)}</th>' for name in ("Record", *heads))
    lines = ""
    for record in found:
        cells = "".join(f"<td>{html(_text(record[name], page.formats))}</td>" for name in heads)
        title = html(record["title"] or f"No. {record['id']}")
        target, parameter = _PAGES.get(finding.table, ("", ""))
        if target and page.has(target):
            where = html(href(target, {parameter: str(record["id"])}))
            title = f'<a href="{where}" target="_self">{title}</a>'
        lines += f'<tr><th scope="row">{title}</th>{cells}</tr>'
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{html(finding.title)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _text(value: Any, formats: Formats) -> str:
    if value is None:
        return ""
    if hasattr(value, "year"):
        return formats.day(value)
    return formats.exact(value) if not isinstance(value, str | bool | int) else str(value)
