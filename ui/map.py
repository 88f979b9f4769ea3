"""Where in the world: countries as shapes, coloured by how much. Each is a link to its rows.

The shapes are a drawing of its own address (`ui/shapes.py`), which the browser fetches once and keeps; the
page only says which of them have which colour.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from kpis.answers import Reading
from kpis.model import Definition
from ui.escape import html
from ui.formats import Formats
from ui.links import href
from ui.palette import Palette, palette
from ui.shapes import frame, name_of, shape_of
from ui.view import View


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


def country_map(kpi: Definition, reading: Reading, view: View, formats: Formats) -> str:
    """HTML of map and legend. Each country with a value is a link to its rows."""
    colours = palette()
    found, bounds = places(reading, formats)
    shown = frame(shape for place in found if (shape := shape_of(place.code)))
    address = f"shapes/{shown.meridian}.svg"
    drawn = "".join(
        f'<a tabindex="-1" target="_self" href="{html(_rows_of(place, kpi, view))}" '
        f'aria-label="{html(f"{place.name}: {formats.value(kpi.unit, place.value)}")}">'
        f'<use href="{address}#{name_of(shape)}" fill="{shade(place.step, len(bounds), colours)}"/></a>'
        for place in reversed(found)  # the largest on top, whose border shows when pointed at
        if (shape := shape_of(place.code))
    )
    title = html(f"{kpi.label} on a map of the world. The list beside it has the same numbers.")
    return (
        f'<div class="globe"><svg viewBox="{shown.box}" role="group" aria-label="{title}">'
        f'<use href="{address}#land" fill="{colours.land}" aria-hidden="true"/>{drawn}</svg>'
        f"{_legend(found, bounds, kpi, formats, colours)}</div>"
    )


def _rows_of(place: Place, kpi: Definition, view: View) -> str:
    return href("rows", view.prove(kpi.key, "country", (place.code,)))


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
