"""Parts of a whole: a ring of at most six slices, and a list of them that is linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import streamlit as st

from kpis.answers import Cell, Reading
from kpis.dimensions import DIMENSIONS
from kpis.model import Definition
from ui.charts import PADDING, clicking, look
from ui.escape import html
from ui.formats import Formats
from ui.links import Entry, linked_list
from ui.palette import Palette, palette
from ui.view import View

MOST = 6
_HEIGHT = 190


@dataclass(frozen=True)
class Slice:
    """One or, for the rest, several members of the dimension."""

    name: str
    members: tuple[object, ...]
    value: float
    colour: str


def ranked(cells: Sequence[Cell], dimension: str) -> list[tuple[object, float]]:
    """The members that have a size, largest first."""
    sized = [(cell.at[dimension], cell.value) for cell in cells if cell.value is not None and cell.value > 0]
    return sorted(sized, key=lambda pair: -pair[1])


def colouring(members: Iterable[object], colours: Palette) -> dict[object, str]:
    """A colour for each of the first members, so that one has the same in all pies of a page."""
    return dict(zip(dict.fromkeys(members), colours.slices, strict=False))


def slices(
    cells: Sequence[Cell], dimension: str, formats: Formats, colours: Palette, coloured: Mapping[object, str]
) -> list[Slice]:
    """Largest first; what is beyond six is one slice, "Other (n)". Only what has a size has a slice."""
    sized = ranked(cells, dimension)
    own = len(sized) if len(sized) <= MOST else MOST - 1
    taken = {coloured[member] for member, _ in sized[:own] if member in coloured}
    free = (colour for colour in colours.slices if colour not in taken)
    found = [
        Slice(formats.member(dimension, member), (member,), value, coloured.get(member) or next(free))
        for member, value in sized[:own]
    ]
    rest = sized[own:]
    if rest:
        members = tuple(member for member, _ in rest)
        found.append(Slice(f"Other ({len(rest)})", members, sum(value for _, value in rest), colours.rest))
    return found


@dataclass(frozen=True)
class Pie:
    """What a pie shows: a KPI by a dimension, and the colours that its members have on this page."""

    kpi: Definition
    reading: Reading
    dimension: str
    coloured: Mapping[object, str]


def pie(shown: Pie, view: View, formats: Formats) -> tuple[object, ...] | None:
    """Draw ring and list. Gives the members of the slice that was clicked, once."""
    kpi, reading, dimension = shown.kpi, shown.reading, shown.dimension
    colours, key = palette(), f"{dimension}-{kpi.key}"
    parts = slices(reading.cells, dimension, formats, colours, shown.coloured)
    if not parts:
        why = html(reading.why or "Nothing to divide.")
        st.markdown(f'<div class="why">{why}</div>', unsafe_allow_html=True)
        return None
    if [part.members for part in parts] == [(None,)]:
        label = DIMENSIONS[dimension].label.lower()
        st.markdown(f'<div class="why">No {label} is recorded for these.</div>', unsafe_allow_html=True)
        return None
    whole = sum(part.value for part in parts)
    with st.container(key=f"pie-{key}", horizontal=True, vertical_alignment="center"):
        with st.container(key=f"ring-{key}"):
            event: Any = st.vega_lite_chart(
                spec=_spec(parts, whole, kpi, formats, colours),
                height=_HEIGHT,
                key=key,
                on_select="rerun",
                selection_mode="slice",
                alt=f"{kpi.label} by {dimension}: "
                + ", ".join(f"{part.name} {formats.percent(part.value / whole)}" for part in parts),
            )
        linked_list(
            [
                Entry(
                    name=part.name,
                    number=formats.short(kpi.unit, part.value),
                    share=formats.percent(part.value / whole),
                    bar=0,
                    query=view.prove(kpi.key, dimension, part.members),
                    colour=part.colour,
                )
                for part in parts
            ],
            key=key,
        )
    clicked = event["selection"].get("slice") or []
    place = int(clicked[0]["place"]) if clicked else -1
    return parts[place].members if 0 <= place < len(parts) else None


def _spec(
    parts: Sequence[Slice], whole: float, kpi: Definition, formats: Formats, colours: Palette
) -> dict[str, Any]:
    ends = [0.0, *accumulate(part.value / whole for part in parts)]
    values = [
        {
            "place": place,
            "start": ends[place],
            "end": ends[place + 1],
            "colour": part.colour,
            "said": f"{part.name}: {formats.value(kpi.unit, part.value)}, "
            + formats.percent(part.value / whole),
        }
        for place, part in enumerate(parts)
    ]
    ring = {
        "mark": {
            "type": "arc",
            "innerRadius": 56,
            "outerRadius": 86,
            "cursor": "pointer",
            "stroke": colours.paper,
        },
        "params": clicking("slice", "place"),
        "encoding": {
            "theta": {"field": "start", "type": "quantitative", "scale": {"domain": [0, 1]}, "stack": None},
            "theta2": {"field": "end"},
            "color": {"field": "colour", "type": "nominal", "scale": None},
            "opacity": {"condition": {"param": "near", "value": 1}, "value": 0.5},
            "strokeWidth": {"value": 2},
            "tooltip": {"field": "said", "type": "nominal"},
            "description": {"field": "said", "type": "nominal"},
        },
    }
    middle = {
        "mark": {"type": "text", "fontSize": 17, "fontWeight": 600, "color": colours.ink, "aria": False},
        "data": {"values": [{"total": formats.short(kpi.unit, whole)}]},
        "encoding": {"text": {"field": "total", "type": "nominal"}},
    }
    return {
        "data": {"values": values},
        "layer": [ring, middle],
        "padding": PADDING,
        "config": look(colours),
    }
