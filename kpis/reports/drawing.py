"""Curves as SVG: numbers and months only, no text from data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from kpis.formats import Formats
from kpis.period import Period
from kpis.reports.document import Curve

Place = Callable[[int], float]
Height = Callable[[float], float]

_WIDTH, _HEIGHT = 680, 170
_LEFT, _RIGHT, _TOP, _BOTTOM = 54, 10, 10, 22


@dataclass(frozen=True)
class Ink:
    """Colours, as SVG knows them. On a screen they are the theme's."""

    line: str = "#4f5bd5"
    earlier: str = "#5b6475"
    grid: str = "#e3e6eb"
    text: str = "#5b6475"
    paper: str = "#ffffff"


THEME = Ink("var(--accent)", "var(--muted)", "var(--line)", "var(--muted)", "var(--paper)")


def svg(
    curve: Curve, formats: Formats, ink: Ink | None = None, link: Callable[[Period], str] | None = None
) -> str:
    """The curve; dashed: the earlier window; hollow points: buckets that are not whole. `link`: the address
    that a bucket's point leads to."""
    ink = ink or Ink()
    known = [value for value in (*curve.now, *curve.then) if value is not None]
    marks = _marks(min(known), max(known))
    low, high = marks[0], marks[-1]
    many = max(len(curve.now) - 1, 1)

    def x(place: int) -> float:
        return round(_LEFT + place * (_WIDTH - _LEFT - _RIGHT) / many, 1)

    def y(value: float) -> float:
        share = (value - low) / ((high - low) or 1)
        return round(_TOP + (1 - share) * (_HEIGHT - _TOP - _BOTTOM), 1)

    role = "group" if link else "img"  # what holds links is no mere picture
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="{role}"'
    parts = [f'{head} aria-label="{escape(curve.caption)}">']
    font = f"font-family:Inter,sans-serif;font-size:11px;fill:{ink.text}"
    for mark in marks:
        said = escape(formats.tick(curve.unit, mark))
        parts += [
            f'<path d="M{_LEFT} {y(mark)}H{_WIDTH - _RIGHT}" style="stroke:{ink.grid};stroke-width:1"/>',
            f'<text x="{_LEFT - 8}" y="{y(mark) + 4}" text-anchor="end" style="{font}">{said}</text>',
        ]
    parts += _times(curve, font, x)
    earlier = f"fill:none;stroke:{ink.earlier};stroke-width:1.3;stroke-dasharray:4 3;opacity:.8"
    parts += [f'<path d="{path}" style="{earlier}"/>' for path in _paths(curve.then, x, y)]
    line = f"fill:none;stroke:{ink.line};stroke-width:2;stroke-linejoin:round;stroke-linecap:round"
    parts += [f'<path d="{path}" style="{line}"/>' for path in _paths(curve.now, x, y)]
    for place, value in enumerate(curve.now):
        if value is not None:
            fill = ink.paper if curve.cut[place] else ink.line
            dot = f'<circle cx="{x(place)}" cy="{y(value)}" r="3.2"'
            dot += f' style="fill:{fill};stroke:{ink.line};stroke-width:1.5"/>'
            parts.append(_linked(dot, curve, place, formats, link) if link else dot)
    return "".join((*parts, "</svg>"))


def _linked(dot: str, curve: Curve, place: int, formats: Formats, link: Callable[[Period], str]) -> str:
    """The point as a link that says what it is."""
    bucket = curve.buckets[place]
    said = escape(f"{formats.period(bucket)}: {formats.value(curve.unit, curve.now[place])}")
    href = escape(link(bucket))
    return f'<a href="{href}" target="_self" aria-label="{said}"><title>{said}</title>{dot}</a>'


def _times(curve: Curve, font: str, x: Place) -> list[str]:
    """Some six labels along the time axis, the last of which must fit."""
    step = max(1, ceil(len(curve.buckets) / 6))
    said = []
    for place in range(0, len(curve.names), step):
        anchor = "end" if x(place) > _WIDTH - 50 else "middle"
        at = f'x="{x(place)}" y="{_HEIGHT - 5}" text-anchor="{anchor}"'
        said.append(f'<text {at} style="{font}">{escape(curve.names[place])}</text>')
    return said


def _paths(values: Sequence[float | None], x: Place, y: Height) -> list[str]:
    """A line for each unbroken stretch of values."""
    stretches: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            stretches.append([])
        else:
            stretches[-1].append(f"{x(place)} {y(value)}")
    return [f"M{'L'.join(points)}" for points in stretches if len(points) > 1]


def _marks(low: float, high: float) -> list[float]:
    """Three to five round numbers around the data; from 0 where that is near."""
    if 0 < low < high * 0.6:
        low = 0.0
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** floor(log10(span / 3))
    step = power * min((1, 2, 2.5, 5, 10), key=lambda factor: abs(factor - span / 3 / power))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]
