"""The parts of an account's health, and when they tell a score."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kpis import health
from kpis.health import Mark

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("days", "mark"),
    [(0, Mark.GOOD), (30, Mark.GOOD), (31, Mark.MIDDLING), (90, Mark.MIDDLING), (91, Mark.BAD)],
)
def test_in_touch(days: int, mark: Mark) -> None:
    assert health.contact(TODAY - timedelta(days=days), TODAY).mark is mark


@pytest.mark.parametrize(
    ("now", "before", "mark"),
    [
        (95, 100, Mark.GOOD),
        (94, 100, Mark.MIDDLING),
        (74, 100, Mark.BAD),
        (None, 100, Mark.BAD),
        (5, None, Mark.UNKNOWN),
        (5, 0, Mark.UNKNOWN),
        (5, -3, Mark.UNKNOWN),
    ],
)
def test_purchases(now: float | None, before: float | None, mark: Mark) -> None:
    assert health.purchases(now, before).mark is mark


def test_what_is_not_recorded_cannot_tell() -> None:
    parts = [
        health.contact(None, TODAY),
        health.open_cases(0, 0, 0),
        health.satisfaction(0, 0),
        health.payment(0, None, TODAY),
        health.purchases(None, None),
    ]
    assert {part.mark for part in parts} == {Mark.UNKNOWN}
    assert health.score(parts) is None


def test_the_score_is_of_the_parts_that_tell() -> None:
    good, late = health.satisfaction(10, 9), health.open_cases(4, 1, 1)
    middling = health.payment(3, TODAY - timedelta(days=29), TODAY)
    unknown = health.contact(None, TODAY)
    assert (good.mark, late.mark, middling.mark) == (Mark.GOOD, Mark.BAD, Mark.MIDDLING)
    assert health.payment(3, TODAY - timedelta(days=30), TODAY).mark is Mark.BAD
    assert health.payment(3, None, TODAY).mark is Mark.GOOD
    assert health.score([good, late, unknown]) is None
    assert health.score([good, late, middling, unknown]) == 0.5
