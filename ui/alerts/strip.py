"""The strip on every page: open alerts, and on the Overview also the tiles out of their band."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crm_data.alerts import Event
from kpis import DEFINITIONS
from kpis.alerts import words
from kpis.answers import Reading
from kpis.model import Better
from ui import cache
from ui.alerts.words import named, proof, told
from ui.formats import Formats
from ui.links import Query, link
from ui.page import Page
from ui.verdict import status_icon

_SHOWN = 4
_NAMED = 2  # members of one rule

#: Its key on the page, the page it leads to, what it says, and the parameters.
Item = tuple[str, str, str, Query]


def out_of_band(readings: Sequence[Reading]) -> list[Reading]:
    """The readings beyond their floor, those furthest beyond first (in widths of their band)."""
    return sorted((one for one in readings if one.status == "bad"), key=_distance, reverse=True)


def sentence(reading: Reading, formats: Formats) -> str:
    """Churn rate is 9.1%, above its limit of 8.0%."""
    kpi, goal = DEFINITIONS[reading.key], reading.goal
    assert goal is not None
    limit = goal.target if goal.floor is None else goal.floor
    side = "above its limit of" if kpi.better is Better.DOWN else "below its floor of"
    return f"{kpi.label} is {formats.short(kpi.unit, reading.value)}, {side} {formats.short(kpi.unit, limit)}"


def strip(page: Page, readings: Sequence[Reading] = ()) -> None:
    """One line: what needs attention, each leading to its proof. Asks nothing: alerts are read as stored."""
    events = cache.open_alerts(page.copy)
    waiting = [event for event in events if event.state == "open"]
    known = sum(event.state == "acknowledged" for event in events)
    worst = out_of_band(readings)
    shown = [_tile(one, page) for one in worst]
    shown += [_item(several, page) for several in _by_rule(waiting)]
    if shown:
        _needing(shown, known, len(worst) + len(waiting))
    elif known:
        _known(known)
    elif readings:
        _calm(readings)


def _tile(one: Reading, page: Page) -> Item:
    return f"tile-{one.key}", "rows", sentence(one, page.formats), page.view.prove(one.key)


def _by_rule(events: list[Event]) -> list[list[Event]]:
    found: dict[int, list[Event]] = {}
    for event in events:
        found.setdefault(event.rule_id, []).append(event)
    return list(found.values())


def _item(several: list[Event], page: Page) -> Item:
    """One alert with its numbers and its proof; several of one rule by name, all of them on the page."""
    first = several[0]
    if len(several) == 1:
        return f"event-{first.id}", "rows", told(first, page.formats), proof(first, page.view)
    names = [words.who(one.dimension, one.cause, named(page.formats)) for one in several]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"rule-{first.rule_id}", "alerts", f"{first.rule_name}: {', '.join(names[:_NAMED])}{more}", {}


def _needing(shown: list[Item], known: int, many: int) -> None:
    with st.container(key="alerts", horizontal=True, gap="small", vertical_alignment="center"):
        attention = "1 needs attention" if many == 1 else f"{many} need attention"
        st.markdown(
            f'<b class="attention">{status_icon("bad")}{attention}</b>',
            unsafe_allow_html=True,
            width="content",
        )
        for key, target, told_of_it, query in shown[:_SHOWN]:
            with st.container(key=f"alert-{key}", width="content"):
                link(target, told_of_it, query)
        more = [f"{len(shown) - _SHOWN} more"] if len(shown) > _SHOWN else []
        more += [f"{known} acknowledged"] if known else []
        with st.container(key="alert-all", width="content"):
            link("alerts", ", ".join(more) or "All alerts", {})


def _known(known: int) -> None:
    with st.container(key="alerts-known"):
        link("alerts", f"{known} acknowledged {'alert' if known == 1 else 'alerts'}", {})


def _calm(readings: Sequence[Reading]) -> None:
    judged = sum(one.status not in ("none", "unsure") for one in readings)
    if judged:
        words = f"No tile is out of its band; {judged} of {len(readings)} can be judged."
        st.markdown(
            f'<div class="calm">{status_icon("good")}<span>{words}</span></div>', unsafe_allow_html=True
        )


def _distance(reading: Reading) -> float:
    goal, value = reading.goal, reading.value
    if goal is None or value is None:
        return 0.0
    limit = goal.target if goal.floor is None else goal.floor
    width = abs(goal.target - limit) or abs(limit) / 10 or 1.0
    return abs(value - limit) / width
