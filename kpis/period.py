"""Windows of time: half-open, in the organisation's days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, cast

from crm_data.organisation import Organisation

Grain = Literal["day", "week", "month", "quarter", "year"]
GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")

#: name in the URL -> words on the screen
PRESETS = {
    "7d": "Last 7 days",
    "30d": "Last 30 days",
    "13w": "Last 13 weeks",
    "12m": "Last 12 months",
    "week": "This week",
    "month": "This month",
    "quarter": "This quarter",
    "year": "This fiscal year",
    "last-week": "Last week",
    "last-month": "Last month",
    "last-quarter": "Last quarter",
    "last-year": "Last fiscal year",
}

#: name in the URL -> words on the screen
COMPARISONS = {
    "year": "Same time last year",
    "previous": "Previous period",
    "none": "No comparison",
}


@dataclass(frozen=True, order=True)
class Period:
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"a period needs at least one day: {self.start} is not before {self.end}")

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __str__(self) -> str:
        last = self.end - timedelta(days=1)
        return (
            f"{self.start:%-d %b %Y}" if last == self.start else f"{self.start:%-d %b %Y} – {last:%-d %b %Y}"
        )


#: Data that ended longer ago than this is looked at from its end.
_STALE = timedelta(days=45)


def anchor(today: date, newest: date | None) -> date:
    """The day that periods count back from: today, or the end of data that ended long ago."""
    return newest if newest and today - newest > _STALE else today


@dataclass(frozen=True)
class Calendar:
    """The organisation's calendar: where weeks, fiscal months, quarters and years begin."""

    organisation: Organisation

    @property
    def week_start(self) -> int:
        return self.organisation.week_start

    @property
    def fiscal_start_month(self) -> int:
        return self.organisation.fiscal_start_month

    @property
    def weekly(self) -> bool:
        return self.organisation.fiscal_calendar == "445"

    def year_start(self, day: date) -> date:
        """The first day of the fiscal year that `day` is in."""
        start = self._year_start(day.year + 1)
        year = day.year + 1
        while start > day:
            year -= 1
            start = self._year_start(year)
        return start

    def _year_start(self, year: int) -> date:
        first = date(year, self.fiscal_start_month, 1)
        if not self.weekly:
            return first
        # 4-4-5: the year begins on the week start nearest to the 1st, so it has 52 or 53 weeks.
        ahead = (self.week_start - first.isoweekday()) % 7
        return first + timedelta(days=ahead if ahead <= 3 else ahead - 7)

    def start_of(self, grain: Grain, day: date) -> date:
        """The first day of the day's week, month, quarter or fiscal year."""
        if grain == "day":
            return day
        if grain == "week":
            return day - timedelta(days=(day.isoweekday() - self.week_start) % 7)
        if grain == "year":
            return self.year_start(day)
        return max(start for start in self._starts(grain, self.year_start(day)) if start <= day)

    def next_start(self, grain: Grain, day: date) -> date:
        """The first day of the following week, month, quarter or fiscal year."""
        if grain == "day":
            return day + timedelta(days=1)
        if grain == "week":
            return self.start_of("week", day) + timedelta(days=7)
        year = self.year_start(day)
        following = self.year_start(year + timedelta(days=380))
        if grain == "year":
            return following
        return min([start for start in self._starts(grain, year) if start > day], default=following)

    def _starts(self, grain: Grain, year: date) -> list[date]:
        if self.weekly:
            weeks = (0, 4, 8, 13, 17, 21, 26, 30, 34, 39, 43, 47) if grain == "month" else (0, 13, 26, 39)
            return [year + timedelta(weeks=n) for n in weeks]
        return [add_months(year, n) for n in range(0, 12, 1 if grain == "month" else 3)]

    @lru_cache(maxsize=1000)  # noqa: B019 - calendars are few and equal where organisations are
    def buckets(self, period: Period, grain: Grain) -> tuple[Period, ...]:
        """The calendar's units that the period touches; the first and last may be cut by it."""
        found, start = [], period.start
        while start < period.end:
            end = min(self.next_start(grain, start), period.end)
            found.append(Period(start, end))
            start = end
        return tuple(found)

    def preset(self, name: str, today: date) -> Period:
        """A named period. Those that go on are cut at the end of today (the to-date guard)."""
        tomorrow = today + timedelta(days=1)
        rolling = {"7d": 7, "30d": 30}
        if name in rolling:
            return Period(tomorrow - timedelta(days=rolling[name]), tomorrow)
        if name in ("13w", "12m"):
            # Whole weeks or months and the present one so far, so that no bucket is cut at the front.
            return Period(
                self._earlier("week" if name == "13w" else "month", today, int(name[:-1])), tomorrow
            )
        if name not in PRESETS:
            raise ValueError(f"no period is called {name!r}; there are: {', '.join(PRESETS)}")
        last, _, unit = name.rpartition("-")
        grain = cast(Grain, unit)
        start = self.start_of(grain, today)
        if not last:
            return Period(start, tomorrow)
        return Period(self.start_of(grain, start - timedelta(days=1)), start)

    def _earlier(self, grain: Grain, day: date, units: int) -> date:
        """The first day of the last so many units, the day's own included."""
        start = self.start_of(grain, day)
        for _ in range(units - 1):
            start = self.start_of(grain, start - timedelta(days=1))
        return start

    @lru_cache(maxsize=5000)  # noqa: B019 - as above; many charts ask for the same few days
    def month_called(self, day: date) -> date:
        """The 1st of the calendar month that the day's fiscal month is called by: it holds its middle.

        A 4-4-5 month may begin days before the 1st, so that two would be called by the month they begin in.
        """
        start = self.start_of("month", day)
        return (start + (self.next_start("month", day) - start) / 2).replace(day=1)

    def _weekly(self, period: Period) -> bool:
        """The period is a stretch of weeks rather than of months."""
        begins_a_week = self.start_of("week", period.start) == period.start
        if self.start_of("month", period.start) == period.start:  # it may be both
            return begins_a_week and grain_for(period) == "week" and not _is_whole_months(period)
        return period.days % 7 == 0 or begins_a_week

    def unit(self, period: Period) -> Grain | None:
        """The calendar unit that the period is exactly, if it is one."""
        for grain in GRAINS[1:]:
            if (
                self.start_of(grain, period.start) == period.start
                and self.next_start(grain, period.start) == period.end
            ):
                return grain
        return None

    def to_date(self, period: Period, today: date) -> tuple[Grain, date] | None:
        """The unfinished unit that the period covers from its beginning up to today, if so."""
        if period.end != today + timedelta(days=1):
            return None
        for grain in GRAINS[1:]:
            following = self.next_start(grain, period.start)
            if self.start_of(grain, period.start) == period.start and following > period.end:
                return grain, following
        return None

    def comparable(self, period: Period, how: str, today: date) -> Period | None:
        """The earlier window that a value of `period` may be compared with; None for "none".

        Whole calendar units are compared with whole ones, though their lengths differ; an unfinished
        one with the same number of days of the earlier one; weeks with those 364 days before, so that
        weekdays meet; in a 4-4-5 calendar with the same weeks of the fiscal year before. Of a period that
        goes on after today only the part up to today is compared, which is all that its value holds.
        """
        if how == "none":
            return None
        if how not in COMPARISONS:
            raise ValueError(f"no comparison is called {how!r}; there are: {', '.join(COMPARISONS)}")
        if period.start <= today:
            period = Period(period.start, min(period.end, today + timedelta(days=1)))
        unfinished = self.to_date(period, today)
        unit = unfinished[0] if unfinished else self.unit(period)
        if unit and (how == "previous" or unit == "year"):
            start = self.start_of(unit, period.start - timedelta(days=1))
            end = start + timedelta(days=period.days) if unfinished else period.start
            return Period(start, min(end, period.start))
        if how == "previous":
            return Period(period.start - timedelta(days=period.days), period.start)
        if self.weekly:
            return self._fiscal_year_before(period)
        if unit == "week" or (not unit and self._weekly(period)):
            return Period(period.start - timedelta(days=364), period.end - timedelta(days=364))
        start = add_months(period.start, -12)
        if _is_whole_months(period) and not unfinished:
            return Period(start, add_months(period.end, -12))
        return Period(start, start + timedelta(days=period.days))

    def _fiscal_year_before(self, period: Period) -> Period:
        """The same fiscal weeks of the 4-4-5 year before, which began 52 or 53 weeks earlier."""

        def before(day: date) -> date:
            year = self.year_start(day)
            return day - (year - self.year_start(year - timedelta(days=1)))

        start = before(period.start)
        if self.start_of("month", period.start) != period.start:
            return Period(start, start + timedelta(days=period.days))
        if self.start_of("month", period.end) == period.end:
            return Period(start, before(period.end))
        # A 53rd week has no week before it: what came before ends with that year.
        last = period.end - timedelta(days=1)
        return Period(start, min(before(last) + timedelta(days=1), self.year_start(last)))


def grain_for(period: Period) -> Grain:
    """Buckets few enough to draw and many enough to see a course: some 12 to 35."""
    limits: tuple[tuple[int, Grain], ...] = ((31, "day"), (120, "week"), (800, "month"), (2600, "quarter"))
    return next((grain for days, grain in limits if period.days <= days), "year")


def add_months(day: date, months: int) -> date:
    """The same day that many months away, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"{day} + {months} months is no date")


def _is_whole_months(period: Period) -> bool:
    return period.end == add_months(period.start, months_between(period))


def months_between(period: Period) -> int:
    """Whole months from start to end, rounded down."""
    start, end = period.start, period.end
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
