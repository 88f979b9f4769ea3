"""A number over time beside the window it is compared with. A click on a point names its bucket.

Vega-Lite, not plotly: the page's map needs it anyway, so one chart library of 0.6 MB serves line, pie and
map, each mark is an SVG element with a name, and a tap anywhere in a bucket's column counts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

import streamlit as st

from kpis.answers import Cell, Reading
from kpis.model import KPI, Definition, Unit
from kpis.period import Calendar, Grain, Period
from ui.escape import html
from ui.formats import NOT_AVAILABLE, Formats
from ui.palette import Palette, palette
from ui.verdict import Change

_HEIGHT = 170
#: Said in every chart, else Streamlit adds room below.
PADDING = {"left": 2, "top": 6, "right": 6, "bottom": 4}


@dataclass(frozen=True)
class Trend:
    """A KPI's series, and that of the window it is compared with, bucket by bucket."""

    kpi: Definition
    now: Reading
    then: Reading | None
    grain: Grain
    compared_with: str


def trend(shown: Trend, formats: Formats, calendar: Calendar, *, key: str) -> Period | None:
    """Draw it. Gives the bucket that was clicked, once."""
    cells = shown.now.cells
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
    if shown.then:
        parts.append(f'<span class="dashed">{html(shown.compared_with)}</span>')
    return f'<div class="course">{"".join(parts)}</div>'


def footnote(now: Reading, calendar: Calendar, grain: Grain) -> str:
    """What the hollow points are, if there are any."""
    if not any(is_cut(cell, calendar, grain) for cell in now.cells):
        return ""
    return f'<div class="note">○ A {grain} that is not over, or that the period cuts.</div>'


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
    ticks = _ticks(rows, shown.kpi)
    y = {
        "type": "quantitative",
        "scale": {"domain": [ticks[0], ticks[-1]], "nice": False, "zero": False},
        "axis": {
            "title": None,
            "values": ticks,
            "labelExpr": _lookup(ticks, [formats.tick(shown.kpi.unit, tick) for tick in ticks]),
        },
    }
    x = {"field": "i", "type": "quantitative", **_x(shown.now.cells, formats)}
    tooltip = [{"field": "said", "type": "nominal", "title": "Now"}]
    if shown.then:
        tooltip.append({"field": "before", "type": "nominal", "title": shown.compared_with.capitalize()})
    column = {
        "mark": {"type": "rect", "cursor": "pointer", "fill": colours.accent},
        "params": [
            {"name": "bucket", "select": {"type": "point", "fields": ["i"], "on": "click", "clear": False}},
            {
                "name": "near",
                "select": {"type": "point", "fields": ["i"], "on": "pointerover", "clear": "pointerout"},
            },
        ],
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
    return {"data": {"values": rows}, "layer": layers, "padding": PADDING, "config": config(colours)}


def _line(field: str, x: dict[str, Any], y: dict[str, Any], look: dict[str, Any]) -> dict[str, Any]:
    return {
        "mark": {"type": "line", "aria": False, "invalid": "break-paths-filter-domains", **look},
        "encoding": {"x": x, "y": {**y, "field": field}},
    }


def config(colours: Palette) -> dict[str, Any]:
    """The look all charts share: no frames, few lines, labels in grey."""
    return {
        "background": "transparent",
        "view": {"stroke": None},
        "font": "Inter, sans-serif",
        "axis": {
            "domain": False,
            "ticks": False,
            "labelColor": colours.muted,
            "labelFontSize": 11,
            "labelPadding": 6,
            "gridColor": colours.line,
        },
        "axisX": {"grid": False},
    }


def _x(cells: Sequence[Cell], formats: Formats) -> dict[str, Any]:
    """Some five labels along the time axis."""
    step = max(1, round(len(cells) / 4))
    places = list(range(0, len(cells), step))
    starts = [cell.at["period"] for cell in cells]
    days = [start.start for start in starts if isinstance(start, Period)]
    long = len(days) > 1 and (days[-1] - days[0]).days > 120
    labels = [formats.month(days[place]) if long else formats.day_and_month(days[place]) for place in places]
    axis = {"title": None, "values": places, "labelExpr": _lookup(places, labels), "labelFlush": True}
    return {"scale": {"domain": [-0.5, len(cells) - 0.5], "nice": False, "zero": False}, "axis": axis}


def _lookup(values: Sequence[float], labels: Sequence[str]) -> str:
    """A Vega expression that gives each tick its label, written as the locale wants."""
    return f"{json.dumps(list(labels))}[indexof({json.dumps(list(values))}, datum.value)]"


def _ticks(rows: list[dict[str, Any]], kpi: Definition) -> list[float]:
    """Three to five round numbers around the data. Totals start at 0, so that heights compare."""
    numbers = [row[name] for row in rows for name in ("value", "earlier") if row[name] is not None]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if isinstance(kpi, KPI) and kpi.per is None:
        low = min(low, 0.0)
    step = _step((high - low) or abs(high) or 1.0)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if kpi.unit is Unit.SHARE and low >= 0 and high <= 1:
        last = min(last, floor(1 / step + 1e-9)) if high <= floor(1 / step + 1e-9) * step else last
        first = max(first, 0)
    if first == last:
        last += 1
    return [round(number * step, 10) for number in range(first, last + 1)]


def _step(span: float) -> float:
    rough = span / 3
    power = 10.0 ** floor(log10(rough))
    return power * min((1, 2, 2.5, 5, 10), key=lambda factor: abs(factor - rough / power))
