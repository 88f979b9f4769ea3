"""Which bucket of last year's course stands beside which."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crm_data.organisation import Organisation
from kpis.answers import Cell, Reading
from kpis.pairs import beside
from kpis.period import Calendar, Grain, Period, grain_for
from tests.kpis.test_period import days, organisations

RETAIL = Calendar(Organisation(fiscal_calendar="445"))
ORDINARY = Calendar(Organisation())

#: Weeks from the year's start to that of each 4-4-5 month.
WEEKS = (0, 4, 8, 13, 17, 21, 26, 30, 34, 39, 43, 47)


def course(calendar: Calendar, period: Period, grain: Grain) -> Reading:
    cells = tuple(
        Cell({"period": bucket}, None, None, None, None, None, None, None)
        for bucket in calendar.buckets(period, grain)
    )
    return Reading("revenue_won", period, None, None, None, None, None, None, None, cells=cells)


def paired(calendar: Calendar, period: Period, how: str, today: date) -> list[tuple[Period, Period | None]]:
    then = calendar.comparable(period, how, today)
    assert then
    grain = grain_for(period)
    now = course(calendar, period, grain)
    found = beside(now, course(calendar, then, grain), grain, calendar)
    return [
        (cell.at["period"], other.at["period"] if other else None)
        for cell, other in zip(now.cells, found, strict=True)
    ]


def monday_nearest_to_new_year(year: int) -> date:
    around = (date(year, 1, 1) + timedelta(days=n) for n in range(-3, 4))
    return next(day for day in around if day.isoweekday() == 1)


def retail_month(day: date) -> tuple[int, int]:
    """Year and month, 0 to 11, of a 4-4-5 year from January in weeks from Monday."""
    year = max(y for y in range(day.year - 1, day.year + 2) if monday_nearest_to_new_year(y) <= day)
    weeks = (day - monday_nearest_to_new_year(year)).days // 7
    return year, sum(start <= weeks for start in WEEKS) - 1


def test_each_fiscal_month_stands_beside_the_same_one_of_the_year_before() -> None:
    for week in range(215):
        today = date(2024, 1, 1) + timedelta(days=8 * week)
        for preset in ("12m", "last-year"):
            pairs = paired(RETAIL, RETAIL.preset(preset, today), "year", today)
            for now, then in pairs:
                assert then, f"nothing beside {now}"
                (year, month), other = retail_month(now.start), retail_month(then.start)
                assert other == (year - 1, month)
                assert then.start == RETAIL.start_of("month", then.start)  # not the rest of one
            last, before = pairs[-1]
            assert before
            assert before.days == last.days or before.end == RETAIL.next_start("month", before.start)


def test_a_fiscal_month_that_once_stood_beside_a_single_day() -> None:
    today = date(2026, 8, 10)
    first, *_ = paired(RETAIL, RETAIL.preset("12m", today), "year", today)
    assert first == (
        Period(date(2025, 8, 25), date(2025, 9, 29)),
        Period(date(2024, 8, 26), date(2024, 9, 30)),
    )


def test_a_quarter_after_a_year_of_53_weeks_is_compared_with_that_quarter() -> None:
    """2020 had 53: from 30 Dec 2019 to 3 Jan 2021."""
    today = date(2021, 4, 10)
    quarter = RETAIL.preset("last-quarter", today)
    assert quarter == Period(date(2021, 1, 4), date(2021, 4, 5))
    then = Period(date(2019, 12, 30), date(2020, 3, 30))
    assert RETAIL.comparable(quarter, "year", today) == then
    assert all(
        other and now.start - other.start == timedelta(weeks=53)
        for now, other in paired(RETAIL, quarter, "year", today)
    )
    to_date = Period(quarter.start, date(2021, 3, 10))
    assert RETAIL.comparable(to_date, "year", date(2021, 3, 9)) == Period(then.start, date(2020, 3, 4))


def test_a_month_of_six_weeks_is_compared_with_one_of_five() -> None:
    today = date(2021, 1, 3)  # the last day of the 53rd week
    month = RETAIL.preset("month", today)
    assert month == Period(date(2020, 11, 23), date(2021, 1, 4))
    assert RETAIL.comparable(month, "year", today) == Period(date(2019, 11, 25), date(2019, 12, 30))
    so_far = Period(month.start, date(2021, 1, 1))
    assert RETAIL.comparable(so_far, "year", date(2020, 12, 31)) == Period(
        date(2019, 11, 25), date(2019, 12, 30)
    )


def test_a_year_after_one_of_53_weeks_is_compared_with_all_of_it() -> None:
    year = Period(date(2021, 1, 4), date(2022, 1, 3))
    assert RETAIL.comparable(year, "year", date(2022, 6, 1)) == Period(date(2019, 12, 30), date(2021, 1, 4))
    last = Period(date(2021, 11, 29), year.end)  # its 12th month has five weeks, that of 2020 six
    assert RETAIL.comparable(last, "year", date(2022, 6, 1)) == Period(date(2020, 11, 23), date(2021, 1, 4))


def test_each_of_the_last_13_weeks_stands_beside_the_week_52_weeks_before() -> None:
    for today in (date(2024, 1, 1) + timedelta(days=n) for n in range(4 * 365)):
        period = ORDINARY.preset("13w", today)
        pairs = paired(ORDINARY, period, "year", today)
        if ORDINARY.to_date(period, today) and pairs[-1][1] is None:
            pairs.pop()  # it is the quarter so far, too: that is compared from its 1st, which is a day less
        assert len(pairs) >= 12
        for now, then in pairs:
            assert then
            assert then.start == now.start - timedelta(weeks=52)


def test_13_weeks_from_the_1st_are_weeks() -> None:
    """1 June 2026 is a Monday: these could be three months."""
    today = date(2026, 8, 28)
    period = ORDINARY.preset("13w", today)
    assert ORDINARY.comparable(period, "year", today) == Period(date(2025, 6, 2), date(2025, 8, 30))
    whole = Period(date(2026, 6, 1), date(2026, 8, 1))
    assert ORDINARY.comparable(whole, "year", today) == Period(date(2025, 6, 1), date(2025, 8, 1))


def test_a_week_that_a_quarter_cuts_stands_beside_the_same_week() -> None:
    """2024 began on a Monday, 2023 with a Sunday: that day alone is nobody's match."""
    quarter = Period(date(2024, 1, 1), date(2024, 4, 1))
    first, *_, last = paired(ORDINARY, quarter, "year", date(2024, 6, 1))
    assert first == (Period(date(2024, 1, 1), date(2024, 1, 8)), Period(date(2023, 1, 2), date(2023, 1, 9)))
    assert last == (Period(date(2024, 3, 25), date(2024, 4, 1)), Period(date(2023, 3, 27), date(2023, 4, 1)))


def test_the_previous_half_year_stands_month_by_month() -> None:
    half = Period(date(2025, 7, 1), date(2026, 1, 1))
    pairs = paired(ORDINARY, half, "previous", date(2026, 6, 1))
    assert [then and then.start for _, then in pairs] == [date(2025, month, 1) for month in range(1, 7)]


@given(organisations, days, st.integers(1, 3000), st.sampled_from(["year", "previous"]))
def test_every_bucket_is_beside_one_at_most_in_order(
    organisation: Organisation, start: date, length: int, how: str
) -> None:
    calendar, period = Calendar(organisation), Period(start, start + timedelta(days=length))
    pairs = paired(calendar, period, how, period.end)
    found = [then.start for _, then in pairs if then]
    assert found == sorted(set(found))
    assert found, "windows of the same length have something to stand beside"
