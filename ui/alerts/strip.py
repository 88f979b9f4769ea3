"""The strip on every page: open alerts, and on the Overview also the tiles out of their band."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpis import DEFINITIONS
from kpis.answers import Reading
from kpis.model import Better
from ui import cache
from ui.alerts.words import proof, told
from ui.formats import Formats
from ui.links import Query, link
from ui.page import Page
from ui.verdict import status_icon

_SHOWN = 4


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
    shown = [(f"tile-{one.key}", sentence(one, page.formats), page.view.prove(one.key)) for one in worst]
    shown += [(f"event-{one.id}", told(one, page.formats), proof(one, page.view)) for one in waiting]
    if shown:
        _needing(shown, known)
    elif known:
        _known(known)
    elif readings:
        _calm(readings)


def _needing(shown: list[tuple[str, str, Query]], known: int) -> None:
    with st.container(key="alerts", horizontal=True, gap="small", vertical_alignment="center"):
        many = "1 needs attention" if len(shown) == 1 else f"{len(shown)} need attention"
        st.markdown(
            f'<b class="attention">{status_icon("bad")}{many}</b>', unsafe_allow_html=True, width="content"
        )
        for key, words, query in shown[:_SHOWN]:
            with st.container(key=f"alert-{key}", width="content"):
                link("rows", words, query)
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
