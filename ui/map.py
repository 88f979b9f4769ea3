"""Where in the world: countries as shapes, coloured by how much. A click names the country.

Vega-Lite draws the shapes that ship with the project on an equal-area projection. The browser fetches and
keeps the shapes by itself; a rerun sends only the numbers.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from kpis.answers import Reading
from kpis.model import Definition
from ui.charts import clicking, look
from ui.escape import html
from ui.formats import Formats
from ui.palette import Palette, palette
from ui.shapes import FILE, frame, shape_of

_ANTARCTICA = "010"


@dataclass(frozen=True)
class Place:
    """A country with a value. `step`: its class of colour."""

    code: str
    name: str
    value: float
    step: int


def classes(values: Sequence[float], most: int = 5) -> list[float]:
    """The upper bounds of classes that hold about equally many of the values; the last is the largest."""
    known = sorted(set(values))
    if len(known) <= most:
        return known
    return [known[(len(known) * (number + 1)) // most - 1] for number in range(most)]


def places(reading: Reading, formats: Formats) -> tuple[list[Place], list[float]]:
    """The countries that have a value above 0, largest first, and the bounds of their classes."""
    sized = [
        (str(cell.at["country"]), cell.value)
        for cell in reading.cells
        if cell.at["country"] is not None and cell.value is not None and cell.value > 0
    ]
    bounds = classes([value for _, value in sized])
    found = [
        Place(code, formats.member("country", code), value, bisect_left(bounds, value))
        for code, value in sorted(sized, key=lambda pair: -pair[1])
    ]
    return found, bounds


def country_map(kpi: Definition, reading: Reading, formats: Formats, *, key: str) -> str | None:
    """Draw map and legend. Gives the code of the country that was clicked, once."""
    colours = palette()
    found, bounds = places(reading, formats)
    with st.container(key=f"map-{key}"):
        event: Any = st.vega_lite_chart(
            spec=_spec(found, len(bounds), kpi, formats, colours),
            height="stretch",
            key=key,
            on_select="rerun",
            selection_mode="country",
            alt=f"{kpi.label} on a map of the world. The list beside it has the same numbers.",
        )
    st.markdown(_legend(found, bounds, kpi, formats, colours), unsafe_allow_html=True)
    clicked = event["selection"].get("country") or []
    code = clicked[0].get("code") if clicked else None
    return code if any(place.code == code for place in found) else None


def _spec(
    found: Sequence[Place], steps: int, kpi: Definition, formats: Formats, colours: Palette
) -> dict[str, Any]:
    values = [
        {
            "shape": shape_of(place.code),
            "code": place.code,
            "colour": shade(place.step, steps, colours),
            "said": f"{place.name}: {formats.value(kpi.unit, place.value)}",
        }
        for place in found
    ]
    base = st.get_option("server.baseUrlPath").strip("/")
    shown = frame(shape for place in found if (shape := shape_of(place.code)))
    scale = f"min(width / {shown.width:.4f}, height / {shown.height:.4f})"
    return {
        "data": {
            "url": "/" + "/".join(filter(None, (base, "app/static", FILE))),
            "format": {"type": "topojson", "feature": "countries"},
        },
        "transform": [
            {"filter": f"datum.id !== '{_ANTARCTICA}'"},
            {"calculate": "datum.id || datum.properties.name", "as": "shape"},
            {
                "lookup": "shape",
                "from": {"data": {"values": values}, "key": "shape", "fields": ["code", "colour", "said"]},
            },
            {"calculate": f"datum.colour || '{colours.land}'", "as": "fill"},
            {"calculate": "datum.said || datum.properties.name + ': none'", "as": "words"},
        ],
        "projection": {
            "type": "equalEarth",
            "rotate": [-shown.meridian, 0, 0],
            "scale": {"expr": scale},
            "translate": {"expr": f"[width / 2, height / 2 + {shown.middle:.4f} * {scale}]"},
        },
        "mark": {
            "type": "geoshape",
            "clip": True,
            "stroke": colours.paper,
            "strokeWidth": 0.6,
            "cursor": {"expr": "datum.code ? 'pointer' : 'default'"},
        },
        "params": clicking("country", "code", hover="shape"),
        "encoding": {
            "color": {"field": "fill", "type": "nominal", "scale": None},
            "stroke": {
                "condition": {"param": "near", "empty": False, "value": colours.ink},
                "value": colours.paper,
            },
            "tooltip": {"field": "words", "type": "nominal"},
            "description": {"field": "words", "type": "nominal"},
        },
        "padding": 0,
        "config": look(colours),
    }


def shade(step: int, steps: int, colours: Palette) -> str:
    """The class's colour; few classes use the ramp's whole width."""
    return (
        colours.ramp[-1] if steps == 1 else colours.ramp[round(step * (len(colours.ramp) - 1) / (steps - 1))]
    )


def _legend(
    found: Sequence[Place], bounds: Sequence[float], kpi: Definition, formats: Formats, colours: Palette
) -> str:
    """Each class with the least and greatest value in it."""
    boxes = []
    for step in range(len(bounds)):
        inside = [place.value for place in found if place.step == step]
        ends = (
            dict.fromkeys(formats.short(kpi.unit, end) for end in (min(inside), max(inside)))
            if inside
            else {}
        )
        if ends:
            boxes.append((shade(step, len(bounds), colours), " – ".join(ends)))
    boxes.append((colours.land, "none"))
    drawn = [f'<span><i style="background:{colour}"></i>{html(text)}</span>' for colour, text in boxes]
    small = [place.name for place in found if shape_of(place.code) is None]
    if small:
        more = f" and {len(small) - 3} more" if len(small) > 3 else ""
        drawn.append(f"<span>Too small to draw: {html(', '.join(small[:3]) + more)}</span>")
    return f'<div class="legend">{"".join(drawn)}</div>'
