"""Working time between two instants, against plain Python."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from crm_data.organisation import Organisation
from crm_data.warehouse import Copy, open_copy
from crm_data.warehouse.vocabulary import teach
from tests.warehouse.conftest import add, rows, sql

Hours = Mapping[int, tuple[int, int]]  # weekday -> minutes
USUAL: Hours = dict.fromkeys(range(1, 6), (540, 1020))
SECOND = timedelta(seconds=1)


def worked(since: datetime, until: datetime, hours: Hours, off: set[date], zone: ZoneInfo) -> int:
    """Day by day: the seconds of the office's day that are between the two instants."""
    if until < since:
        return -worked(until, since, hours, off, zone)
    total, day = timedelta(0), since.astimezone(zone).date()
    while day <= until.astimezone(zone).date():
        if day.isoweekday() in hours and day not in off:
            opens, closes = (instant(day, minutes, zone) for minutes in hours[day.isoweekday()])
            total += max(min(until, closes) - max(since, opens), timedelta(0))
        day += timedelta(days=1)
    return total // SECOND


def instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC)


def asked(copy: Copy, zone: str, pairs: list[tuple[datetime, datetime]]) -> list[int]:
    values = ", ".join(
        f"({n}, TIMESTAMP '{a:%Y-%m-%d %H:%M:%S}', TIMESTAMP '{b:%Y-%m-%d %H:%M:%S}')"
        for n, (a, b) in enumerate(pairs)
    )
    with copy.reading() as connection:
        teach(connection, Organisation(time_zone=zone), date(2025, 7, 1))
        question = (
            "SELECT business_clock(b, until) - business_clock(a, since) "
            f"FROM (VALUES {values}) AS t(n, a, b) "
            "LEFT JOIN work.business_days AS since ON since.day = local_day(a) "
            "LEFT JOIN work.business_days AS until ON until.day = local_day(b) ORDER BY n"
        )
        return [found for (found,) in connection.execute(question).fetchall()]


def some_pairs(seed: int, around: list[datetime]) -> list[tuple[datetime, datetime]]:
    dice = random.Random(seed)
    starts = [one + timedelta(seconds=dice.randrange(-3 * 86400, 3 * 86400)) for one in around * 40]
    return [
        (one, one + timedelta(seconds=dice.choice((1, 40, 900)) * dice.randrange(9000))) for one in starts
    ]


#: The clocks change, a year ends, nothing happens.
AROUND = [
    datetime(2025, month, day, 1, tzinfo=UTC) for month, day in ((3, 30), (10, 26), (4, 6), (1, 1), (6, 11))
]


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
)
def test_the_usual_hours_hold_where_none_are_set(crm: Engine, tmp_path: Path, zone: str) -> None:
    sql(crm, f"INSERT INTO organisation (id, name, time_zone) VALUES (1, 'Us', '{zone}')")
    pairs = some_pairs(1, AROUND)
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        expected = [worked(a, b, USUAL, set(), ZoneInfo(zone)) for a, b in pairs]
        assert asked(copy, zone, pairs) == expected
        assert len(set(expected)) > 50


def test_hours_at_night_and_on_sundays_and_days_off(crm: Engine, tmp_path: Path) -> None:
    """Round the clock on days on which the clocks change: 23 and 25 hours."""
    zone, hours = ZoneInfo("Europe/Berlin"), {7: (0, 1440), 1: (0, 1440), 2: (60, 600), 5: (1200, 1440)}
    sql(crm, "INSERT INTO organisation (id, name, time_zone) VALUES (1, 'Us', 'Europe/Berlin')")
    for weekday, (opens, closes) in hours.items():
        add(crm, "working_hours", weekday=weekday, opens_minute=opens, closes_minute=closes)
    off = {date(2025, 3, 31), date(2025, 10, 27), date(2025, 1, 5)}
    for day in off:
        add(crm, "holidays", day=day)
    pairs = some_pairs(2, AROUND)
    sunday = [
        (instant(day, 0, zone), instant(day, 1440, zone)) for day in (date(2025, 3, 30), date(2025, 10, 26))
    ]
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        assert asked(copy, "Europe/Berlin", pairs) == [worked(a, b, hours, off, zone) for a, b in pairs]
        assert asked(copy, "Europe/Berlin", sunday) == [23 * 3600, 25 * 3600]
        assert asked(copy, "Europe/Berlin", [(b, a) for a, b in sunday]) == [-23 * 3600, -25 * 3600]


def test_hours_and_days_off_that_change_are_noticed(
    crm: Engine, facts: Callable[[str], list[tuple[Any, ...]]]
) -> None:
    ask = "SELECT seconds, earlier FROM work.business_days WHERE day = DATE '1990-01-08'"
    week = 40 * 3600
    assert facts(ask) == [(8 * 3600, week)]  # a Monday; the first day was one too
    add(crm, "holidays", day=date(1990, 1, 2))
    assert facts(ask) == [(8 * 3600, week - 8 * 3600)]
    add(crm, "working_hours", weekday=1, opens_minute=0, closes_minute=60)
    assert facts(ask) == [(3600, 3600)]
    sql(crm, "DELETE FROM holidays")
    sql(crm, "DELETE FROM working_hours")
    assert facts(ask) == [(8 * 3600, week)]


def test_what_is_unknown_stays_unknown(crm: Engine, tmp_path: Path) -> None:
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        now = datetime(2025, 7, 1, tzinfo=UTC)
        assert asked(copy, "UTC", [(datetime(1900, 1, 1, tzinfo=UTC), now), (now, now)]) == [None, 0]
        assert rows(copy, "SELECT count(*) FROM work.business_days WHERE seconds > 8 * 3600") == [(0,)]
