"""A number over time beside the window it is compared with. A click on a point names its bucket.

Vega-Lite, not plotly: the page's map needs it anyway, so one chart library of 0.6 MB serves line, pie and
map, each mark is an SVG element with a name, and a tap anywhere in a bucket's column counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from kpis.answers import Cell, Reading
from kpis.model import Definition
from kpis.period import Calendar, Grain, Period
from ui.charts import PADDING, clicking, look, lookup, ticks
from ui.escape import html
from ui.formats import NOT_AVAILABLE, Formats
from ui.palette import Palette, palette
from ui.verdict import Change

_HEIGHT = 170


@dataclass(frozen=True)
class Trend:
    """A KPI's series, and that of the window it is compared with, bucket by bucket."""

    kpi: Definition
    now: Reading
    then: Reading | None
    grain: Grain
    compared_with: str


def trend(shown: Trend, formats: Formats, calendar: Calendar, *, key: str) -> Period | None:
    """Draw it, or say why there is nothing to draw. Gives the bucket that was clicked, once."""
    cells = shown.now.cells
    if not _known(shown.now):
        st.markdown(f'<div class="why">{html(shown.now.why or "No values.")}</div>', unsafe_allow_html=True)
        return None
    rows = _rows(shown, formats, calendar)
    event: Any = st.vega_lite_chart(
        spec=_spec(rows, shown, formats, palette()),
        height=_HEIGHT,
        key=key,
        on_select="rerun",
        selection_mode="bucket",
        alt=_spoken(shown, formats),
    )
    clicked = event["selection"].get("bucket") or []
    bucket = (
        cells[int(clicked[0]["i"])].at["period"] if clicked and int(clicked[0]["i"]) < len(cells) else None
    )
    return bucket if isinstance(bucket, Period) else None


def heading(shown: Trend, moved: Change | None, formats: Formats) -> str:
    """The total above the line, its change, and what the dashed line is."""
    unit = shown.kpi.unit
    parts = [f'<span class="big">{html(formats.short(unit, shown.now.value))}</span>']
    if moved:
        parts.append(f'<span class="change {moved.meaning}">{moved.icon}{html(moved.amount)}</span>')
    if shown.then and _known(shown.then):
        parts.append(f'<span class="dashed">{html(shown.compared_with)}</span>')
    return f'<div class="course">{"".join(parts)}</div>'


def _known(reading: Reading) -> bool:
    return any(cell.value is not None for cell in reading.cells)


def footnote(now: Reading, calendar: Calendar, grain: Grain) -> str:
    """What the hollow points are, if there are any."""
    if not any(is_cut(cell, calendar, grain) for cell in now.cells):
        return ""
    young = ", or in which some are too young to judge" if now.notes else ""
    return f'<div class="note">○ A {grain} that is not over, or that the period cuts{young}.</div>'


def is_cut(cell: Cell, calendar: Calendar, grain: Grain) -> bool:
    """The bucket is only a part of its week, month …: it goes on, or the window cuts it."""
    bucket = cell.at["period"]
    assert isinstance(bucket, Period)
    whole = (
        calendar.start_of(grain, bucket.start) == bucket.start
        and calendar.next_start(grain, bucket.start) == bucket.end
    )
    return cell.unfinished or not whole


def _rows(shown: Trend, formats: Formats, calendar: Calendar) -> list[dict[str, Any]]:
    """One row a bucket. A cut bucket and its neighbours make the dotted line, the rest the solid one."""
    cells = shown.now.cells
    earlier = shown.then.cells if shown.then else ()
    cut = [is_cut(cell, calendar, shown.grain) for cell in cells]
    rows = []
    for i, cell in enumerate(cells):
        near = cut[max(i - 1, 0) : i + 2]
        then = earlier[i] if i < len(earlier) else None
        rows.append(
            {
                "i": i,
                "value": cell.value,
                "whole": None if cut[i] else cell.value,
                "dotted": cell.value if any(near) else None,
                "earlier": then.value if then else None,
                "cut": cut[i],
                "said": _said(cell, shown, formats, cut=cut[i]),
                "before": _said(then, shown, formats, cut=False) if then else "",
            }
        )
    return rows


