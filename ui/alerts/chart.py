"""A rule's number over twelve months, its limit, and the days on which it would have fired."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_data.alerts import Rule
from kpis import DEFINITIONS, Unit
from kpis.alerts import Backtest, Course, words
from ui.alerts.words import named
from ui.charts import PADDING, look, lookup, ticks
from ui.page import Page
from ui.palette import Palette, palette

_HEIGHT = 240
_COLOURED = 6  # lines of members that would have fired; the others are grey
_DRAWN = 40


def chart(page: Page, rule: Rule, found: Backtest) -> None:
    """One line for each member; triangles where it would have fired."""
    colours = palette()
    shown = found.courses[:_DRAWN]
    rows = [
        row for place, course in enumerate(shown) for row in _rows(page, rule, found, place, course, colours)
    ]
    fired = sum(row["fired"] for row in rows)
    st.vega_lite_chart(
        spec=_spec(page, rule, found, rows, colours),
        height=_HEIGHT,
        key="backtest",
        alt=_spoken(page, rule, fired),
    )
    if len(found.courses) > _DRAWN:
        st.caption(f"Drawn are {_DRAWN} of {len(found.courses)}; all were looked at.")


def _spoken(page: Page, rule: Rule, fired: int) -> str:
    limit = words.limit(page.formats, rule)
    return (
        f"{words.label(rule.kpi)} on each day of the last twelve months, limit {limit}; "
        f"{fired} alerts would have begun, which are listed below"
    )


def _rows(
    page: Page, rule: Rule, found: Backtest, place: int, course: Course, colours: Palette
) -> list[dict[str, Any]]:
    said = dict(course.days)
    began = {run.since for run in course.runs}
    who = "" if course.whole or rule.dimension is None else named(page.formats)(rule.dimension, course.member)
    marked = bool(course.runs) and place < _COLOURED
    colour = colours.accent if course.whole else colours.slices[place] if marked else colours.rest
    return [
        {
            "i": i,
            "value": said[day].number if day in said else None,
            "line": place,
            "who": who,
            "colour": colour,
            "strong": marked or course.whole,
            "fired": day in began,
            "name": who if day in began and marked else "",
            "said": _said(page, rule, said[day].number if day in said else None, day, who),
        }
        for i, day in enumerate(found.days)
    ]


def _said(page: Page, rule: Rule, number: float | None, day: Any, who: str) -> str:
    value = words.number(page.formats, rule.kpi, rule.basis, number)
    return f"{page.formats.day(day)}{', ' + who if who else ''}: {value}"


def _spec(
    page: Page, rule: Rule, found: Backtest, rows: list[dict[str, Any]], colours: Palette
) -> dict[str, Any]:
    numbers = [row["value"] for row in rows if row["value"] is not None]
    kpi = DEFINITIONS[rule.kpi]
    marks = ticks([*numbers, rule.threshold], kpi)
    tick = _change if rule.basis == "change" else lambda page, mark: page.formats.tick(kpi.unit, mark)
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [marks[0], marks[-1]], "nice": False, "zero": False},
        "axis": {
            "title": None,
            "values": marks,
            "labelExpr": lookup(marks, [tick(page, mark) for mark in marks]),
        },
    }
    places = _months(found)
    labels = [page.formats.month(found.days[place]) for place in places]
    axis = {"title": None, "values": places, "labelExpr": lookup(places, labels), "labelFlush": True}
    x = {
        "field": "i",
        "type": "quantitative",
        "scale": {"domain": [0, len(found.days) - 1], "nice": False, "zero": False},
        "axis": axis,
    }
    colour = {"field": "colour", "type": "nominal", "scale": None}
    line = {
        "type": "line",
        "invalid": "break-paths-filter-domains",
        "interpolate": "step-after" if found.step == 1 else "linear",
        "strokeJoin": "round",
        "aria": False,
    }
    point = {"type": "point", "shape": "triangle-up", "size": 110, "filled": True, "opacity": 1}
    text = {"type": "text", "fontSize": 11, "limit": 160, "aria": False, "baseline": "bottom", "dy": -7}
    last = len(found.days) * 0.8
    told = {"field": "said", "type": "nominal", "title": "Fires"}
    layers: list[dict[str, Any]] = [
        {
            "mark": line,
            "encoding": {
                "x": x,
                "y": y,
                "detail": {"field": "line", "type": "nominal"},
                "color": colour,
                "strokeWidth": {"condition": {"test": "datum.strong", "value": 2}, "value": 0.8},
            },
        },
        {
            "mark": {"type": "rule", "strokeDash": [5, 4], "strokeWidth": 1.4, "aria": False},
            "encoding": {"y": {"datum": rule.threshold}, "color": {"value": colours.ink}},
        },
    ]
    if any(row["fired"] for row in rows):
        layers.append(
            {
                "transform": [{"filter": "datum.fired && isValid(datum.value)"}],
                "encoding": {"x": x, "y": y},
                "layer": [
                    {
                        "mark": point | {"stroke": colours.paper},
                        "encoding": {"color": colour, "tooltip": [told], "description": {"field": "said"}},
                    },
                    *(
                        {
                            "transform": [{"filter": f"datum.i {side} {last}"}],
                            "mark": text | {"align": align},
                            "encoding": {"text": {"field": "name"}, "color": {"value": colours.ink}},
                        }
                        for side, align in (("<", "left"), (">=", "right"))
                    ),
                ],
            }
        )
    return {"data": {"values": rows}, "layer": layers, "padding": PADDING, "config": look(colours)}


def _months(found: Backtest) -> list[int]:
    """The places of every third month's first day."""
    days = found.days
    firsts = [i for i in range(1, len(days)) if days[i].month != days[i - 1].month]
    return firsts[::3]


def _change(page: Page, mark: float) -> str:
    return words.number(page.formats, "", "change", mark) if mark else page.formats.tick(Unit.SHARE, 0.0)
