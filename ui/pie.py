"""Parts of a whole: a ring of at most six slices, and a list of them that is linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import cos, sin, tau

from kpis.answers import Cell, Reading
from kpis.dimensions import DIMENSIONS
from kpis.model import Definition
from ui.escape import html
from ui.formats import Formats
from ui.links import Entry, href, linked_list
from ui.palette import Palette, palette
from ui.view import View

MOST = 6
_INNER, _OUTER = 56, 86  # radii of the ring, in a box of 190 × 190


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


def pie(shown: Pie, view: View, formats: Formats) -> str:
    """HTML of ring and list; both link each slice to its rows."""
    kpi, reading, dimension = shown.kpi, shown.reading, shown.dimension
    parts = slices(reading.cells, dimension, formats, palette(), shown.coloured)
    if not parts:
        why = html(reading.why or "Nothing to divide.")
        return f'<div class="why">{why}</div>'
    if [part.members for part in parts] == [(None,)]:
        label = html(DIMENSIONS[dimension].label.lower())
        return f'<div class="why">No {label} is recorded for these.</div>'
    whole = sum(part.value for part in parts)
    entries = [
        Entry(
            name=part.name,
            number=formats.short(kpi.unit, part.value),
            share=formats.percent(part.value / whole),
            bar=0,
            query=view.prove(kpi.key, dimension, part.members),
            colour=part.colour,
        )
        for part in parts
    ]
    said = [
        f"{one.name}: {formats.value(kpi.unit, one.value)}, {formats.percent(one.value / whole)}"
        for one in parts
    ]
    addresses = [href("rows", one.query) for one in entries]
    drawn = _ring(parts, said, addresses, formats.short(kpi.unit, whole), f"{kpi.label} by {dimension}")
    return f'<div class="pie">{drawn}{linked_list(entries, key=f"{dimension}-{kpi.key}")}</div>'


def _ring(
    parts: Sequence[Slice], said: Sequence[str], addresses: Sequence[str], total: str, title: str
) -> str:
    """The slices clockwise from the top, the total in their middle."""
    whole = sum(part.value for part in parts)
    ends = [0.0, *accumulate(part.value / whole for part in parts)]
    drawn = "".join(
        f'<a tabindex="-1" target="_self" href="{html(address)}" aria-label="{html(words)}">'
        f'<path d="{_arc(start, end)}" fill="{part.colour}"/></a>'
        for part, words, address, start, end in zip(parts, said, addresses, ends, ends[1:], strict=False)
    )
    return (
        f'<svg class="ring" viewBox="-95 -95 190 190" role="group" aria-label="{html(title)}">'
        f'{drawn}<text aria-hidden="true" dy=".35em">{html(total)}</text></svg>'
    )


def _arc(start: float, end: float) -> str:
    """The outline of a slice, from and to a share of the whole."""
    end = min(end, start + 0.9999)  # an arc that ends where it begins is none
    large = int(end - start > 0.5)
    return (
        f"M{_point(_OUTER, start)}A{_OUTER} {_OUTER} 0 {large} 1 {_point(_OUTER, end)}"
        f"L{_point(_INNER, end)}A{_INNER} {_INNER} 0 {large} 0 {_point(_INNER, start)}Z"
    )


def _point(radius: int, share: float) -> str:
    angle = tau * share
    return f"{radius * sin(angle):.2f} {-radius * cos(angle):.2f}"
