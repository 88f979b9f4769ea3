"""A number by place, and who it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from kpis import DEFINITIONS
from kpis.answers import Reading
from ui.escape import html
from ui.links import Entry, link, linked_list
from ui.map import country_map
from ui.page import Page
from ui.palette import palette
from ui.pie import Pie, colouring, pie, ranked
from ui.verdict import is_total

Answers = Mapping[str, Sequence[Reading]]
_SHOWN = 8  # countries in the list


def where_from(page: Page, countries: Reading, regions: Reading, title: str, *, key: str) -> None:
    """A KPI on the map, by region and by country."""
    kpi = DEFINITIONS[countries.key]
    with st.container(border=True, key=f"card-{key}", gap="xsmall"):
        link("rows", title, page.view.prove(kpi.key))
        if countries.value is None or not countries.cells:
            st.markdown(
                f'<div class="why">{html(countries.why or "No values.")}</div>', unsafe_allow_html=True
            )
            return
        with st.container(key=f"world-{key}"):
            st.markdown(country_map(kpi, countries, page.view, page.formats), unsafe_allow_html=True)
            with st.container(key=f"places-{key}"):
                _list(page, regions, "region", "Regions")
                _list(page, countries, "country", "Countries")


def who_from(page: Page, answers: Answers) -> None:
    """Revenue and customers by segment; a segment has the same colour in both."""
    pairs = (
        (answers["revenue by segment"][0], "Revenue won by segment"),
        (answers["customers by segment"][0], "Active customers by segment"),
    )
    members = (member for reading, _ in pairs for member, _ in ranked(reading.cells, "segment"))
    coloured = colouring(members, palette())
    with st.container(key="pies"):
        for reading, title in pairs:
            with st.container(border=True, key=f"card-pie-{reading.key}", gap="xsmall"):
                link("rows", title, page.view.prove(reading.key))
                shown = Pie(DEFINITIONS[reading.key], reading, "segment", coloured)
                pie(shown, page.view, page.formats)


def _list(page: Page, reading: Reading, dimension: str, title: str) -> None:
    """The largest members with a bar each; the others are behind a button."""
    sized = ranked(reading.cells, dimension)
    if not sized:
        return
    entries = [_entry(page, reading, dimension, member, value, sized[0][1]) for member, value in sized]
    largest = linked_list(entries[:_SHOWN], key=f"{dimension}-{reading.key}")
    st.markdown(f'<div class="over">{title}</div>{largest}', unsafe_allow_html=True)
    if entries[_SHOWN:]:
        with st.popover(f"{len(entries) - _SHOWN} more", type="tertiary"):
            rest = linked_list(entries[_SHOWN:], key=f"{dimension}-{reading.key}-rest")
            st.markdown(rest, unsafe_allow_html=True)


def _entry(
    page: Page, reading: Reading, dimension: str, member: object, value: float, largest: float
) -> Entry:
    kpi = DEFINITIONS[reading.key]
    return Entry(
        name=page.formats.member(dimension, member),
        number=page.formats.short(kpi.unit, value),
        share=page.formats.percent(value / (reading.value or value)) if is_total(kpi) else "",
        bar=value / largest,
        query=page.view.prove(kpi.key, dimension, (member,)),
    )
