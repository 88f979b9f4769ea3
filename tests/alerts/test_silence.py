"""A total of which nothing is left is 0 for alerts, not silent; where nothing can be said, nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from crm_data.alerts import Rule
from kpis.alerts import Says, backtest, evaluate
from tests.kpis.conftest import TODAY, FakeCopy, State, random_copy

WEEK = TODAY - timedelta(days=6)
FEW = Rule("Few leads", "leads_created", 1000, comparison="below", period="7d", smallest_n=0)


@pytest.fixture
def copy() -> Iterator[FakeCopy]:
    """No lead in the last seven days, though other things happened."""
    copy = random_copy(seed=3)
    copy.connection.execute("DELETE FROM leads WHERE created_day >= ?", [WEEK])
    yield copy
    copy.connection.close()


def says(copy: FakeCopy, rule: Rule) -> dict[object, tuple[float | None, Says]]:
    return {one.member: (one.number, one.says) for one in evaluate(copy, [rule], TODAY)}


def test_a_number_that_collapses_is_below_its_limit(copy: FakeCopy) -> None:
    assert says(copy, FEW) == {None: (0.0, Says.BEYOND)}
    assert says(copy, replace(FEW, comparison="above")) == {None: (0.0, Says.WITHIN)}
    fell = replace(FEW, basis="change", threshold=-0.5, period="30d", against="previous")
    copy.connection.execute("DELETE FROM leads WHERE created_day > ?", [TODAY - timedelta(days=30)])
    assert says(copy, fell) == {None: (-1.0, Says.BEYOND)}
    assert says(copy, replace(FEW, smallest_n=1)) == {None: (0.0, Says.NOTHING)}, "it wants rows"
    (course,) = backtest(copy, FEW, TODAY).courses
    assert course.days[-1][1].says is Says.BEYOND


def test_so_is_a_member_that_had_rows_within_a_year(copy: FakeCopy) -> None:
    leads = "INSERT INTO leads BY NAME (SELECT * REPLACE (? AS created_day, ? AS region) FROM leads LIMIT 1)"
    long_ago, lately = WEEK - timedelta(days=366), WEEK - timedelta(days=365)
    copy.connection.execute("DELETE FROM leads WHERE region = 'EMEA'")
    each = replace(FEW, dimension="region")
    copy.connection.execute(leads, [long_ago, "EMEA"])
    found = says(copy, each)
    assert "EMEA" not in found
    assert None in found, "those without a region had leads, too"
    assert set(found.values()) == {(0.0, Says.BEYOND)}
    copy.connection.execute(leads, [lately, "EMEA"])
    copy.connection.execute(leads, [TODAY, "New"])
    found = says(copy, each)
    assert found["EMEA"] == (0.0, Says.BEYOND)
    assert found["New"] == (1.0, Says.BEYOND)


def test_data_that_ended_before_the_window_say_nothing(copy: FakeCopy) -> None:
    """As when nobody has imported for a week: what happened meanwhile is unknown."""
    ended = replace(copy, state=State(newest_day=WEEK - timedelta(days=1)))
    assert says(ended, FEW) == {None: (None, Says.NOTHING)}
    assert says(ended, replace(FEW, dimension="region")) == {}
    reach = replace(copy, state=State(newest_day=WEEK))
    assert says(reach, FEW) == {None: (0.0, Says.BEYOND)}


def test_what_never_was_and_what_is_unknown_say_nothing(copy: FakeCopy) -> None:
    copy.connection.execute("DELETE FROM leads")
    assert says(copy, FEW) == {None: (None, Says.NOTHING)}
    revenue = replace(FEW, kpi="revenue_won")
    copy.connection.execute("DELETE FROM deals WHERE closed_day >= ? AND status <> 'won'", [WEEK])
    copy.connection.execute("UPDATE deals SET amount_cents = NULL WHERE closed_day >= ?", [WEEK])
    assert says(copy, revenue) == {None: (None, Says.NOTHING)}, "won, but nobody knows for how much"
    copy.connection.execute("DELETE FROM deals WHERE closed_day >= ?", [WEEK])
    assert says(copy, revenue) == {None: (0.0, Says.BEYOND)}
    assert says(copy, replace(FEW, kpi="win_rate", sure=False)) == {None: (None, Says.NOTHING)}, (
        "a share of none"
    )
