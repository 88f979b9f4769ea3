"""Every KPI of the catalogue against its own recomputation from the CRM database, in plain pandas.

The CRM is a demo with rows planted in it that no demo has (`awkward.py`).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import pytest

from crm_data.warehouse import Copy
from kpis import DEFINITIONS, Calendar, Cell, Period, Question, Reading, Viewer, ask, explain
from kpis.model import Composition
from kpis.question import Where
from tests.kpis.conftest import TODAY, YEAR
from tests.kpis.recompute import RECOMPUTED, Figure
from tests.kpis.recompute_crm import Crm
from tests.kpis.recompute_interval import FEWEST, INTERVALS, coverage
from tests.kpis.recompute_left_out import LEFT_OUT

TOMORROW = TODAY + timedelta(days=1)
ODD = Period(date(2024, 5, 13), date(2025, 2, 3))
WINDOWS = (
    YEAR,
    Period(date(2026, 10, 1), TOMORROW),
    Period(date(2025, 3, 1), date(2025, 4, 1)),
    ODD,
    Period(TODAY, TOMORROW),
    Period(date(2020, 1, 1), date(2021, 1, 1)),  # before any data
    Period(date(2023, 11, 1), date(2030, 1, 1)),  # all there is, and what has not happened yet
)
KEYS = list(DEFINITIONS)
#: The rows of these are in cents, their means too.
UNITS = dict.fromkeys(("average_deal", "cltv_realised", "social_sentiment", "resolution_mean", "ces"), 100)


def past(window: Period) -> Period:
    """The part of a window up to today."""
    return Period(window.start, min(window.end, TOMORROW))


def same(found: Reading | Cell, expected: Figure) -> None:
    """To the cent, where it is a fraction. A total of no rows may be 0, where there are others."""
    if expected.value is None:
        assert not found.value
        assert found.value is not None or found.why
    else:
        assert found.value == pytest.approx(expected.value, rel=1e-12)
    if expected.n is not None:
        assert (found.n or 0) == expected.n
    for exact, name in ((expected.numerator, "numerator"), (expected.denominator, "denominator")):
        if exact is not None:
            assert (getattr(found, name) or Fraction(0)) == exact, name


def reading(copy: Copy, key: str, window: Period, where: Where = (), viewer: Viewer = Viewer()) -> Reading:  # noqa: B008
    return ask(copy, Question((key,), window, TODAY, where=where, viewer=viewer))[0][0]


def test_every_kpi_has_a_recomputation_of_its_own() -> None:
    assert set(RECOMPUTED) == set(DEFINITIONS)


@pytest.mark.parametrize("key", KEYS)
def test_the_whole(spoiled: Copy, plain: Crm, key: str) -> None:
    found = ask(spoiled, *(Question((key,), window, TODAY) for window in WINDOWS))
    for window, (one,) in zip(WINDOWS, found, strict=True):
        same(one, RECOMPUTED[key].of(plain, past(window)))


@pytest.mark.parametrize("key", KEYS)
def test_each_breakdown(spoiled: Copy, plain: Crm, key: str) -> None:
    asked = [
        Question((key,), window, TODAY, by=(name,))
        for window in (YEAR, ODD)
        for name in DEFINITIONS[key].dimensions
    ]
    for question, (one,) in zip(asked, ask(spoiled, *asked), strict=True):
        (dimension,) = question.by
        cells = {cell.at[dimension]: cell for cell in one.cells}
        assert len(cells) == len(one.cells)
        expected = RECOMPUTED[key].by(plain, question.period, dimension)
        assert set(expected) <= set(cells)
        for member, cell in cells.items():
            same(cell, expected.get(member, Figure(None, 0 if RECOMPUTED[key].rows[1:] == () else None)))


@pytest.mark.parametrize("key", KEYS)
def test_filters(spoiled: Copy, plain: Crm, key: str) -> None:
    several: Where = (("region", ("EMEA", "Latin America", None)),)
    two: Where = (("channel", ("Paid search", "Events")), ("region", ("EMEA", "North America")))
    other = "segment" if "segment" in DEFINITIONS[key].dimensions else "region"
    none: Where = ((other, (None,)),)
    for where in (several, two, none):
        if all(dimension in DEFINITIONS[key].dimensions for dimension, _ in where):
            same(reading(spoiled, key, YEAR, where), RECOMPUTED[key].of(plain, YEAR, where))


@pytest.mark.parametrize("key", KEYS)
def test_what_a_viewer_may_see(spoiled: Copy, plain: Crm, key: str) -> None:
    seen = reading(spoiled, key, ODD, viewer=Viewer(regions=frozenset({"EMEA", "Asia-Pacific"})))
    if "region" not in DEFINITIONS[key].dimensions:
        assert (seen.value, seen.n) == (None, None)
        return
    where: Where = (("region", ("EMEA", "Asia-Pacific")),)
    same(seen, RECOMPUTED[key].of(plain, ODD, where))


@pytest.mark.parametrize("key", KEYS)
def test_the_series_by_month(spoiled: Copy, plain: Crm, key: str) -> None:
    """The first and last month are cut by the window."""
    window = Period(date(2025, 9, 10), TOMORROW)
    (one,) = ask(spoiled, Question((key,), window, TODAY, grain="month"))[0]
    months = list(Calendar(spoiled.organisation).buckets(window, "month"))
    assert [cell.at["period"] for cell in one.cells] == months
    assert [month.start.day for month in months] == [10] + [1] * 14
    for cell, month in zip(one.cells, months, strict=True):
        same(cell, RECOMPUTED[key].of(plain, month))


@pytest.mark.parametrize("key", KEYS)
def test_a_series_of_a_breakdown(spoiled: Copy, plain: Crm, key: str) -> None:
    window = Period(date(2025, 2, 1), date(2025, 11, 5))
    by = "channel" if "channel" in DEFINITIONS[key].dimensions else DEFINITIONS[key].dimensions[-1]
    (one,) = ask(spoiled, Question((key,), window, TODAY, grain="quarter", by=(by,)))[0]
    cells = {(cell.at["period"], cell.at[by]): cell for cell in one.cells}
    quarters = list(Calendar(spoiled.organisation).buckets(window, "quarter"))
    assert [quarter.start.month for quarter in quarters] == [
        2,
        5,
        8,
        11,
    ]  # the fiscal year begins in February
    for quarter in quarters:
        for member, figure in RECOMPUTED[key].by(plain, quarter, by).items():
            same(cells[quarter, member], figure)


@pytest.mark.parametrize("key", list(INTERVALS))
def test_the_interval(spoiled: Copy, plain: Crm, key: str) -> None:
    by = "region" if "region" in DEFINITIONS[key].dimensions else DEFINITIONS[key].dimensions[0]
    (whole,) = ask(spoiled, Question((key,), YEAR, TODAY, by=(by,)))[0]
    every: tuple[Reading | Cell, ...] = (whole, *whole.cells)
    for one in every:
        where: Where = ((by, (one.at[by],)),) if isinstance(one, Cell) else ()
        frames = RECOMPUTED[key].frames(plain, YEAR, where)
        found = None if one.low is None or one.high is None else (one.low, one.high)
        expected = INTERVALS[key](*frames) if one.value is not None else None
        assert (found is None) == (expected is None)
        if expected is not None:
            assert found == pytest.approx(
                tuple(bound / UNITS.get(key, 1) for bound in expected), rel=1e-6, abs=1e-9
            )


def test_all_others_are_plain_totals_without_an_interval(spoiled: Copy) -> None:
    totals = [key for key in KEYS if key not in INTERVALS and not getattr(DEFINITIONS[key], "median", False)]
    quotients = {key for key in totals if isinstance(DEFINITIONS[key], Composition)}
    assert all(DEFINITIONS[key].unit.value in ("money", "count", "days") for key in {*totals} - quotients)
    for one in ask(spoiled, Question(tuple(totals), YEAR, TODAY))[0]:
        assert (one.low, one.high) == (None, None)
        assert one.denominator is None or one.key in quotients


def test_median_quartiles_and_their_interval(spoiled: Copy, plain: Crm) -> None:
    (median,) = ask(spoiled, Question(("sales_cycle_median",), YEAR, TODAY, by=("team",)))[0]
    (mean,) = ask(spoiled, Question(("sales_cycle",), YEAR, TODAY))[0]
    days = RECOMPUTED["sales_cycle"].frames(plain, YEAR)[0]["each"].to_numpy(float)
    for one in (median, mean):
        assert one.spread is not None
        found = (one.spread.p25, one.spread.median, one.spread.p75, one.spread.mean)
        assert found == pytest.approx((*np.percentile(days, (25, 50, 75)), days.mean()))
    assert median.value == np.median(days)
    assert median.low is not None
    assert median.high is not None
    assert coverage(days, median.low, median.high) > 0.93
    assert coverage(days, median.low + 1, median.high - 1) < 0.97  # and not wider than need be
    assert all((cell.low is None) == ((cell.n or 0) < FEWEST) for cell in median.cells)


@pytest.mark.parametrize("key", list(LEFT_OUT))
def test_rows_left_out_by_reason(spoiled: Copy, plain: Crm, key: str) -> None:
    for window in (YEAR, ODD):
        proof = explain(spoiled, Question((key,), window, TODAY))
        expected = Counter(LEFT_OUT[key](plain, window))
        assert {one.words: one.n for one in proof.left_out} == dict(expected)
        assert proof.reading.left_out == expected.total()


@pytest.mark.parametrize(
    "key", ["active_customers", "customer_days", "churn_rate", "open_pipeline", "backlog"]
)
def test_spans_that_make_no_sense_are_told(spoiled: Copy, plain: Crm, key: str) -> None:
    """Those that end before they start are in no window, and yet in none without a word."""
    if key == "backlog":
        spans = [(row["opened_at"], row["resolved_at"]) for row in plain.rows["cases"]]
    elif key == "open_pipeline":
        spans = [(row["opened_on"], row["closed_on"]) for row in plain.rows["opportunities"]]
    else:
        spans = [(row["started_on"], row["ended_on"]) for row in plain.rows["memberships"]]
    backwards = sum(bool(start and end and end < start) for start, end in spans)
    proof = explain(spoiled, Question((key,), Period(date(2023, 11, 1), TOMORROW), TODAY))
    assert backwards
    assert sum(one.n for one in (*proof.left_out, *proof.undated) if "before" in one.words) == backwards


@pytest.mark.parametrize(("key", "undated"), [("revenue_won", 1), ("deals_won", 1), ("win_rate", 1)])
def test_rows_without_a_day(spoiled: Copy, key: str, undated: int) -> None:
    assert [one.n for one in explain(spoiled, Question((key,), YEAR, TODAY)).undated] == [undated]
