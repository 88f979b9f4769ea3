"""What a tile says: status, change, goal and margin, in words and shape; nothing that data could break."""

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis import DEFINITIONS
from tests.pages.readings import ENGLISH, HOSTILE, goal, reading
from ui.alerts.strip import out_of_band, sentence
from ui.gauge import Tile, spoken, tile
from ui.sparkline import sparkline
from ui.verdict import change, status_words


def shown(value: float | None, key: str = "csat", **rest: object) -> Tile:
    return Tile(DEFINITIONS[key], reading(key, value, **rest), None, "last year", ())


@given(
    value=st.none() | st.floats(-1e12, 1e12),
    target=st.floats(-1e9, 1e9),
    floor=st.none() | st.floats(-1e9, 1e9),
    low=st.none() | st.floats(-1e12, 1e12),
    why=st.sampled_from(HOSTILE),
    key=st.sampled_from(["csat", "cac", "churn_rate", "sales_cycle_median"]),
    course=st.lists(st.tuples(st.none() | st.floats(-1e12, 1e12), st.booleans()), max_size=14),
)
def test_a_tile_is_well_formed_whatever_it_shows(value, target, floor, low, why, key, course) -> None:
    one = reading(key, value, why=why, goal=goal(target, floor), low=low, high=low, status="near")
    drawn = tile(Tile(DEFINITIONS[key], one, None, why, tuple(course)), ENGLISH)
    root = ElementTree.fromstring(drawn)
    assert not {"img", "script", "style"} & {element.tag for element in root.iter()}
    for arc in root.iter("path"):
        assert "nan" not in arc.attrib["d"]
        assert "inf" not in arc.attrib["d"]


def test_no_value_is_na_with_its_reason_whole() -> None:
    drawn = tile(shown(None, why="Paid acquisition spend has no country."), ENGLISH)
    assert ">n/a<" in drawn
    assert "Paid acquisition spend has no country." in drawn
    assert ">0" not in drawn


def test_the_spoken_name_has_everything() -> None:
    one = shown(0.85, goal=goal(0.95, 0.9), low=0.83, high=0.87, status="bad", n=1211)
    then = reading(value=0.8, low=0.79, high=0.81)
    words = spoken(replace(one, change=change(one.reading, then, one.kpi, ENGLISH)), ENGLISH)
    assert words == (
        "Customer satisfaction: 85.0%, Out of band, target 95.0%, floor 90.0%, between 83.0% and 87.0%, "
        "up 5 pts, better against last year, n 1,211"
    )


@pytest.mark.parametrize(
    ("status", "rest", "words"),
    [
        ("good", {}, "On target"),
        ("near", {}, "Near target"),
        ("bad", {}, "Out of band"),
        ("unsure", {"n": 12, "low": 0.1, "high": 0.9}, "Too few to tell"),
        ("unsure", {"n": 400, "low": 0.85, "high": 0.95}, "Uncertain"),
        ("none", {}, "No target"),
    ],
)
def test_status_in_words(status: str, rest: dict[str, Any], words: str) -> None:
    assert status_words(reading(status=status, **rest)) == words


@pytest.mark.parametrize(
    ("key", "now", "then", "direction", "meaning", "amount"),
    [
        ("csat", 0.9, 0.8, "up", "better", "10 pts"),
        ("churn_rate", 0.2, 0.1, "up", "worse", "10 pts"),
        ("cac", 90.0, 100.0, "down", "better", "10%"),
        ("revenue_won", 50.0, 100.0, "down", "worse", "50%"),
        ("revenue_won", 50.0, 0.0, "up", "better", "€50"),
        ("spend_paid", 50.0, 40.0, "up", "neither", "25%"),
        ("csat", 0.90001, 0.9, "same", "neither", "0 pts"),
    ],
)
def test_change(key: str, now: float, then: float, direction: str, meaning: str, amount: str) -> None:
    sure = [reading(key, value, low=value - 0.001, high=value + 0.001) for value in (now, then)]
    moved = change(sure[0], sure[1], DEFINITIONS[key], ENGLISH)
    assert moved is not None
    assert (moved.direction, moved.meaning, moved.amount) == (direction, meaning, amount)


def test_a_change_within_the_margin_of_error_is_neither_better_nor_worse() -> None:
    now, then = reading(value=0.9, low=0.85, high=0.95), reading(value=0.84, low=0.8, high=0.88)
    moved = change(now, then, DEFINITIONS["csat"], ENGLISH)
    assert moved is not None
    assert moved.meaning == "unsure"
    assert "within the margin of error" in moved.words


def test_a_change_between_values_with_too_few_rows_for_a_margin_is_unsure() -> None:
    moved = change(reading(value=0.9), reading(value=0.5), DEFINITIONS["csat"], ENGLISH)
    assert moved is not None
    assert moved.meaning == "unsure"


def test_no_change_without_both_values() -> None:
    assert change(reading(value=None), reading(), DEFINITIONS["csat"], ENGLISH) is None
    assert change(reading(), None, DEFINITIONS["csat"], ENGLISH) is None


def test_alerts_come_worst_first_and_only_from_beyond_the_floor() -> None:
    readings = [
        reading("lead_conversion", 0.14, goal=goal(0.18, 0.15), status="bad"),
        reading("csat", 0.93, goal=goal(0.95, 0.9), status="near"),
        reading("churn_rate", 0.4, goal=goal(0.1, 0.2), status="bad"),
        reading("cac", 9.0, goal=goal(5, 6), status="unsure"),
    ]
    worst = out_of_band(readings)
    assert [one.key for one in worst] == ["churn_rate", "lead_conversion"]
    assert sentence(worst[0], ENGLISH) == "Churn rate is 40.0%, above its limit of 20.0%"
    assert sentence(worst[1], ENGLISH) == "Lead conversion is 14.0%, below its floor of 15.0%"


def test_a_sparkline_dots_the_way_to_an_unfinished_value() -> None:
    root = ElementTree.fromstring(
        sparkline([(1.0, False), (2.0, False), (None, False), (3.0, False), (1.0, True)])
    )
    whole, cut = (path.attrib["d"] for path in root.iter("path"))
    assert (whole.count("M"), cut.count("M")) == (1, 1)  # the gap is not bridged
    assert [circle.attrib["class"] for circle in root.iter("circle")] == ["dot open"]
