"""The countries' shapes: where each lies, and which part of the world a map has to show.

The browser draws the shapes from the same file by itself; here they are only measured.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from typing import Any

from babel.core import get_global

FILE = "geo/countries-110m.json"
_UNNUMBERED = {"Kosovo": "XK"}  # without an ISO number, shapes go by their name


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
    """A part of the world as the projection sees it: central meridian in degrees; extent in units of a
    projection of scale 1, `middle` north of the equator."""

    meridian: float
    middle: float
    width: float
    height: float


def shape_of(code: str) -> str | None:
    """What the shapes call a country: its ISO number. None where it is too small to have a shape."""
    return _names().get(code.upper())


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
    return Frame(11, (south + north) / 2, 5.0, north - south)


def _projected(box: Box) -> Frame:
    half = (box.east - box.west) / 2
    widest = max(_equal_earth(half, latitude)[0] for latitude in (box.south, box.north, _nearest_zero(box)))
    south, north = _equal_earth(0, box.south)[1], _equal_earth(0, box.north)[1]
    return Frame((box.west + box.east) / 2, (south + north) / 2, 2 * widest, north - south)


def _nearest_zero(box: Box) -> float:
    return 0.0 if box.south < 0 < box.north else min(box.south, box.north, key=abs)


def _equal_earth(longitude: float, latitude: float) -> tuple[float, float]:
    """Šavrič, Patterson and Jenny's projection, of scale 1."""
    angle = asin(sqrt(3) / 2 * sin(radians(latitude)))
    square = angle * angle
    sixth = square**3
    x = radians(longitude) * cos(angle)
    x /= sqrt(3) / 2 * (1.340264 - 3 * 0.081106 * square + sixth * (7 * 0.000893 + 9 * 0.003796 * square))
    return x, angle * (1.340264 - 0.081106 * square + sixth * (0.000893 + 0.003796 * square))


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Two-letter code -> name of the shape. Unicode's list of aliases knows the ISO numbers."""
    codes = get_global("territory_aliases")
    return {codes[shape][0] if shape in codes else _UNNUMBERED.get(shape, shape): shape for shape in _boxes()}


@lru_cache(maxsize=1)
def _boxes() -> dict[str, Box]:
    """Each country's largest piece of land: overseas parts would make every map one of the world."""
    topology = json.loads((Path(__file__).parent / "static" / FILE).read_text(encoding="utf-8"))
    scale, origin = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = [_points(arc, scale, origin) for arc in topology["arcs"]]
    return {
        shape.get("id") or shape["properties"]["name"]: max(
            (_box(piece[0], arcs) for piece in _pieces(shape)),
            key=lambda box: (box.east - box.west) * (box.north - box.south),
        )
        for shape in topology["objects"]["countries"]["geometries"]
    }


def _points(arc: list[list[int]], scale: list[float], origin: list[float]) -> list[tuple[float, float]]:
    """TopoJSON writes each point as its distance from the one before."""
    longitudes, latitudes = (list(accumulate(point[axis] for point in arc)) for axis in (0, 1))
    return [
        (x * scale[0] + origin[0], y * scale[1] + origin[1])
        for x, y in zip(longitudes, latitudes, strict=True)
    ]


def _pieces(shape: dict[str, Any]) -> list[list[list[int]]]:
    return shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]


def _box(ring: list[int], arcs: list[list[tuple[float, float]]]) -> Box:
    points = [point for number in ring for point in arcs[number if number >= 0 else ~number]]
    longitudes, latitudes = zip(*points, strict=True)
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))
