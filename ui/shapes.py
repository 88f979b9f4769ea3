"""The countries' shapes: which code is which, which part of the world a map has to show, and the drawing.

Equal Earth, an equal-area projection. A map is centred on a meridian; the drawing of the world around it is
the same for every map with that meridian, so the browser keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

from babel.core import get_global

_FILE = Path(__file__).parent / "static" / "geo" / "countries-110m.json"
_UNNUMBERED = {"Kosovo": "XK"}  # without an ISO number, shapes go by their name
_ANTARCTICA = "010"
_SCALE = 10_000  # units of a drawing in the projection's radius

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """West, south, east, north, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def joined(self, other: Box) -> Box:
        return Box(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
        )


_SOUTH, _NORTH = -56, 78  # the world's land, without Antarctica


@dataclass(frozen=True)
class Frame:
    """A part of the world as the projection sees it: central meridian in degrees; what is shown of it, in
    units of a projection of scale 1, from its centre to the east and to the north."""

    meridian: int
    left: float
    bottom: float
    width: float
    height: float

    @property
    def box(self) -> str:
        """The same as the view box of a drawing, in which down is positive."""
        sides = (self.left, -(self.bottom + self.height), self.width, self.height)
        return " ".join(f"{side * _SCALE:.0f}" for side in sides)


def shape_of(code: str) -> str | None:
    """What the shapes call a country: its ISO number. None where it is too small to have a shape."""
    return _names().get(code.upper())


def name_of(shape: str) -> str:
    """The shape's name in the drawing."""
    return "shape-" + "".join(sign if sign.isalnum() else "-" for sign in shape)


def frame(shapes: Iterable[str]) -> Frame:
    """The part of the world with these countries and some room around; all of it if they are far apart."""
    box: Box | None = None
    for shape in shapes:
        box = _boxes()[shape].joined(box) if box else _boxes()[shape]
    if box is None or box.east - box.west > 150:
        return _world()
    wide, high = max(box.east - box.west, 30) * 0.15, max(box.north - box.south, 20) * 0.15
    return _projected(
        Box(box.west - wide, max(box.south - high, _SOUTH), box.east + wide, min(box.north + high, _NORTH))
    )


def _world() -> Frame:
    """All land. Cut between Alaska and Siberia; from there, 11° E is the middle, and 5.0 holds Fiji."""
    south, north = _equal_earth(0, _SOUTH)[1], _equal_earth(0, _NORTH)[1]
    return Frame(11, -2.5, south, 5.0, north - south)


def _projected(box: Box) -> Frame:
    """The meridian is one of 36, so that there are few drawings."""
    meridian = round((box.west + box.east) / 20) * 10
    heights = (box.south, box.north, _nearest_zero(box))
    left = min(_equal_earth(box.west - meridian, latitude)[0] for latitude in heights)
    right = max(_equal_earth(box.east - meridian, latitude)[0] for latitude in heights)
    south, north = _equal_earth(0, box.south)[1], _equal_earth(0, box.north)[1]
    return Frame(meridian, left, south, right - left, north - south)


def _nearest_zero(box: Box) -> float:
    return 0.0 if box.south < 0 < box.north else min(box.south, box.north, key=abs)


def _equal_earth(longitude: float, latitude: float) -> Point:
    """Šavrič, Patterson and Jenny's projection, of scale 1."""
    angle = asin(sqrt(3) / 2 * sin(radians(latitude)))
    square = angle * angle
    sixth = square**3
    x = radians(longitude) * cos(angle)
    x /= sqrt(3) / 2 * (1.340264 - 3 * 0.081106 * square + sixth * (7 * 0.000893 + 9 * 0.003796 * square))
    return x, angle * (1.340264 - 0.081106 * square + sixth * (0.000893 + 0.003796 * square))


