"""A headline KPI as a tile: value, status, target, floor, margin of error, change, course and n at once.

Inline SVG, because it follows theme and font, weighs 3 KB and needs no chart library. Every text that
comes from data goes through `escape.html`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, floor, log10, pi, sin

from kpis.answers import Reading
from kpis.model import Better, Definition, Unit
from ui.escape import html
from ui.formats import Formats
from ui.links import Query, title
from ui.sparkline import sparkline
from ui.verdict import LAST_YEAR, Change, status_icon, status_words

_X, _Y = 100, 96  # the arc's centre, in a box of 200 × 108
_TRACK, _RING = 74, 88  # radius of the value's arc and of the band around it


@dataclass(frozen=True)
class Tile:
    """What a tile shows."""

    kpi: Definition
    reading: Reading
    change: Change | None
    compared_with: str  # in words: "last year"
    course: tuple[tuple[float | None, bool], ...]  # value and "unfinished" of each bucket


def linked(shown: Tile, drawn: str, query: Query) -> str:
    """HTML of a tile with its title; all of it leads to its rows. `drawn`: what `tile` or `small` give."""
    top = title(shown.kpi.label, query)
    return f'<div class="card whole tile-{html(shown.kpi.key)}">{top}{drawn}</div>'


def tile(shown: Tile, formats: Formats) -> str:
    """The tile's HTML, without its title."""
    reading, unit = shown.reading, shown.kpi.unit
    status = reading.status if reading.value is not None else "none"
    lines = [
        f'<div class="tile status-{html(status)}">',
        f'<svg class="gauge" viewBox="0 0 200 108" role="img" aria-label="{html(spoken(shown, formats))}">',
        _drawing(reading, shown.kpi.better, unit),
        _number(formats.short(unit, reading.value)),
        "</svg>",
    ]
    if reading.value is None:
        lines.append(f'<div class="why">{html(reading.why or "No value.")}</div>')
    else:
        lines += [_status_line(shown, formats), sparkline(shown.course), _foot(shown, formats)]
    return "".join((*lines, "</div>"))


def small(shown: Tile, formats: Formats) -> str:
    """The same without the arc, for a page with many."""
    reading, unit = shown.reading, shown.kpi.unit
    status = reading.status if reading.value is not None else "none"
    lines = [
        f'<div class="tile small status-{html(status)}">',
        f'<div class="big" role="img" aria-label="{html(spoken(shown, formats))}">',
        f"{html(formats.short(unit, reading.value))}</div>",
    ]
    if reading.value is None:
        lines.append(f'<div class="why">{html(reading.why or "No value.")}</div>')
    else:
        if reading.goal or status == "unsure":
            lines.append(_status_line(shown, formats))
        elif shown.course:  # its course stands level with those beside it
            lines.append('<div class="verdict"></div>')
        lines += [sparkline(shown.course) if shown.course else "", _foot(shown, formats)]
    return "".join((*lines, "</div>"))


def spoken(shown: Tile, formats: Formats) -> str:
    """Everything the tile shows, as one sentence for screen readers."""
    reading, unit = shown.reading, shown.kpi.unit
    if reading.value is None:
        return f"{shown.kpi.label}: not available. {reading.why or ''}"
    parts = [f"{shown.kpi.label}: {formats.value(unit, reading.value)}", status_words(reading)]
    if reading.goal:
        parts.append(f"target {formats.value(unit, reading.goal.target)}")
        if reading.goal.floor is not None:
            parts.append(f"floor {formats.value(unit, reading.goal.floor)}")
    if reading.low is not None and reading.high is not None:
        parts.append(f"between {formats.value(unit, reading.low)} and {formats.value(unit, reading.high)}")
    if shown.change:
        parts.append(f"{shown.change.words} against {shown.compared_with}")
    if reading.n is not None:
        parts.append(f"n {formats.number(reading.n)}")
    return ", ".join(parts)


