"""A number by place, and who it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpis import DEFINITIONS
from kpis.answers import Reading
from ui.escape import html
from ui.grid import grid
from ui.links import Entry, linked_list, title
from ui.map import country_map
from ui.page import Page
from ui.palette import palette
from ui.pie import Pie, colouring, pie, ranked
from ui.verdict import is_total

Answers = Mapping[str, Sequence[Reading]]
_SHOWN = 8  # countries in the list


def where_from(page: Page, countries: Reading, regions: Reading, words: str) -> None:
    """A KPI on the map, by region and by country."""
    kpi = DEFINITIONS[countries.key]
    if countries.value is None or not countries.cells:
        drawn = f'<div class="why">{html(countries.why or "No values.")}</div>'
    else:
        places = _list(page, regions, "region", "Regions") + _list(page, countries, "country", "Countries")
        globe = country_map(kpi, countries, page.view, page.formats)
        drawn = f'<div class="world">{globe}<div>{places}</div></div>'
    grid("card", [title(words, page.view.prove(kpi.key)), drawn])


def who_from(page: Page, answers: Answers) -> None:
    """Revenue and customers by segment; a segment has the same colour in both."""
    pairs = (
        (answers["revenue by segment"][0], "Revenue won by segment"),
        (answers["customers by segment"][0], "Active customers by segment"),
    )
    members = (member for reading, _ in pairs for member, _ in ranked(reading.cells, "segment"))
    coloured = colouring(members, palette())
    cards = []
    for reading, words in pairs:
        shown = Pie(DEFINITIONS[reading.key], reading, "segment", coloured)
        drawn = title(words, page.view.prove(reading.key)) + pie(shown, page.view, page.formats)
        cards.append(f'<div class="card card-pie-{html(reading.key)}">{drawn}</div>')
    grid("pies", cards)


def _list(page: Page, reading: Reading, dimension: str, heading: str) -> str:
    """The largest members with a bar each; the others are folded."""
    sized = ranked(reading.cells, dimension)
    if not sized:
        return ""
    entries = [_entry(page, reading, dimension, member, value, sized[0][1]) for member, value in sized]
    key = f"{dimension}-{reading.key}"
    drawn = f'<div class="over">{heading}</div>{linked_list(entries[:_SHOWN], key=key)}'
    if entries[_SHOWN:]:
        rest = linked_list(entries[_SHOWN:], key=f"{key}-rest")
        drawn += f"<details><summary>{len(entries) - _SHOWN} more</summary>{rest}</details>"
    return drawn


def _entry(
    page: Page, reading: Reading, dimension: str, member: object, value: float, largest: float
) -> Entry:
    kpi = DEFINITIONS[reading.key]
    return Entry(
        name=page.formats.member(dimension, member),
        number=page.formats.short(kpi.unit, value),
        share=page.formats.percent(value / (reading.value or value)) if is_total(kpi) else "",
        bar=value / largest,
        query=page.view.prove(kpi.key, dimension, (member,)),
    )
