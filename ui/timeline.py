"""Everything that happened with an account, newest first, in pages."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crm_data.timeline import Event
from ui.escape import html
from ui.links import href
from ui.page import Page
from ui.paging import PER_PAGE, paging
from ui.profile import money


def timeline(page: Page, events: Sequence[Event], total: int) -> None:
    if not events:
        st.markdown('<div class="why">Nothing has happened yet.</div>', unsafe_allow_html=True)
        return
    drawn, before = [], None
    for event in events:
        day = page.formats.day(event.day)
        drawn.append(_line(page, event, day if day != before else ""))
        before = day
    st.markdown(f'<ol class="timeline">{"".join(drawn)}</ol>', unsafe_allow_html=True)
    paging("customer", page, total, PER_PAGE)


def _line(page: Page, event: Event, day: str) -> str:
    kind = event.kind[:1].upper() + event.kind[1:]
    text = html(event.text or "")
    record = ("cases", {"case": event.case}) if event.case else ("contacts", {"contact": event.contact})
    if any(record[1].values()) and page.has(record[0]):
        where = html(href(record[0], page.view.overview(**record[1])))
        text = f'<a href="{where}" target="_self">{text or html(kind)}</a>'
    amount = html(money(page.formats, event.amount, event.currency))
    clock = f"{event.at:%H:%M}" if event.at else ""
    return (
        f'<li><span class="day">{html(day)}</span><span class="clock">{clock}</span>'
        f'<b>{html(kind)}</b><span class="text">{text}</span><span class="number">{amount}</span></li>'
    )