@lru_cache(maxsize=36)
def drawing(meridian: int) -> str:
    """The world around a meridian as SVG: each country under its name, and all of them as "land"."""
    paths = "".join(
        f'<path id="{name_of(shape)}" vector-effect="non-scaling-stroke" d="{_outlines(rings, meridian)}"/>'
        for shape, rings in _rings().items()
        if shape != _ANTARCTICA
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg"><g id="land" fill-rule="evenodd" stroke-linejoin="round">'
        f"{paths}</g></svg>"
    )


def _outlines(rings: Iterable[Sequence[Point]], meridian: int) -> str:
    """Closed lines, cut where the drawing ends: what lies beyond comes in from the other side."""
    parts = []
    for ring in rings:
        for turn in (-360, 0, 360):
            inside = _within([(longitude - meridian + turn, latitude) for longitude, latitude in ring])
            if inside:
                drawn = [_equal_earth(*point) for point in inside]
                parts.append(_path([(round(x * _SCALE), round(-y * _SCALE)) for x, y in drawn]))
    return "".join(parts)


def _path(points: Sequence[tuple[int, int]]) -> str:
    steps = (f"{x2 - x1} {y2 - y1}" for (x1, y1), (x2, y2) in pairwise(points))
    return f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z"


def _within(ring: list[Point]) -> list[Point]:
    """The part of a ring from 180° W to 180° E, closed along these edges (Sutherland and Hodgman)."""
    for side in (1, -1):
        kept: list[Point] = []
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
            if (x1 * side <= 180) != (x2 * side <= 180):
                crossing = (180 * side, y1 + (y2 - y1) * (180 * side - x1) / (x2 - x1))
                kept += [(x1, y1), crossing] if x1 * side <= 180 else [crossing]
            elif x1 * side <= 180:
                kept.append((x1, y1))
        ring = kept
    return ring


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Two-letter code -> name of the shape. Unicode's list of aliases knows the ISO numbers."""
    codes = get_global("territory_aliases")
    return {codes[shape][0] if shape in codes else _UNNUMBERED.get(shape, shape): shape for shape in _boxes()}


@lru_cache(maxsize=1)
def _boxes() -> dict[str, Box]:
    """Each country's largest piece of land: overseas parts would make every map one of the world."""
    return {
        shape: max(map(_box, rings), key=lambda box: (box.east - box.west) * (box.north - box.south))
        for shape, rings in _rings().items()
    }


def _box(ring: Sequence[Point]) -> Box:
    longitudes, latitudes = zip(*ring, strict=True)
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


@lru_cache(maxsize=1)
def _rings() -> dict[str, list[list[Point]]]:
    """Shape -> its closed lines, outlines and holes, in degrees."""
    topology = json.loads(_FILE.read_text(encoding="utf-8"))
    scale, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [_points(arc, scale, origin) for arc in topology["arcs"]]
    return {
        shape.get("id") or shape["properties"]["name"]: [
            _unbroken([point for number in ring for point in _arc(arcs, number)])
            for piece in _pieces(shape)
            for ring in piece
        ]
        for shape in topology["objects"]["countries"]["geometries"]
    }


def _points(arc: list[list[int]], scale: list[float], origin: list[float]) -> list[Point]:
    """TopoJSON writes each point as its distance from the one before."""
    longitudes, latitudes = (list(accumulate(point[axis] for point in arc)) for axis in (0, 1))
    return [
        (x * scale[0] + origin[0], y * scale[1] + origin[1])
        for x, y in zip(longitudes, latitudes, strict=True)
    ]


def _arc(arcs: list[list[Point]], number: int) -> list[Point]:
    """TopoJSON numbers an arc that runs backwards by its complement. Its end is the next one's start."""
    return arcs[number][:-1] if number >= 0 else arcs[~number][:0:-1]


def _unbroken(ring: list[Point]) -> list[Point]:
    """The ring without leaps from one edge of the world to the other: it goes on beyond 180°."""
    turns = accumulate((round((before[0] - after[0]) / 360) for before, after in pairwise(ring)), initial=0)
    return [(x + 360 * turn, y) for (x, y), turn in zip(ring, turns, strict=True)]


def _pieces(shape: dict[str, Any]) -> list[list[list[int]]]:
    return shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