def _status_line(shown: Tile, formats: Formats) -> str:
    reading = shown.reading
    goal = f"target {formats.short(shown.kpi.unit, reading.goal.target)}" if reading.goal else ""
    return (
        f'<div class="verdict"><span class="word">{status_icon(reading.status)}'
        f"{html(status_words(reading))}</span>"
        f'<span class="goal">{html(goal)}</span></div>'
    )


def _foot(shown: Tile, formats: Formats) -> str:
    n = "" if shown.reading.n is None else f"n {formats.number(shown.reading.n)}"
    moved = ""
    if shown.change:
        moved = (
            f'<span class="change {shown.change.meaning}">{shown.change.icon}'
            f"{html(shown.change.amount)}</span>"
            f'<span class="than">vs {html(shown.compared_with)}</span>'
        )
    elif shown.compared_with:
        unknown = "season unknown" if shown.compared_with == LAST_YEAR else "no earlier value"
        moved = f'<span class="than">{unknown}</span>'
    return f'<div class="foot"><span>{moved}</span><span class="n">{html(n)}</span></div>'


def _number(text: str) -> str:
    size = min(30, 215 / max(len(text), 1))
    return f'<text class="value" x="{_X}" y="{_Y - 5}" font-size="{size:.1f}">{html(text)}</text>'


def _drawing(reading: Reading, better: Better, unit: Unit) -> str:
    drawn = [_arc("track", _TRACK, 0, 1)]
    if reading.value is None:
        return drawn[0]
    top = _top(reading, unit)

    def share(number: float) -> float:
        return min(max(number / top, 0), 1)

    goal = reading.goal
    if goal:
        drawn += _band(share(goal.target), None if goal.floor is None else share(goal.floor), better)
    drawn.append(_arc("fill", _TRACK, 0, share(reading.value)))
    if reading.low is not None and reading.high is not None:
        low, high = share(reading.low), share(reading.high)
        drawn += [
            _arc("margin", _TRACK, low, high),
            _tick("margin", low, 70, 78),
            _tick("margin", high, 70, 78),
        ]
    if goal:
        if goal.floor is not None:
            drawn.append(_tick("floor", share(goal.floor), 66, 93))
        drawn.append(_tick("target", share(goal.target), 63, 95))
    return "".join(drawn)


def _band(target: float, floor_: float | None, better: Better) -> list[str]:
    """The ring around the arc: where the value is good, near and bad."""
    edge = target if floor_ is None else floor_
    low, high = sorted((target, edge))
    ends = ("good", "bad") if better is Better.DOWN else ("bad", "good")
    return [
        _arc(f"ring {name}", _RING, start, end)
        for name, start, end in ((ends[0], 0, low), ("near", low, high), (ends[1], high, 1))
        if end - start > 0.004
    ]


def _top(reading: Reading, unit: Unit) -> float:
    """The number at the arc's right end: a round one beyond everything shown; a share ends at 1."""
    shown = [reading.value, reading.high]
    if reading.goal:
        shown += [reading.goal.target * 1.4, (reading.goal.floor or 0) * 1.3]
    most = max((number for number in shown if number is not None), default=0)
    if most < 1e-9:
        return 1.0
    step = 10.0 ** floor(log10(most)) / 4
    top = step * (floor(most / step) + 1)
    return min(top, 1.0) if unit is Unit.SHARE else top


def _point(radius: float, share: float) -> str:
    angle = pi * (1 - share)
    return f"{_X + radius * cos(angle):.2f} {_Y - radius * sin(angle):.2f}"


def _arc(name: str, radius: float, start: float, end: float) -> str:
    return (
        f'<path class="{name}" d="M{_point(radius, start)}A{radius} {radius} 0 0 1 {_point(radius, end)}"/>'
    )


def _tick(name: str, share: float, inner: float, outer: float) -> str:
    return f'<path class="tick {name}" d="M{_point(inner, share)}L{_point(outer, share)}"/>'
