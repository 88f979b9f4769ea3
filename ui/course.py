"""A number's whole course on its proof page: each month with its margin of error, to zoom into and to click.

Drawn by plotly, which no other page loads: three to five years are long enough to want its range slider.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import streamlit as st

from kpis import DEFINITIONS
from kpis.answers import Cell
from kpis.model import Definition
from kpis.period import Grain, Period, add_months, grain_for
from kpis.question import Question
from ui.charts import ticks
from ui.escape import markdown
from ui.formats import NOT_AVAILABLE
from ui.links import Query, go, href
from ui.page import Page
from ui.palette import Palette, palette
from ui.table import Linked, table

_MONTHS = 60  # at most
_HEIGHT = 300
_LABELS = 5  # along the time axis


def course(page: Page, question: Question) -> None:
    """The course up to today; nothing where it has fewer than three values."""
    grain, asked = _asked(page, question)
    cells = [cell for cell in page.ask(asked)[0][0].cells if cell.value is not None]
    if len(cells) < 3:
        return
    kpi = DEFINITIONS[asked.kpis[0]]
    st.header("Its course", anchor=False)
    with st.container(border=True, key="card-course"):
        event: Any = st.plotly_chart(
            _figure(page, kpi, grain, cells, question.period),
            key="course",
            theme=None,
            config={"displayModeBar": False},
            on_select="rerun",
            selection_mode="points",
            alt=f"{kpi.label} by {grain}; the table below has each value",
        )
        st.caption(markdown(_legend(grain, cells)))
        with st.expander(f"Each {grain} as a table"):
            st.markdown(_table(page, kpi, grain, cells), unsafe_allow_html=True)
    clicked = event["selection"]["points"]
    if clicked and clicked[0]["point_index"] < len(cells):
        go("rows", _rows_of(page, cells[clicked[0]["point_index"]]))


def _asked(page: Page, question: Question) -> tuple[Grain, Question]:
    """By month from where data begins; by a finer grain where that is only weeks ago."""
    oldest = page.copy.state.oldest_day or page.today
    first = page.calendar.start_of("month", max(oldest, add_months(page.today, -_MONTHS)))
    period = Period(first, page.today + timedelta(days=1))
    grain: Grain = "month" if period.days > 120 else grain_for(period)
    return grain, replace(question, period=period, grain=grain)


def _bucket(cell: Cell) -> Period:
    bucket = cell.at["period"]
    assert isinstance(bucket, Period)
    return bucket


def _middle(cell: Cell) -> str:
    """Where its point stands on the time axis."""
    bucket = _bucket(cell)
    return f"{bucket.start + timedelta(days=bucket.days // 2)}"


def _rows_of(page: Page, cell: Cell) -> Query:
    return page.view.query(bucket=_bucket(cell), rows="counted", reason=None, page=1)


def _figure(page: Page, kpi: Definition, grain: Grain, cells: list[Cell], window: Period) -> dict[str, Any]:
    """A plain dictionary: a Figure would bring plotly's own template of 7 kB along."""
    colours = palette()
    return {
        "data": [*_margins(cells, colours), _line(page, kpi, cells, colours)],
        "layout": {
            "height": _HEIGHT,
            "margin": {"l": 8, "r": 12, "t": 10, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": "Inter, sans-serif", "size": 12, "color": colours.muted},
            "hoverlabel": {"bgcolor": colours.ink, "font": {"color": colours.paper}},
            "showlegend": False,
            "dragmode": False,
            "shapes": [_shade(window, colours)],
            "xaxis": _time(page, grain, cells, colours),
            "yaxis": _scale(page, kpi, cells, colours),
        },
    }


def _line(page: Page, kpi: Definition, cells: list[Cell], colours: Palette) -> dict[str, Any]:
    fill = [colours.paper if cell.unfinished else colours.accent for cell in cells]
    return {
        "x": [_middle(cell) for cell in cells],
        "y": [cell.value for cell in cells],
        "text": [f"{page.formats.period(_bucket(cell))}: {_value(page, kpi, cell)}" for cell in cells],
        "hovertemplate": "%{text}<extra></extra>",
        "mode": "lines+markers",
        "line": {"color": colours.accent, "width": 2},
        "marker": {"size": 7, "color": fill, "line": {"color": colours.accent, "width": 1.5}},
    }


def _margins(cells: list[Cell], colours: Palette) -> list[dict[str, Any]]:
    """The ribbon between the lower and upper ends of the margins of error."""
    ribbon = {
        "x": [_middle(cell) for cell in cells],
        "mode": "lines",
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    upper = {"y": [cell.high for cell in cells], "fill": "tonexty", "fillcolor": f"{colours.accent}26"}
    return [ribbon | {"y": [cell.low for cell in cells]}, ribbon | upper]


def _shade(window: Period, colours: Palette) -> dict[str, Any]:
    """The window that the page is about."""
    return {
        "type": "rect",
        "yref": "paper",
        "x0": f"{window.start}",
        "x1": f"{window.end}",
        "y0": 0,
        "y1": 1,
        "fillcolor": colours.muted,
        "opacity": 0.1,
        "line": {"width": 0},
        "layer": "below",
    }


def _time(page: Page, grain: Grain, cells: list[Cell], colours: Palette) -> dict[str, Any]:
    step = max(1, round(len(cells) / _LABELS))
    labelled = cells[step // 2 :: step]
    span = [f"{_bucket(cells[0]).start}", f"{_bucket(cells[-1]).end}"]
    return {
        "type": "date",
        "range": span,
        "showgrid": False,
        "tickangle": 0,
        "tickvals": [_middle(cell) for cell in labelled],
        # Month above year: five of them fit on a phone, too.
        "ticktext": [_name(page, grain, cell).replace(" ", "<br>") for cell in labelled],
        "rangeslider": {"range": span, "thickness": 0.12, "bordercolor": colours.line, "borderwidth": 1},
    }


def _name(page: Page, grain: Grain, cell: Cell) -> str:
    return page.formats.bucket(_bucket(cell), grain, page.calendar)


def _scale(page: Page, kpi: Definition, cells: list[Cell], colours: Palette) -> dict[str, Any]:
    """Around the values; a margin that is much wider than all of them is cut."""
    values = [cell.value for cell in cells if cell.value is not None]
    low, high = min(values), max(values)
    room = (high - low) / 2
    ends = [end for cell in cells for end in (cell.low, cell.high) if end is not None]
    marks = ticks([*values, *(min(max(end, low - room), high + room) for end in ends)], kpi)
    return {
        "range": [marks[0], marks[-1]],
        "fixedrange": True,
        "zeroline": False,
        "automargin": True,
        "gridcolor": colours.line,
        "tickvals": marks,
        "ticktext": [page.formats.tick(kpi.unit, mark) for mark in marks],
    }


def _legend(grain: Grain, cells: list[Cell]) -> str:
    words = "Grey: the window above. A click on a point leads to its rows; the strip below zooms."
    if any(cell.low is not None for cell in cells):
        words += " Band: 95 % confidence."
    if any(cell.unfinished for cell in cells):
        words += f" Hollow: a {grain} that is not over, or some of whose rows are too young to judge."
    return words


def _table(page: Page, kpi: Definition, grain: Grain, cells: list[Cell]) -> str:
    """The newest first; each value leads to its rows."""
    rows: list[list[str | Linked]] = [
        [
            page.formats.period(_bucket(cell)),
            Linked(_value(page, kpi, cell), href("rows", _rows_of(page, cell))),
            _between(page, kpi, cell),
            NOT_AVAILABLE if cell.n is None else page.formats.number(cell.n),
        ]
        for cell in reversed(cells)
    ]
    head = [grain.capitalize(), kpi.label, "95 % between", "n"]
    return table(head, rows, numbers=[False, True, True, True], caption=f"{kpi.label}, {grain} by {grain}")


def _value(page: Page, kpi: Definition, cell: Cell) -> str:
    return page.formats.value(kpi.unit, cell.value)


def _between(page: Page, kpi: Definition, cell: Cell) -> str:
    if cell.low is None or cell.high is None:
        return ""
    return f"{page.formats.value(kpi.unit, cell.low)} – {page.formats.value(kpi.unit, cell.high)}"
