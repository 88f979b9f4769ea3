"""The strip that says which tiles are out of band, worst first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kpis import DEFINITIONS
from kpis.answers import Reading
from kpis.model import Better
from ui.formats import Formats
from ui.links import link
from ui.verdict import status_icon
from ui.view import View


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


def strip(readings: Sequence[Reading], view: View, formats: Formats) -> None:
    """One line per tile out of band, each leading to its proof; a calm line where there is none."""
    worst = out_of_band(readings)
    if not worst:
        judged = sum(one.status not in ("none", "unsure") for one in readings)
        if judged:
            words = f"No tile is out of its band; {judged} of {len(readings)} can be judged."
            st.markdown(
                f'<div class="calm">{status_icon("good")}<span>{words}</span></div>', unsafe_allow_html=True
            )
        return
    with st.container(key="alerts", horizontal=True, gap="small", vertical_alignment="center"):
        many = "1 needs attention" if len(worst) == 1 else f"{len(worst)} need attention"
        st.markdown(
            f'<b class="attention">{status_icon("bad")}{many}</b>', unsafe_allow_html=True, width="content"
        )
        for reading in worst:
            with st.container(key=f"alert-{reading.key}", width="content"):
                link("rows", sentence(reading, formats), view.prove(reading.key))


def _distance(reading: Reading) -> float:
    goal, value = reading.goal, reading.value
    if goal is None or value is None:
        return 0.0
    limit = goal.target if goal.floor is None else goal.floor
    width = abs(goal.target - limit) or abs(limit) / 10 or 1.0
    return abs(value - limit) / width
