"""Calendars: fiscal years, weeks, comparisons."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.organisation import Organisation
from kpis.period import COMPARISONS, GRAINS, PRESETS, Calendar, Period, add_months

days = st.dates(date(2015, 1, 1), date(2035, 1, 1))
organisations = st.builds(
    Organisation,
    week_start=st.integers(1, 7),
    fiscal_start_month=st.integers(1, 12),
    fiscal_calendar=st.sampled_from(["months", "445"]),
)


@given(organisations, days, st.sampled_from(GRAINS))
def test_every_day_is_in_exactly_one_unit(organisation: Organisation, day: date, grain) -> None:
    calendar = Calendar(organisation)
    start, following = calendar.start_of(grain, day), calendar.next_start(grain, day)
    assert start <= day < following
    assert calendar.start_of(grain, following) == following
    assert calendar.next_start(grain, start) == following
    assert calendar.start_of(grain, following - timedelta(days=1)) == start


@given(organisations, days, st.sampled_from(list(PRESETS)), st.sampled_from(list(COMPARISONS)))
def test_presets_end_by_today_and_are_compared_with_earlier_days(organisation, today, preset, how) -> None:
    calendar = Calendar(organisation)
    period = calendar.preset(preset, today)
    assert period.end <= today + timedelta(days=1)
    other = calendar.comparable(period, how, today)
    if other is None:
        assert how == "none"
        return
    assert other.start < period.start
    assert other.end <= period.end
    if calendar.to_date(period, today):
        assert other.days <= period.days


@given(organisations, days, st.integers(1, 800), st.sampled_from(GRAINS))
def test_buckets_tile_the_period(organisation: Organisation, start: date, length: int, grain) -> None:
    period = Period(start, start + timedelta(days=length))
    buckets = list(Calendar(organisation).buckets(period, grain))
    assert (buckets[0].start, buckets[-1].end) == (period.start, period.end)
    assert all(one.end == other.start for one, other in pairwise(buckets))


def test_a_445_year_has_52_or_53_weeks() -> None:
    calendar = Calendar(Organisation(fiscal_calendar="445", fiscal_start_month=2, week_start=7))
    lengths = set()
    day = date(2015, 6, 1)
    for _ in range(20):
        start, following = calendar.year_start(day), calendar.next_start("year", day)
        lengths.add((following - start).days // 7)
        assert (following - start).days % 7 == 0
        assert start.isoweekday() == 7
        day = following
    assert lengths == {52, 53}


@given(organisations, days)
def test_a_years_fiscal_months_are_called_by_twelve_months_in_a_row(
    organisation: Organisation, day: date
) -> None:
    """From the organisation's first one on, whatever day each begins; every day of a month has its name."""
    calendar = Calendar(organisation)
    year = calendar.year_start(day)
    months = calendar.buckets(Period(year, calendar.next_start("year", day)), "month")
    first = (year + timedelta(days=7)).replace(day=1)  # the year begins at most three days before it
    assert first.month == organisation.fiscal_start_month
    named = [calendar.month_called(month.start) for month in months]
    assert named == [add_months(first, place) for place in range(12)]
    assert named == [calendar.month_called(month.end - timedelta(days=1)) for month in months]


def test_comparable_windows() -> None:
    calendar, today = Calendar(Organisation()), date(2026, 11, 21)

    def compared(preset: str, how: str) -> Period | None:
        return calendar.comparable(calendar.preset(preset, today), how, today)

    assert compared("quarter", "year") == Period(date(2025, 10, 1), date(2025, 11, 22))
    assert compared("quarter", "previous") == Period(date(2026, 7, 1), date(2026, 8, 22))
    assert compared("last-month", "previous") == Period(date(2026, 9, 1), date(2026, 10, 1))
    assert compared("last-quarter", "year") == Period(date(2025, 7, 1), date(2025, 10, 1))
    assert compared("week", "year") == Period(date(2025, 11, 17), date(2025, 11, 23))
    assert calendar.preset("12m", today) == Period(date(2025, 12, 1), date(2026, 11, 22))
    assert calendar.preset("13w", today) == Period(date(2026, 8, 24), date(2026, 11, 22))
    assert compared("12m", "year") == Period(date(2024, 12, 1), date(2025, 11, 22))
    assert compared("12m", "none") is None
    assert compared("13w", "year") == Period(date(2025, 8, 25), date(2025, 11, 23))
    past = Period(date(2025, 12, 1), date(2026, 11, 20))
    assert calendar.comparable(past, "year", today) == Period(date(2024, 12, 1), date(2025, 11, 20))


@given(organisations, days, st.integers(0, 400), st.integers(1, 400), st.sampled_from(list(COMPARISONS)))
def test_what_goes_on_after_today_is_compared_as_far_as_it_has_come(
    organisation: Organisation, today: date, begun: int, left: int, how: str
) -> None:
    """The value of a window is cut after today, so the window that it is compared with is, too."""
    calendar = Calendar(organisation)
    start, tomorrow = today - timedelta(days=begun), today + timedelta(days=1)
    whole, so_far = Period(start, tomorrow + timedelta(days=left)), Period(start, tomorrow)
    assert calendar.comparable(whole, how, today) == calendar.comparable(so_far, how, today)


def test_a_quarter_chosen_by_its_days_is_compared_to_date() -> None:
    calendar, today = Calendar(Organisation()), date(2026, 11, 28)
    quarter = Period(date(2026, 10, 1), date(2027, 1, 1))
    assert calendar.comparable(quarter, "year", today) == Period(date(2025, 10, 1), date(2025, 11, 29))
    assert calendar.comparable(quarter, "previous", today) == Period(date(2026, 7, 1), date(2026, 8, 29))
    tomorrow = Period(date(2026, 11, 29), date(2027, 1, 1))  # not begun: it has no value
    assert calendar.comparable(tomorrow, "year", today) == Period(date(2025, 11, 29), date(2026, 1, 1))


def test_last_february_of_a_leap_year_is_compared_whole() -> None:
    calendar = Calendar(Organisation())
    february = Period(date(2024, 2, 1), date(2024, 3, 1))
    assert calendar.comparable(february, "year", date(2026, 1, 1)) == Period(
        date(2023, 2, 1), date(2023, 3, 1)
    )


def test_months_are_added_without_leaving_the_month() -> None:
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)


def test_a_period_needs_a_day() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        Period(date(2026, 1, 1), date(2026, 1, 1))
    with pytest.raises(ValueError, match="no period is called"):
        Calendar(Organisation()).preset("fortnight", date(2026, 1, 1))
