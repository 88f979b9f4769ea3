"""Groups of customers that a chart of the Customers page stands for, and the list of who is in one.

A group is named in the URL: `rfm-5-4`, `rfm-Champions`, `cohort-2025m01m01-2025m04m01-91`, `site-20-29-m1`:
an m is a minus.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from kpis import Period, cohorts, rfm, sites
from kpis.model import Unit
from ui import cache
from ui.accounts import account_links
from ui.links import Query, link
from ui.page import Page
from ui.paging import PER_PAGE, paging
from ui.table import Linked, table

Cells = list[list[str | Linked]]


@dataclass(frozen=True)
class Listed:
    """A page of a group: what it is in words, its size, and its customers as lines of a table."""

    words: str
    total: int
    head: tuple[str, ...]
    rows: Cells
    numbers: tuple[bool, ...]


def group_query(page: Page, *parts: object) -> Query:
    """The parameters of a link to the list of a group."""
    return page.view.overview(report="-".join(str(part).replace("-", "m") for part in parts))


def shows_group(page: Page) -> bool:
    """List the group that the URL names; False where it names none."""
    report = page.view.report
    found = listed(page, report) if report else None
    if found is None:
        return False
    link("customers", "‹ Customers", page.view.overview())
    st.header(found.words, anchor=False)
    if not found.rows:
        st.markdown('<div class="why">No customers.</div>', unsafe_allow_html=True)
    else:
        shown = table(found.head, found.rows, numbers=found.numbers, caption="Customers")
        st.markdown(shown, unsafe_allow_html=True)
        paging("customers", page, found.total)
    return True


def listed(page: Page, report: str) -> Listed | None:
    """What the URL names, at the page that the view is on; None where it makes no sense."""
    kind, *parts = report.split("-")
    read = {"rfm": _rfm, "cohort": _cohort, "site": _site}.get(kind)
    try:
        return (
            read(page, [part if kind == "rfm" else part.replace("m", "-") for part in parts])
            if read
            else None
        )
    except (ValueError, IndexError, OverflowError):
        return None


def _rfm(page: Page, parts: list[str]) -> Listed | None:
    if len(parts) == 1 and parts[0] in rfm.NAMES:
        squares = [one for one in _squares() if rfm.name_of(one) == parts[0]]
        words = parts[0]
    elif len(parts) == 2 and (square := (int(parts[0]), int(parts[1]))) in _squares():
        squares, words = [square], f"{rfm.name_of(square)}: recency {parts[0]}, value {parts[1]}"
    else:
        return None
    total, found = cache.derived(
        page.copy, rfm.customers, page.question(()), tuple(squares), _offset(page), PER_PAGE
    )
    formats = page.formats
    rows: Cells = [
        [
            name,
            formats.day(one.last),
            formats.number(one.purchases),
            formats.value(Unit.MONEY, one.cents / 100),
            " · ".join(map(str, one.classes)),
        ]
        for name, one in zip(account_links(page, [one.account for one in found]), found, strict=True)
    ]
    head = ("Account", "Last purchase", "Purchases", "Bought", "Recency · frequency · value")
    return Listed(
        f"{words}: {formats.number(total)} customers", total, head, rows, (False, False, True, True, True)
    )


def _squares() -> list[rfm.Square]:
    return [(recency, worth) for recency in range(1, 6) for worth in range(1, 6)]


def _cohort(page: Page, parts: list[str]) -> Listed | None:
    start, end, days = parts[0], parts[1], int(parts[2])
    cohort = Period(date.fromisoformat(start), date.fromisoformat(end))
    if days not in cohorts.DAYS:
        return None
    question = page.question(())
    total, found = cache.derived(page.copy, cohorts.members, question, cohort, days, _offset(page), PER_PAGE)
    rows: Cells = [
        [
            name,
            page.formats.day(one.first),
            "1" if one.kept else "0",
            page.formats.day(one.lost) if one.lost else "",
        ]
        for name, one in zip(account_links(page, [one.account for one in found]), found, strict=True)
    ]
    months = round(days / 30.4375)
    words = f"First bought {page.formats.period(cohort)}: still customers after {months} months"
    head = ("Account", "First purchase", "Counts for", "Lost before on")
    return Listed(
        f"{words}, {page.formats.number(total)} in all", total, head, rows, (False, False, True, False)
    )


def _site(page: Page, parts: list[str]) -> Listed | None:
    wide, row, place = map(int, parts)
    if wide not in sites.WIDTHS or max(abs(row), abs(place)) > sites.FARTHEST:
        return None
    question = page.question(())
    total, found = cache.derived(
        page.copy, sites.accounts, question, wide, (row, place), _offset(page), PER_PAGE
    )
    rows: Cells = [
        [name, "" if cents is None else page.formats.value(Unit.MONEY, cents / 100)]
        for name, (_, cents) in zip(account_links(page, [key for key, _ in found]), found, strict=True)
    ]
    middle = sites.middle(wide, (row, place))
    words = f"Near {_degrees(middle[0], 'N', 'S')}, {_degrees(middle[1], 'E', 'W')}"
    head = ("Account", "Pays a month")
    return Listed(f"{words}: {page.formats.number(total)} customers", total, head, rows, (False, True))


def _degrees(angle: float, positive: str, negative: str) -> str:
    return f"{abs(angle):.1f}° {positive if angle >= 0 else negative}"


def _offset(page: Page) -> int:
    return (page.view.page - 1) * PER_PAGE
