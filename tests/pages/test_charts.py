"""What the charts are given to draw: slices, classes of colour, dotted buckets."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from urllib.parse import urlparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.organisation import Organisation
from kpis import DEFINITIONS, EVERYONE, HEADLINE, Calendar, Period
from tests.pages.crawl import Url
from tests.pages.readings import ENGLISH, cell, reading
from ui.map import classes, places, shade
from ui.overview import FIGURES, TRENDS, grain_for, questions
from ui.palette import DARK, LIGHT
from ui.pie import MOST, colouring, ranked, slices
from ui.trend import Trend, axis, buckets, trend
from ui.view import View

CALENDAR = Calendar(Organisation())


@given(st.lists(st.none() | st.floats(-100, 1e9), max_size=30))
def test_slices_keep_the_whole_and_are_at_most_six(values: list[float | None]) -> None:
    cells = [cell(value, segment=f"S{place}") for place, value in enumerate(values)]
    found = slices(cells, "segment", ENGLISH, LIGHT, {})
    sized = [value for value in values if value is not None and value > 0]
    assert len(found) == min(len(sized), MOST)
    assert sum(part.value for part in found) == pytest.approx(sum(sized))
    assert len({member for part in found for member in part.members}) == len(sized)
    if len(sized) > MOST:
        assert found[-1].name == f"Other ({len(sized) - MOST + 1})"


def test_the_unnamed_member_has_a_slice() -> None:
    found = slices([cell(2.0, segment=None), cell(1.0, segment="Public")], "segment", ENGLISH, LIGHT, {})
    assert [(part.name, part.members) for part in found] == [("(none)", (None,)), ("Public", ("Public",))]


@given(st.lists(st.floats(0.01, 1e9), min_size=1, max_size=60))
def test_classes_hold_every_value_and_order_them(values: list[float]) -> None:
    bounds = classes(values)
    assert len(bounds) <= 5
    assert bounds[-1] == max(values)
    assert all(low < high for low, high in pairwise(bounds))


def test_places_take_only_what_a_map_can_show() -> None:
    cells = tuple(
        cell(value, country=code) for code, value in (("DE", 5.0), (None, 9.0), ("FR", None), ("US", 7.0))
    )
    found, bounds = places(reading("revenue_won", 21.0, cells=cells), ENGLISH)
    assert [(place.code, place.name, place.step) for place in found] == [
        ("US", "United States", 1),
        ("DE", "Germany", 0),
    ]
    assert bounds == [5.0, 7.0]


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_more_is_always_further_from_the_paper(colours: Any) -> None:
    def light(colour: str) -> float:
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    steps = [abs(light(shade(step, 5, colours)) - light(colours.paper)) for step in range(5)]
    assert steps == sorted(steps)


def series(*, start: date, days: int, unfinished: bool) -> Trend:
    period = Period(start, start + timedelta(days=days))
    cells = [
        cell(float(place + 1), period=bucket)
        for place, bucket in enumerate(CALENDAR.buckets(period, "month"))
    ]
    if unfinished:
        cells[-1] = type(cells[-1])(**{**vars(cells[-1]), "unfinished": True})
    now = replace(reading("revenue_won", 10.0, cells=tuple(cells)), period=period)
    return Trend(DEFINITIONS["revenue_won"], now, None, "month", "")


def test_buckets_that_are_cut_are_dotted_and_said() -> None:
    shown = series(start=date(2026, 1, 15), days=100, unfinished=True)
    found = buckets(shown, ENGLISH, CALENDAR)
    assert [one.cut for one in found] == [True, False, False, True]
    assert found[0].said.endswith("(part of it): €1")
    assert "(unfinished): €4" in found[-1].said
    drawn = paths(trend(shown, View(), ENGLISH, CALENDAR))
    assert [starts(drawn[name]) for name in ("dotted", "whole")] == [[0.5, 2.5], [1.5]]
    assert starts(drawn["dot"]) == [0.5, 1.5, 2.5, 3.5]
    assert starts(drawn["hole"]) == [0.5, 3.5]


def test_the_bucket_of_the_year_before_stands_in_the_same_place() -> None:
    now = series(start=date(2026, 1, 1), days=90, unfinished=False)
    then = series(start=date(2025, 1, 1), days=59, unfinished=False)
    shown = Trend(now.kpi, now.now, then.now, "month", "last year")
    assert [one.earlier for one in buckets(shown, ENGLISH, CALENDAR)] == [1.0, 2.0, None]
    assert starts(paths(trend(shown, View(), ENGLISH, CALENDAR))["earlier"]) == [0.5]


def test_a_week_cut_by_last_year_does_not_shift_the_line() -> None:
    """2024 began on a Monday, 2023 with a Sunday."""
    now, then = (
        replace(
            reading("revenue_won", 1.0, cells=tuple(cell(one, period=bucket) for one, bucket in weeks)),
            period=period,
        )
        for period in (
            Period(date(2024, 1, 1), date(2024, 1, 22)),
            Period(date(2023, 1, 1), date(2023, 1, 22)),
        )
        for weeks in [list(enumerate(CALENDAR.buckets(period, "week")))]
    )
    shown = Trend(DEFINITIONS["revenue_won"], now, then, "week", "last year")
    found = buckets(shown, ENGLISH, CALENDAR)
    assert [one.earlier for one in found] == [1.0, 2.0, 3.0]
    assert found[0].said == "1–7 Jan 2024: €0\nLast year: 2–8 Jan 2023: €1"


def test_a_gap_stays_a_gap() -> None:
    shown = drawn_from([1.0, 2.0, None, 3.0, 4.0, 5.0])
    drawn = paths(trend(shown, View(), ENGLISH, CALENDAR))
    assert starts(drawn["whole"]) == [0.5, 3.5]
    assert starts(drawn["dot"]) == [0.5, 1.5, 3.5, 4.5, 5.5]


def test_each_bucket_is_a_link_to_its_rows_with_the_filters() -> None:
    shown = drawn_from([1.0, 2.0])
    view = View(where=(("segment", ('<b>"&\nx',)),))
    reader = Links()
    reader.feed(trend(shown, view, ENGLISH, CALENDAR))
    assert [View.from_url(url) for url in reader.found] == [
        View(kpi="revenue_won", bucket=cell.at["period"], where=view.where) for cell in shown.now.cells
    ]


class Links(HTMLParser):
    """The queries of all links."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Url] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found.append(Url(urlparse(dict(attrs)["href"] or "").query))


