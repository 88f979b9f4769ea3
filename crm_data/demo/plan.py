"""What a demo is made from: its size, its last day, its seed. All else follows from these three."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

YEARS = 3
DEFAULT_EVENTS = 60_000
DEFAULT_SEED = 4
TIME_ZONE = "Europe/Berlin"
DAY_ENDS = timedelta(hours=5)  # after midnight UTC: nothing of the last day is later
Days = NDArray[Any]  # datetime64[D]
Instants = NDArray[Any]  # datetime64[us], UTC


def months_on(day: date, months: int) -> date:
    """The first day of the month that many months after the day's."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def newest_day(now: datetime) -> date:
    """The last day of a demo in which nothing is yet to come."""
    return (now.astimezone(UTC) - DAY_ENDS).date()


@dataclass(frozen=True)
class Plan:
    """`events` is the number of e-mails; everything else is in proportion to it."""

    events: int
    today: date
    seed: int

    @cached_property
    def start(self) -> date:
        """The first day of the history: three years to the day, today included."""
        tomorrow = self.today + timedelta(days=1)
        leap_day = tomorrow.month == 2 and tomorrow.day == 29
        return tomorrow.replace(year=tomorrow.year - YEARS, day=28 if leap_day else tomorrow.day)

    @cached_property
    def days(self) -> Days:
        """Every day of the history."""
        return np.arange(np.datetime64(self.start), np.datetime64(self.today) + 1)

    @property
    def last_day(self) -> np.datetime64:
        return np.datetime64(self.today, "D")

    @property
    def now(self) -> np.datetime64:
        """The last instant: early on the last day, so that a demo of today soon has nothing yet to come."""
        return np.datetime64(self.today, "us") + np.timedelta64(DAY_ENDS)

    @property
    def quarter_start(self) -> date:
        """The first day of the last whole quarter; the demo's fiscal year is the calendar's."""
        return months_on(self.today, -((self.today.month - 1) % 3) - 3)

    @property
    def quarter_end(self) -> date:
        return months_on(self.quarter_start, 3)

    @property
    def prospects(self) -> int:
        """Firms that ever asked or were asked."""
        return max(self.events * 96 // 1000, 96)

    @property
    def deals(self) -> int:
        return self.events // 10

    @property
    def cases(self) -> int:
        return self.events // 10

    @property
    def answers(self) -> int:
        return self.events // 10

    def people(self, at_default: int) -> int:
        """Staff grows more slowly than trade."""
        return max(2, round(at_default * (self.events / DEFAULT_EVENTS) ** 0.5))

    def random(self, subject: str) -> np.random.Generator:
        """An own stream for each subject, so that a change to one leaves the others as they were."""
        return np.random.default_rng([self.seed, crc32(subject.encode())])
