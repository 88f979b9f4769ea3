"""When things happen: growth, seasons of the year, days of the week, hours of the day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from crm_data.demo.plan import Days, Instants, Plan

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]

# January … December: quiet in high summer and at the year's end.
_MONTHS = np.array([0.96, 1.0, 1.1, 1.0, 1.04, 1.08, 0.9, 0.78, 1.1, 1.14, 1.1, 0.8])
# Monday … Sunday.
_WEEK = np.array([1.1, 1.15, 1.1, 1.05, 0.85, 0.14, 0.1])

LAUNCH_BOOST = 4.0
LAUNCH_DAYS = 90.0


def weekday(days: Days) -> Integers:
    """0 for Monday … 6 for Sunday."""
    return (days.astype(np.int64) + 3) % 7


def trade(plan: Plan, *, growth: float = 0.3, launch: bool = False) -> Numbers:
    """How busy each day of the history is; growth is a year's. The launch brings a rush."""
    age = np.arange(len(plan.days))
    weights = (1 + growth) ** (age / 365.25) * season(plan.days)
    if launch:
        weights = weights * (1 + LAUNCH_BOOST * np.exp(-age / LAUNCH_DAYS))
    return weights


def season(days: Days) -> Numbers:
    """The year's and the week's part of a day's trade; about 1 on average over working days."""
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    return _MONTHS[month] * _WEEK[weekday(days)]


def draw_days(rng: np.random.Generator, days: Days, weights: Numbers, count: int) -> Days:
    """So many of the days, earliest first, each as likely as its weight says."""
    ends = np.cumsum(weights)
    return days[np.searchsorted(ends, np.sort(rng.random(count)) * ends[-1], side="right")]


def working_day(days: Days) -> Days:
    """The day itself, or the Monday after a Saturday or Sunday."""
    excess = weekday(days) - 4
    return days + np.where(excess > 0, 3 - excess, 0)


def at(days: Days, hours: Numbers) -> Instants:
    """The instants that many hours after midnight UTC of each day."""
    return days.astype("datetime64[us]") + spell(hours)


def spell(hours: Numbers) -> NDArray[Any]:
    """Hours as a length of time, to the second."""
    return (np.round(hours * 3600).astype(np.int64) * 1_000_000).astype("timedelta64[us]")


def local_hours(rng: np.random.Generator, offset: Numbers) -> Numbers:
    """Office hours of places `offset` hours ahead of UTC, as hours UTC. May reach into the day before."""
    return 8.0 + 9.5 * rng.beta(1.6, 1.8, len(offset)) - offset


def add_months(days: Days, months: Integers) -> Days:
    """The same day of the month, that many months on. Days must not pass the 28th."""
    month = days.astype("datetime64[M]")
    return (month + months).astype("datetime64[D]") + (days - month.astype("datetime64[D]"))


def until(instants: Instants, now: np.datetime64) -> Instants:
    """The instants that have come; NaT for those still ahead."""
    return np.where(instants <= now, instants, np.datetime64("NaT", "us"))


def days_until(days: Days, today: np.datetime64) -> Days:
    """The days that have come; NaT for those still ahead."""
    return np.where(days <= today, days, np.datetime64("NaT", "D"))


def choose(rng: np.random.Generator, weights: Mapping[Any, float], count: int) -> Integers:
    """Positions in the dict's keys, each as likely as its weight says."""
    ends = np.cumsum(np.fromiter(weights.values(), float))
    return np.searchsorted(ends, rng.random(count) * ends[-1], side="right")
