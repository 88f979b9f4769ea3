"""The row of plain figures: label, value, change."""

from __future__ import annotations

import streamlit as st

from kpis import DEFINITIONS
from kpis.answers import Reading
from ui.escape import html
from ui.formats import Formats
from ui.links import link
from ui.verdict import Change, moved_mark
from ui.view import View


def figure(reading: Reading, moved: Change | None, view: View, formats: Formats) -> None:
    """One figure; all of it leads to its proof."""
    kpi = DEFINITIONS[reading.key]
    with st.container(key=f"figure-{reading.key}", gap=None):
        link("rows", kpi.label, view.prove(kpi.key))
        st.markdown(_drawn(reading, moved, formats.short(kpi.unit, reading.value)), unsafe_allow_html=True)


def _drawn(reading: Reading, moved: Change | None, value: str) -> str:
    below = ""
    if reading.value is None:
        below = f'<div class="why">{html(reading.why or "No value.")}</div>'
    elif moved:
        below = f'<div class="foot">{moved_mark(moved)}</div>'
    return f'<div class="figure"><div class="big">{html(value)}</div>{below}</div>'
