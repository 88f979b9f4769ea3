"""The same number whichever way it is asked: alone or with others, by day or window, with a margin or not."""

from __future__ import annotations

from datetime import date

import pytest

from kpis import DEFINITIONS, Period, Question, ask
from kpis.model import KPI, AsOf, Throughout
from tests.kpis.conftest import FakeCopy, random_copy

TODAY = date(2026, 11, 21)
YEAR = Period(date(2025, 1, 1), date(2026, 1, 1))
STOCKS = [
    key
    for key, one in DEFINITIONS.items()
    if isinstance(one, KPI) and isinstance(one.clock, AsOf | Throughout)
]


@pytest.fixture(scope="module")
def copy() -> FakeCopy:
    return random_copy(7)


def test_a_stock_is_the_same_by_its_ledger_and_by_itself(copy: FakeCopy) -> None:
    together = ask(copy, *(Question((key,), YEAR, TODAY, "month") for key in STOCKS))
    for key, (course,) in zip(STOCKS, together, strict=True):
        months = [cell.at["period"] for cell in course.cells]
        assert len(months) == 12
        for month, cell in zip(months, course.cells, strict=True):
            ((alone,),) = ask(copy, Question((key,), month, TODAY))
            assert (alone.value, alone.why, alone.n) == (cell.value, cell.why, cell.n), (key, month)
            assert (alone.numerator, alone.denominator) == (cell.numerator, cell.denominator), (key, month)


def test_a_stock_before_its_first_span_cannot_be_told_and_after_its_last_is_nothing() -> None:
    early, late = Period(date(1990, 1, 1), date(1990, 2, 1)), Period(date(2026, 10, 1), date(2026, 11, 1))
    copy = random_copy(8)
    copy.connection.execute(
        "UPDATE deal_spells SET bad = NULL, start_day = '2025-02-01', end_day = '2025-03-01'"
    )
    (before,), (after,) = ask(
        copy, Question(("open_deals",), early, TODAY), Question(("open_deals",), late, TODAY)
    )
    assert (before.value, before.why) == (None, "No deals at the end of the period.")
    assert (after.value, after.why) == (0, None)


def test_a_course_without_margins_has_the_same_numbers_and_totals(copy: FakeCopy) -> None:
    keys = list(DEFINITIONS)
    full = ask(copy, *(Question((key,), YEAR, TODAY, "month") for key in keys))
    bare = ask(copy, *(Question((key,), YEAR, TODAY, "month", margins=False) for key in keys))
    margins = 0
    for (one,), (other,) in zip(full, bare, strict=True):
        assert (one.value, one.low, one.high, one.spread, one.status) == (
            other.value,
            other.low,
            other.high,
            other.spread,
            other.status,
        )
        for cell, course in zip(one.cells, other.cells, strict=True):
            assert (cell.at, cell.value, cell.why, cell.n) == (course.at, course.value, course.why, course.n)
            assert (cell.numerator, cell.denominator) == (course.numerator, course.denominator)
            assert course.low is None
            assert course.high is None
            margins += cell.low is not None
    assert margins > 100
