"""The quick way to an instant's day gives the day that the time zone's rules give."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest

from crm_data.warehouse.local_days import by_offsets, by_rules

_SHIFTED = ("Pacific/Apia", "Africa/Casablanca", "America/St_Johns", "Australia/Lord_Howe")
_USUAL = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")


@pytest.mark.parametrize("zone", _SHIFTED)
def test_both_ways_give_the_same_day_each_hour_of_eighty_years(zone: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE MACRO quick(instant) AS {by_offsets(zone)}")
        connection.execute(f"CREATE MACRO by_rules(instant) AS {by_rules(zone)}")
        differing = connection.execute(
            """
            SELECT range FROM range(TIMESTAMP '1985-01-01', TIMESTAMP '2065-01-01', INTERVAL 1 HOUR)
            WHERE quick(range) IS DISTINCT FROM by_rules(range) LIMIT 3
            """
        ).fetchall()
        assert differing == []
        assert connection.execute("SELECT quick(CAST(NULL AS TIMESTAMP))").fetchone() == (None,)


@pytest.mark.parametrize("zone", _USUAL)
def test_the_day_is_that_of_the_clocks_there(zone: str) -> None:
    dice = random.Random(5)
    changes = [
        datetime(2025, month, day, 1, tzinfo=UTC) for month, day in ((3, 30), (10, 26), (4, 6), (3, 9))
    ]
    instants = [one + timedelta(seconds=dice.randrange(-200_000, 200_000)) for one in changes * 50]
    with duckdb.connect() as connection:
        connection.execute(f"CREATE MACRO quick(instant) AS {by_offsets(zone)}")
        values = ", ".join(f"({n}, TIMESTAMP '{one:%Y-%m-%d %H:%M:%S}')" for n, one in enumerate(instants))
        found = connection.execute(f"SELECT quick(i) FROM (VALUES {values}) AS t(n, i) ORDER BY n").fetchall()
    assert [day for (day,) in found] == [one.astimezone(ZoneInfo(zone)).date() for one in instants]
