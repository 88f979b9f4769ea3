"""What a proof is narrowed to beyond the filters, and the list of all numbers where none is named."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from kpis import DEFINITIONS, DIMENSIONS
from ui.escape import html
from ui.links import link
from ui.names import members_in_words
from ui.page import Page


def narrowed(page: Page) -> None:
    """A chip for each thing that was clicked; a click on it takes it away."""
    view = page.view
    if not view.at and not view.bucket:
        return
    with st.container(key="narrowed", horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown("Narrowed to", width="content")
        for dimension, members in view.at:
            names = members_in_words(dimension, members, page.formats)
            rest = tuple(pair for pair in view.at if pair[0] != dimension)
            link("rows", f"{DIMENSIONS[dimension].label}: {', '.join(names)}  ✕", view.query(at=rest, page=1))
        if view.bucket:
            link("rows", f"{page.formats.period(view.bucket)}  ✕", view.query(bucket=None, page=1))


def numbers_to_choose_from(page: Page) -> None:
    """Every KPI with its sentence, by department."""
    for department, kpis in groupby(DEFINITIONS.values(), key=lambda kpi: kpi.department):
        st.header(department.capitalize(), anchor=False)
        with st.container(key=f"numbers-{department}"):
            for kpi in kpis:
                with st.container(key=f"figure-{kpi.key}", gap=None):
                    link("rows", kpi.label, page.view.overview(kpi=kpi.key))
                    st.markdown(f'<div class="why">{html(kpi.help)}</div>', unsafe_allow_html=True)
