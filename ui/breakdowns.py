"""The lower half of the Overview: revenue by place, and who it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from kpis import catalog
from kpis.answers import Reading
from ui.links import Entry, go, link, linked_list
from ui.map import country_map
from ui.pie import pie
from ui.shell import Page

Answers = Mapping[str, Sequence[Reading]]
_SHOWN = 8  # countries in the list


def where_from(page: Page, answers: Answers) -> None:
    """Revenue on the map, by region and by country."""
    kpi = catalog["revenue_won"]
    countries, regions = answers["countries"][0], answers["regions"][0]
    with st.container(border=True, key="card-map", gap="xsmall"):
        link("rows", "Revenue won by country", page.view.prove(kpi.key))
        with st.container(key="world"):
            with st.container(key="globe"):
                code = country_map(kpi, countries, page.formats, key="countries")
            with st.container(key="places"):
                _list(page, regions, "region", "Regions")
                _list(page, countries, "country", "Countries")
    if code:
        go("rows", page.view.prove(kpi.key, "country", (code,)))


def who_from(page: Page, answers: Answers) -> None:
    """Revenue and customers by segment."""
    with st.container(key="pies"):
        for name, title in (
            ("revenue by segment", "Revenue won by segment"),
            ("customers by segment", "Active customers by segment"),
        ):
            reading = answers[name][0]
            with st.container(border=True, key=f"card-pie-{reading.key}", gap="xsmall"):
                link("rows", title, page.view.prove(reading.key))
                members = pie(
                    catalog[reading.key],
                    reading,
                    "segment",
                    page.view,
                    page.formats,
                    key=f"segment-{reading.key}",
                )
            if members:
                go("rows", page.view.prove(reading.key, "segment", members))


def _list(page: Page, reading: Reading, dimension: str, title: str) -> None:
    """The largest members with a bar each, and how many more there are."""
    kpi = catalog[reading.key]
    cells = sorted((cell for cell in reading.cells if cell.value), key=lambda cell: -(cell.value or 0))
    if not cells:
        return
    most, whole = cells[0].value or 1.0, reading.value or 1.0
    st.markdown(f'<div class="over">{title}</div>', unsafe_allow_html=True)
    linked_list(
        [
            Entry(
                name=page.formats.member(dimension, cell.at[dimension]),
                number=page.formats.short(kpi.unit, cell.value),
                share=page.formats.percent((cell.value or 0) / whole),
                bar=(cell.value or 0) / most,
                query=page.view.prove(kpi.key, dimension, (cell.at[dimension],)),
            )
            for cell in cells[:_SHOWN]
        ],
        key=f"{dimension}-{reading.key}",
    )
    if len(cells) > _SHOWN:
        st.caption(f"and {len(cells) - _SHOWN} more")
