"""The rules: on or off, changed, deleted and brought back. And the alerts that are over."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from crm_data.alerts import Event, Overtaken, Rule, delete, history, read_rules, restore, switch
from crm_data.edits import actor
from crm_data.engine import CrmUnavailable, reported
from kpis.alerts import problem, words
from kpis.period import Period
from ui import cache
from ui.alerts.words import condition, moment, title
from ui.escape import html, markdown
from ui.links import link
from ui.page import Page
from ui.table import table

_DELETED = "alerts-deleted"  # (key, name) of the rule that was deleted last
_SAID = "alerts-said"
_PAST = 25


def rules(page: Page) -> None:
    """A line for each rule. The last one that was deleted can be brought back."""
    _deleted(page)
    engine = cache.crm()
    with reported(engine), engine.connect() as crm:
        known = read_rules(crm)
    if not known:
        st.markdown('<div class="why">No rule yet.</div>', unsafe_allow_html=True)
    for rule in known:
        with st.container(key=f"rule-{rule.id}", horizontal=True, vertical_alignment="center", gap="small"):
            _line(rule, page)


def _line(rule: Rule, page: Page) -> None:
    key = f"on-{rule.id}"
    st.session_state[key] = rule.active
    st.toggle(
        f"{markdown(rule.name)} is on",
        key=key,
        label_visibility="collapsed",
        on_change=_switch,
        args=(rule.id, rule.active, actor()),
        width="content",
    )
    why = problem(rule)
    said = condition(rule, page.formats) + (f". It says nothing: {why}" if why else "")
    st.markdown(
        f'<div class="rule{"" if rule.active else " off"}"><b>{html(rule.name)}</b>'
        f'<span class="over">{html(said)}</span></div>',
        unsafe_allow_html=True,
        width="stretch",
    )
    link("alerts", "Edit", {"rule": str(rule.id)})
    st.button(
        "Delete",
        key=f"delete-{rule.id}",
        help=f"Delete {markdown(rule.name)}",
        on_click=_delete,
        args=(rule.id, rule.name, actor()),
    )


def _deleted(page: Page) -> None:
    gone = st.session_state.get(_DELETED)
    if gone:
        with st.container(key="undo", horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"Deleted the rule **{markdown(gone[1])}**.", width="content")
            st.button("Undo", key="undo-delete", on_click=_restore, args=(gone[0], actor()))


def _switch(rule_id: int, drawn: bool, actor: str) -> None:
    """A browser may report a switch that nobody has moved, long after somebody else has."""
    on = bool(st.session_state[f"on-{rule_id}"])
    if on != drawn:
        _write(lambda: switch(cache.crm(), rule_id, on, actor))


def _delete(rule_id: int, name: str, actor: str) -> None:
    if _write(lambda: delete(cache.crm(), rule_id, actor)):
        st.session_state[_DELETED] = (rule_id, name)


def _restore(rule_id: int, actor: str) -> None:
    if _write(lambda: restore(cache.crm(), rule_id, actor)):
        st.session_state.pop(_DELETED, None)


def _write(change: Callable[[], object]) -> bool:
    """Whether it was done; if not, the page says why."""
    try:
        with reported(cache.crm()):
            change()
    except (Overtaken, CrmUnavailable) as why:
        st.session_state[_SAID] = str(why)
        return False
    finally:
        cache.alerts_changed()
    return True


def past(page: Page) -> None:
    """The alerts that are over or resolved, the latest first, page by page."""
    engine = cache.crm()
    with reported(engine), engine.connect() as crm:
        found, total = history(crm, offset=(page.view.page - 1) * _PAST, limit=_PAST)
    if not found:
        st.markdown('<div class="why">No alert is over yet.</div>', unsafe_allow_html=True)
        return
    head = ["Alert", "Value", "Limit", "Window", "Fired", "Ended", "How"]
    rows = [_row(event, page) for event in found]
    numbers = [name == "Value" for name in head]
    st.markdown(table(head, rows, numbers=numbers, caption="Past alerts"), unsafe_allow_html=True)
    with st.container(key="paging", horizontal=True, width="content"):
        if page.view.page > 1:
            link("alerts", "‹ Later", {"page": str(page.view.page - 1)})
        if total > page.view.page * _PAST:
            link("alerts", "Earlier ›", {"page": str(page.view.page + 1)})


def _row(event: Event, page: Page) -> list[str]:
    formats, zone = page.formats, page.copy.organisation.zone
    fired = event.value if event.basis == "level" else words.change(event.value, event.compared)
    by = f" by {event.who}" if event.who else ""
    ended = event.cleared_at or event.state_at
    how = event.ended if event.ended and event.who == "alert rules" else f"{event.state}{by}"
    if not event.cleared_at:
        how += ", still beyond its limit"
    return [
        title(event, formats),
        words.number(formats, event.kpi, event.basis, fired),
        words.limit(formats, event),
        formats.period(Period(event.start, event.end)),
        moment(event.fired_at, zone, formats),
        moment(ended, zone, formats) if ended else "",
        how,
    ]