def paths(drawn: str) -> dict[str, str]:
    return dict(re.findall(r'<path class="(\w+)" d="([^"]*)"', drawn))


def starts(path: str) -> list[float]:
    """Where on the time axis the pen is put down."""
    return [float(x) for x in re.findall(r"M([\d.]+) ", path)]


def drawn_from(values: list[float | None]) -> Trend:
    """A series of days."""
    start = date(2026, 1, 1)
    cells = tuple(
        cell(value, period=Period(start + timedelta(days=day), start + timedelta(days=day + 1)))
        for day, value in enumerate(values)
    )
    return Trend(DEFINITIONS["revenue_won"], reading("revenue_won", 1.0, cells=cells), None, "day", "")


# No KPI is told apart below a millionth.
NUMBERS = st.floats(-1e9, 1e9).map(lambda number: round(number, 6))


@given(st.lists(st.none() | NUMBERS, min_size=1, max_size=20))
def test_the_axis_holds_every_point_in_few_round_steps(values: list[float | None]) -> None:
    shown = drawn_from(values)
    marks = axis(buckets(shown, ENGLISH, CALENDAR), shown.kpi)
    low, high = marks[0], marks[-1]
    known = [value for value in values if value is not None]
    slack = (high - low) * 1e-8
    assert all(low - slack <= value <= high + slack for value in known)
    assert 2 <= len(marks) <= 8
    assert trend(shown, View(), ENGLISH, CALENDAR)


@pytest.mark.parametrize(
    ("days", "grain"), [(7, "day"), (31, "day"), (90, "week"), (365, "month"), (1500, "quarter")]
)
def test_grain(days: int, grain: str) -> None:
    start = date(2020, 1, 1)
    assert grain_for(Period(start, start + timedelta(days=days))) == grain


def test_the_overview_asks_for_both_windows_with_the_filters_on() -> None:
    view = View(period="year", where=(("region", ("EMEA",)),))
    asked = questions(view, CALENDAR, date(2026, 11, 21), EVERYONE)
    assert set(asked["now"].kpis) == {*HEADLINE, *TRENDS}
    assert asked["figures"].kpis == FIGURES
    assert {one.where for one in asked.values()} == {(("region", ("EMEA",)),)}
    assert asked["then"].period == Period(date(2025, 1, 1), date(2025, 11, 22))
    without = questions(View(compare="none"), CALENDAR, date(2026, 11, 21), EVERYONE)
    assert not {"then", "trends then"} & set(without)


def test_a_member_has_the_same_colour_in_all_pies_and_no_two_share_one() -> None:
    revenue = [cell(float(9 - place), segment=f"S{place}") for place in range(8)]
    customers = [cell(float(place + 1), segment=f"S{place}") for place in range(8)]
    coloured = colouring(
        (member for cells in (revenue, customers) for member, _ in ranked(cells, "segment")), LIGHT
    )
    one, other = (slices(cells, "segment", ENGLISH, LIGHT, coloured) for cells in (revenue, customers))
    for parts in (one, other):
        assert len({part.colour for part in parts}) == len(parts)
    by_name = {part.name: part.colour for part in one}
    assert all(
        by_name[part.name] == part.colour
        for part in other
        if part.members[0] in coloured and part.name in by_name
    )
