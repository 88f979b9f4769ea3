"""What is measured by a target: whose it is, for which days, and that it is among the rows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

import kpis
from kpis import Period, Question, Reading
from kpis.question import Where
from tests.kpis.conftest import TODAY, FakeCopy, empty_copy
from tests.kpis.test_goals import add, aim

QUARTER = Period(date(2026, 10, 1), date(2027, 1, 1))  # 52 of its 92 days are over
BEFORE = Period(date(2026, 7, 1), date(2026, 10, 1))
EMEA: Where = (("region", ("EMEA",)),)


@pytest.fixture
def sold() -> FakeCopy:
    """Won 300 in EMEA and 100 elsewhere in this quarter, 50 in the one before; 900 are open."""
    copy = empty_copy()
    won = {"status": "won", "opened_day": date(2026, 6, 1)}
    rows = (("EMEA", 3, 300, date(2026, 10, 5)), ("APAC", 4, 100, TODAY), ("EMEA", 3, 50, date(2026, 8, 1)))
    for number, (region, owner, euro, day) in enumerate(rows):
        deal = won | {"id": number, "region": region, "owner": owner, "closed_day": day}
        add(copy, "deals", amount_cents=euro * 100, **deal)
    spell = {"id": 9, "start_day": date(2026, 9, 1), "region": "EMEA", "owner": 3}
    add(copy, "deal_spells", amount_cents=900_00, **spell)
    aim(copy, "revenue_won", 920, 900, QUARTER)
    aim(copy, "revenue_won", 460, 400, QUARTER, dimension="region", member="EMEA")
    aim(copy, "revenue_won", 46, 40, QUARTER, dimension="owner", member="4")
    aim(copy, "revenue_won", 50, 40, BEFORE)
    return copy


def one(copy: FakeCopy, key: str, period: Period = QUARTER, where: Where = (), **more: object) -> Reading:
    return kpis.ask(copy, Question((key,), period, TODAY, where=where, **more))[0][0]  # type: ignore[arg-type]


def fraction(found: Reading) -> str:
    return f"{found.numerator}/{found.denominator}"


def test_a_quarter_that_is_not_over_is_measured_by_its_days(sold: FakeCopy) -> None:
    found = one(sold, "quota_attainment")
    assert fraction(found) == "400/520"
    assert "52 of its 92 days" in found.notes[0]
    assert one(sold, "revenue_won").goal.target == pytest.approx(520)  # type: ignore[union-attr]


def test_everyone_has_a_target_of_their_own_or_none(sold: FakeCopy) -> None:
    by_region = {cell.label: cell for cell in one(sold, "quota_attainment", by=("region",)).cells}
    assert by_region["EMEA"].value == pytest.approx(300 / 260)
    assert by_region["APAC"].value is None
    assert "no target for this region" in (by_region["APAC"].why or "")
    by_owner = {cell.at["owner"]: cell.value for cell in one(sold, "quota_attainment", by=("owner",)).cells}
    assert by_owner == {3: None, 4: pytest.approx(100 / 26)}
    both = (*EMEA, ("team", ("Any",)))
    assert "no target for this region and team" in (one(sold, "quota_attainment", where=both).why or "")


def test_coverage_is_of_the_whole_quarter_that_the_end_is_in(sold: FakeCopy) -> None:
    long = Period(date(2026, 8, 1), date(2026, 11, 22))
    for period in (QUARTER, long, Period(TODAY, date(2026, 11, 22))):
        found = one(sold, "pipeline_coverage", period)
        assert fraction(found) == "900/520"


def test_nothing_left_to_win_is_met(sold: FakeCopy) -> None:
    found = one(sold, "pipeline_coverage", BEFORE)
    assert (found.value, found.why) == (None, "The target is met: nothing is left to win.")


def test_targets_of_periods_that_follow_one_another_add_up(sold: FakeCopy) -> None:
    found = one(sold, "quota_attainment", Period(BEFORE.start, QUARTER.end))
    assert fraction(found) == "450/570"
    assert "2 periods" in found.notes[0]
    gap = one(sold, "quota_attainment", Period(date(2026, 6, 30), QUARTER.end))
    assert gap.value is None


@pytest.mark.parametrize("key", ["quota_attainment", "pipeline_coverage"])
@pytest.mark.parametrize("where", [(), EMEA])
def test_the_target_is_the_last_row_and_all_rows_add_up(sold: FakeCopy, key: str, where: Where) -> None:
    question = Question((key,), QUARTER, TODAY, where=where)
    found, listed = one(sold, key, where=where), kpis.rows(sold, question, limit=None)
    top, bottom = (listed.columns.index(name) for name in ("counts_for", "weight"))
    assert listed.rows[-1][listed.columns.index("part")] == "Target"
    assert sum(Fraction(row[top]) for row in listed.rows) == found.numerator
    assert sum(Fraction(row[bottom]) for row in listed.rows) == found.denominator
    assert listed.total == len(listed.rows)
    pages = [kpis.rows(sold, question, offset=place, limit=1).rows for place in range(listed.total + 1)]
    assert [row for page in pages for row in page] == list(listed.rows)
    streamed = [row for part in kpis.stream(sold, question, size=2) for row in part.rows]
    assert streamed == list(listed.rows)


def test_a_change_is_split_into_revenue_and_target(sold: FakeCopy) -> None:
    aim(sold, "revenue_won", 100, 90, Period(date(2026, 4, 1), date(2026, 7, 1)))
    change = kpis.change(sold, Question(("quota_attainment",), QUARTER, TODAY), BEFORE)
    assert {effect.member for effect in change.effects} == {"Revenue won", "Target"}
    assert sum(effect.amount for effect in change.effects) == change.amount == Fraction(400, 520) - 1