def _said(cell: Cell, shown: Trend, formats: Formats, *, cut: bool) -> str:
    bucket = cell.at["period"]
    assert isinstance(bucket, Period)
    part = " (unfinished)" if cell.unfinished else " (part of it)" if cut else ""
    value = formats.value(shown.kpi.unit, cell.value) if cell.value is not None else cell.why or NOT_AVAILABLE
    return f"{formats.period(bucket)}{part}: {value}"


def _spoken(shown: Trend, formats: Formats) -> str:
    value = formats.value(shown.kpi.unit, shown.now.value)
    against = f", dashed: {shown.compared_with}" if shown.then else ""
    return f"{shown.kpi.label} by {shown.grain}, {formats.period(shown.now.period)}: {value}{against}"


def _spec(rows: list[dict[str, Any]], shown: Trend, formats: Formats, colours: Palette) -> dict[str, Any]:
    numbers = [row[name] for row in rows for name in ("value", "earlier") if row[name] is not None]
    marks = ticks(numbers, shown.kpi)
    y = {
        "type": "quantitative",
        "scale": {"domain": [marks[0], marks[-1]], "nice": False, "zero": False},
        "axis": {
            "title": None,
            "values": marks,
            "labelExpr": lookup(marks, [formats.tick(shown.kpi.unit, mark) for mark in marks]),
        },
    }
    x = {"field": "i", "type": "quantitative", **_x(shown.now.cells, formats)}
    tooltip = [{"field": "said", "type": "nominal", "title": "Now"}]
    if shown.then:
        tooltip.append({"field": "before", "type": "nominal", "title": shown.compared_with.capitalize()})
    column = {
        "mark": {"type": "rect", "cursor": "pointer", "fill": colours.accent},
        "params": clicking("bucket", "i"),
        "transform": [{"calculate": "datum.i - 0.5", "as": "a"}, {"calculate": "datum.i + 0.5", "as": "b"}],
        "encoding": {
            "x": {**x, "field": "a"},
            "x2": {"field": "b"},
            "opacity": {"condition": {"param": "near", "empty": False, "value": 0.1}, "value": 0},
            "tooltip": tooltip,
            "description": {"field": "said"},
        },
    }
    layers: list[dict[str, Any]] = [
        _line(
            "earlier",
            x,
            y,
            {"color": colours.muted, "strokeDash": [4, 3], "strokeWidth": 1.3, "opacity": 0.8},
        ),
        _line(
            "dotted",
            x,
            y,
            {"color": colours.accent, "strokeDash": [1, 4], "strokeWidth": 2, "strokeCap": "round"},
        ),
        _line("whole", x, y, {"color": colours.accent, "strokeWidth": 2.2, "strokeJoin": "round"}),
        {
            "mark": {
                "type": "point",
                "filled": True,
                "size": 34,
                "opacity": 1,
                "strokeWidth": 1.6,
                "aria": False,
            },
            "transform": [{"filter": "isValid(datum.value)"}],
            "encoding": {
                "x": x,
                "y": {**y, "field": "value"},
                "stroke": {"value": colours.accent},
                "fill": {"condition": {"test": "datum.cut", "value": colours.paper}, "value": colours.accent},
            },
        },
        column,
    ]
    return {"data": {"values": rows}, "layer": layers, "padding": PADDING, "config": look(colours)}


def _line(field: str, x: dict[str, Any], y: dict[str, Any], look: dict[str, Any]) -> dict[str, Any]:
    return {
        "mark": {"type": "line", "aria": False, "invalid": "break-paths-filter-domains", **look},
        "encoding": {"x": x, "y": {**y, "field": field}},
    }


def _x(cells: Sequence[Cell], formats: Formats) -> dict[str, Any]:
    """Some five labels along the time axis."""
    step = max(1, round(len(cells) / 4))
    places = list(range(0, len(cells), step))
    starts = [cell.at["period"] for cell in cells]
    days = [start.start for start in starts if isinstance(start, Period)]
    long = len(days) > 1 and (days[-1] - days[0]).days > 120
    labels = [formats.month(days[place]) if long else formats.day_and_month(days[place]) for place in places]
    axis = {"title": None, "values": places, "labelExpr": lookup(places, labels), "labelFlush": True}
    return {"scale": {"domain": [-0.5, len(cells) - 0.5], "nice": False, "zero": False}, "axis": axis}
