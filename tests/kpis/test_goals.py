"""Targets and what is said against them: whose they are, and how sure one may be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from kpis import Period, Question, Reading, Viewer, ask
from kpis.question import Where
from tests.kpis.conftest import TODAY, FakeCopy, empty_copy

YEAR = Period(date(2026, 1, 1), TODAY + timedelta(days=1))
EMEA: Where = (("region", ("EMEA",)),)


def add(copy: FakeCopy, table: str, **values: Any) -> None:
    names, marks = ", ".join(values), ", ".join("?" for _ in values)
    copy.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))


def win(copy: FakeCopy, count: int, **values: Any) -> None:
    won = {"status": "won", "opened_day": date(2026, 2, 1), "closed_day": date(2026, 3, 1), "cycle_days": 28}
    for number in range(count):
        add(copy, "deals", **won | {"id": number, "amount_cents": 10_000 + number} | values)


def aim(copy: FakeCopy, kpi: str, target: float, floor: float, period: Period = YEAR, **scope: str) -> None:
    add(
        copy,
        "targets",
        kpi=kpi,
        start_day=period.start,
        end_day=period.end,
        target=target,
        floor=floor,
        **scope,
    )


def reading(
    copy: FakeCopy,
    key: str,
    period: Period = YEAR,
    where: Where = (),
    viewer: Viewer = Viewer(),  # noqa: B008
) -> Reading:
    return ask(copy, Question((key,), period, TODAY, where=where, viewer=viewer))[0][0]


@pytest.fixture
def regions() -> FakeCopy:
    """Ten deals of the forty are EMEA's, whose own target is eight."""
    copy = empty_copy()
    win(copy, 10, region="EMEA")
    win(copy, 30, region="APAC")
    aim(copy, "deals_won", 40, 35)
    aim(copy, "deals_won", 8, 5, dimension="region", member="EMEA")
    return copy


def test_a_filter_by_one_region_takes_its_target(regions: FakeCopy) -> None:
    whole, own = reading(regions, "deals_won"), reading(regions, "deals_won", where=EMEA)
    assert whole.goal is not None
    assert own.goal is not None
    assert (whole.value, whole.goal.target, whole.status) == (40, 40, "good")
    assert (own.value, own.goal.target, own.status) == (10, 8, "good")


@pytest.mark.parametrize("where", [(), EMEA])
def test_who_may_see_one_region_is_measured_by_its_target(regions: FakeCopy, where: Where) -> None:
    seen = reading(regions, "deals_won", where=where, viewer=Viewer(regions=frozenset({"EMEA"})))
    assert seen.goal is not None
    assert (seen.value, seen.goal.target, seen.status) == (10, 8, "good")


def test_who_may_see_two_regions_is_measured_by_the_one_looked_at(regions: FakeCopy) -> None:
    both = Viewer(regions=frozenset({"EMEA", "APAC"}))
    assert reading(regions, "deals_won", viewer=both).goal is None
    assert reading(regions, "deals_won", where=EMEA, viewer=both).goal is not None


def test_nobody_is_told_the_target_of_a_region_that_they_may_not_see(regions: FakeCopy) -> None:
    assert reading(regions, "deals_won", where=EMEA, viewer=Viewer(regions=frozenset({"APAC"}))).goal is None


@pytest.mark.parametrize("key", ["sales_cycle", "sales_cycle_median", "average_deal"])
def test_few_rows_change_no_colour(key: str) -> None:
    copy = empty_copy()
    win(copy, 29)
    aim(copy, key, 1, 1)
    found = reading(copy, key)
    assert found.value is not None
    assert (found.low, found.status) == (None, "unsure")


def test_no_loss_among_few_customers_is_no_proof() -> None:
    copy = empty_copy()
    for number in range(3):
        add(copy, "customer_spells", id=number, account=number, start_day=date(2025, 2, 1))
    aim(copy, "churn_monthly", 0.02, 0.03)
    assert (reading(copy, "churn_monthly").value, reading(copy, "churn_monthly").status) == (0, "unsure")


@pytest.mark.parametrize("target", [1.0, 1.2, 12.0])
def test_a_target_typed_in_percent_does_no_harm(target: float) -> None:
    """12 for 12 %: more than all customers can hardly be lost in a part of its year."""
    copy = empty_copy()
    for number in range(40):
        add(copy, "customer_spells", id=number, account=number, start_day=date(2025, 2, 1))
    aim(copy, "churn_rate", target, target, Period(date(2026, 1, 1), date(2027, 1, 1)))
    found = reading(copy, "churn_rate", Period(date(2026, 10, 1), date(2026, 11, 1)))
    assert found.goal is not None
    assert (found.goal.target, found.status) == (1.0, "good")


def test_the_target_of_the_most_similar_length_holds_and_is_phased_aloud() -> None:
    copy = empty_copy()
    add(copy, "customer_spells", id=1, start_day=date(2024, 1, 1))
    for months, target in ((1, 0.02), (12, 0.20)):
        period = Period(
            date(2026, 11 if months == 1 else 1, 1), date(2026 + months // 12, 12 if months == 1 else 1, 1)
        )
        aim(copy, "churn_rate", target, 2 * target, period)
    year = reading(copy, "churn_rate", Period(date(2025, 12, 1), TODAY + timedelta(days=1))).goal
    fortnight = reading(copy, "churn_rate", Period(date(2026, 11, 1), date(2026, 11, 15))).goal
    assert year is not None
    assert year.target == pytest.approx(1 - 0.8 ** (356 / 365))
    assert "for 356 of its 365 days" in year.source
    assert fortnight is not None
    assert fortnight.target == pytest.approx(1 - 0.98 ** (14 / 30))
    assert "for 14 of its 30 days" in fortnight.source
