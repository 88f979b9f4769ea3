"""The alerts that go on, and what a person can do about each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from crm_data.alerts import Event, Overtaken, set_state
from crm_data.edits import actor
from crm_data.engine import CrmUnavailable, reported
from kpis.alerts import words
from kpis.period import Period
from ui import cache
from ui.alerts.words import figure, moment, proof, title
from ui.escape import html, markdown
from ui.links import link
from ui.page import Page
from ui.verdict import status_icon

_SAID = "alerts-said"  # what went wrong with the last click
_SNOOZES = {"1 day": 1, "1 week": 7, "4 weeks": 28}
_ICONS = {"open": "bad", "acknowledged": "near", "snoozed": "unsure"}


def opened(page: Page) -> None:
    """A card for each alert, those that wait for somebody first."""
    problem = st.session_state.pop(_SAID, None)
    if problem:
        st.warning(markdown(problem))
    events = cache.open_alerts(page.copy)
    if not events:
        icon = status_icon("good")
        st.markdown(f'<div class="calm">{icon}<span>No alert is open.</span></div>', unsafe_allow_html=True)
        return
    with st.container(key="opened"):
        for event in events:
            with st.container(border=True, key=f"card-alert-{event.id}", gap="xsmall"):
                link("rows", title(event, page.formats), proof(event, page.view))
                st.markdown(_drawn(event, page), unsafe_allow_html=True)
                _buttons(event, page)


def _drawn(event: Event, page: Page) -> str:
    formats, zone = page.formats, page.copy.organisation.zone
    look = _ICONS[event.state]
    state = f'<span class="{look}">{status_icon(look)} {html(_state(event, page))}</span>'
    rows = "" if event.n is None else f" · {formats.number(event.n)} rows"
    window = formats.period(Period(event.start, event.end))
    was = words.number(formats, event.kpi, "level", event.value)
    first = f" · {was} when it fired" if event.basis == "level" and event.value != event.latest else ""
    return (
        f'<div class="alerted"><div class="big">{html(figure(event, formats))}</div>'
        f"<div>Limit: {html(words.limit(formats, event))}</div>"
        f'<div class="over">{html(window)}{html(rows)}</div>'
        f'<div class="over">Since {html(moment(event.fired_at, zone, formats))}{html(first)}</div>'
        f'<div class="word">{state}</div></div>'
    )


def _state(event: Event, page: Page) -> str:
    if event.state == "open":
        return "Open"
    by = f" by {event.who}" if event.who else ""
    zone = page.copy.organisation.zone
    at = f", {moment(event.state_at, zone, page.formats)}" if event.state_at else ""
    if event.state == "snoozed" and event.snoozed_until:
        return f"Snoozed until {moment(event.snoozed_until, zone, page.formats)}{by}"
    return f"{event.state.capitalize()}{by}{at}"


def _buttons(event: Event, page: Page) -> None:
    with st.container(key=f"acts-{event.id}", horizontal=True, gap="xsmall"):
        if event.state == "open":
            _button(event, page, "Acknowledge", "acknowledged")
            with st.popover("Snooze", key=f"snooze-{event.id}"):
                for label, days in _SNOOZES.items():
                    _button(event, page, label, "snoozed", days)
        else:
            _button(event, page, "Open again", "open")
        _button(event, page, "Resolve", "resolved")


def _button(event: Event, page: Page, label: str, state: str, days: int | None = None) -> None:
    st.button(
        label,
        key=f"act-{event.id}-{state}-{days or ''}",
        on_click=_act,
        args=(event.id, state, actor(), event.state, days),
    )


def _act(event_id: int, state: str, actor: str, seen: str, days: int | None) -> None:
    """A callback: it runs before the script, so that the page is drawn with what came of it."""
    until = datetime.now(UTC) + timedelta(days=days) if days else None
    engine = cache.crm()
    try:
        with reported(engine):
            set_state(engine, event_id, state, actor, seen=seen, until=until)
    except (Overtaken, CrmUnavailable) as problem:
        st.session_state[_SAID] = str(problem)
    cache.alerts_changed()
