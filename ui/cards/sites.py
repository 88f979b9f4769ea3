"""Customers on the map: a column for each part of the land that has some, as high as they are many."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

import pydeck
import streamlit as st

from crm_data.engine import CrmUnavailable, reported
from crm_data.profile import cities
from kpis import Question
from kpis.model import Unit
from kpis.sites import Site, sites
from ui import cache
from ui.bars import Line, lines
from ui.cards.card import Answers, framed, name, why
from ui.escape import html
from ui.groups import group_query
from ui.links import go, href
from ui.map import classes, shade
from ui.page import Page
from ui.palette import palette

_LAYER = "customers"
_LAND = "app/static/geo/land-110m.geojson"
_TOP = 10


@dataclass(frozen=True)
class Sites:
    """A map of columns that are clicked, and beside it the fullest places as a list."""

    title: str = "Where customers are"

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {}

    def draw(self, page: Page, answers: Answers) -> None:
        cell = None
        with framed(self, self.title, page.view.prove("active_customers")):
            found = cache.derived(page.copy, sites, page.question(()))
            if not found.found:
                why("No customer of this selection has a known position.")
                return
            with st.container(key=f"world-{name(self)}"):
                names = _cities(found.found)
                cell = _map(page, found.found, found.wide, names, key=f"columns-{name(self)}")
                drawn = lines(_places(page, found.found, found.wide, names), self.title)
                st.markdown(drawn, unsafe_allow_html=True)
            note = (
                "Height and colour: customers at the end of the period. Positions are known to some ten "
                "kilometres."
            )
            if found.nowhere:
                note += f" {page.formats.number(found.nowhere)} customers without a known position."
            st.markdown(f'<div class="note">{html(note)}</div>', unsafe_allow_html=True)
        if cell:
            go("customers", group_query(page, "site", found.wide, *cell))


_NAMED = 400  # cells whose city is looked up; the emptiest of more go by their position


def _cities(found: Sequence[Site]) -> dict[int, str]:
    """By account. While the CRM database cannot be read there are none."""
    engine = cache.crm()
    try:
        with reported(engine), engine.connect() as crm:
            return cities(crm, [site.example for site in found[:_NAMED]])
    except CrmUnavailable:
        return {}


def _words(site: Site, names: Mapping[int, str]) -> str:
    """Around a city, or a position."""
    if site.example in names:
        return f"Around {names[site.example]}"
    latitude = f"{abs(site.latitude):.0f}° {'N' if site.latitude >= 0 else 'S'}"
    return f"{latitude} {abs(site.longitude):.0f}° {'E' if site.longitude >= 0 else 'W'}"


def _places(page: Page, found: Sequence[Site], wide: int, names: Mapping[int, str]) -> list[Line]:
    total = sum(site.customers for site in found)
    return [
        Line(
            name=_words(site, names),
            number=html(page.formats.number(site.customers)),
            beside=html(page.formats.percent(site.customers / total)),
            moved=html(page.formats.short(Unit.MONEY, site.cents / 100)),
            bar=site.customers / found[0].customers,
            href=href("customers", group_query(page, "site", wide, *site.cell)),
        )
        for site in found[:_TOP]
    ]


def _map(
    page: Page, found: Sequence[Site], wide: int, names: Mapping[int, str], *, key: str
) -> tuple[int, int] | None:
    """Draw it. Gives the cell that was clicked, once."""
    colours = palette()
    bounds = classes([site.customers for site in found])
    data = [
        {
            "row": site.cell[0],
            "place": site.cell[1],
            "at": [site.longitude, site.latitude],
            "customers": site.customers,
            "colour": _rgb(shade(bisect_left(bounds, site.customers), len(bounds), colours)),
            "said": f"{_words(site, names)}: {page.formats.number(site.customers)} customers",
        }
        for site in found
    ]
    base = st.get_option("server.baseUrlPath").strip("/")
    layers = [
        pydeck.Layer(
            "GeoJsonLayer",
            id="land",
            data="/" + "/".join(filter(None, (base, _LAND))),
            get_fill_color=_rgb(colours.land),
            get_line_color=_rgb(colours.line),
            line_width_min_pixels=0.5,
            pickable=False,
        ),
        pydeck.Layer(
            "ColumnLayer",
            id=_LAYER,
            data=data,
            get_position="at",
            get_elevation="customers",
            elevation_scale=1_400_000 / max(site.customers for site in found) * wide / 20,
            radius=wide / 10 * 111_000 * 0.42,
            disk_resolution=6,
            get_fill_color="colour",
            pickable=True,
            auto_highlight=True,
        ),
    ]
    deck = pydeck.Deck(
        layers=layers,
        initial_view_state=_look_at(found),
        map_provider=None,
        tooltip={"text": "{said}"},
    )
    with st.container(key=f"map-{key}"):
        event: Any = st.pydeck_chart(
            deck, height=420, key=key, on_select="rerun", selection_mode="single-object"
        )
    objects = (event["selection"].get("objects") or {}).get(_LAYER) or []
    if not objects:
        return None
    return int(objects[0]["row"]), int(objects[0]["place"])


def _look_at(found: Sequence[Site]) -> pydeck.ViewState:
    """From the south, far enough away to see all columns."""
    west, east = min(site.longitude for site in found), max(site.longitude for site in found)
    south, north = min(site.latitude for site in found), max(site.latitude for site in found)
    span = max(east - west, (north - south) * 1.8, 4.0)
    return pydeck.ViewState(
        longitude=(west + east) / 2,
        latitude=(south + north) / 2,
        zoom=max(log2(360 / span) + 0.35, 0.6),
        pitch=35,
        bearing=0,
    )


def _rgb(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
