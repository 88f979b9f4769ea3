"""Why a value changed: the parts add up to the change, for random windows, filters and members."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis import DEFINITIONS, Change, Effect, Period, Question, change
from kpis.change import DIFFERENCE, MIX, RATE, UNMATCHED, rate_and_mix, shown
from kpis.contributions import contributions, digits_of, summed
from tests.kpis.conftest import FIRST, TODAY, FakeCopy
from tests.kpis.test_properties import periods, questions

Parts = dict[str, tuple[Fraction, Fraction]]

fractions = st.fractions(-1000, 1000, max_denominator=100)
weights = st.one_of(st.just(Fraction(0)), st.fractions(0, 1000, max_denominator=4))  # 0: no customers

SPLIT = [key for key, one in DEFINITIONS.items() if not getattr(one, "median", False)]


def _sums(parts: Parts) -> tuple[Fraction, Fraction]:
    tops, bottoms = zip(*parts.values(), strict=True)
    return sum(tops, Fraction(0)), sum(bottoms, Fraction(0))


@pytest.mark.parametrize("key", SPLIT)
@settings(max_examples=8)
@given(data=st.data(), then=periods)
def test_the_effects_add_up_to_the_change(
    made_up: FakeCopy, key: str, data: st.DataObject, then: Period
) -> None:
    question = data.draw(questions([key], by=True))
    found = change(made_up, question, then, question.by[0])
    if found.amount is None:
        assert found.why
        return
    assert sum((one.amount for one in found.effects), Fraction(0)) == found.amount
    assert float(found.amount) == pytest.approx(found.now.value - found.then.value, abs=1e-6)  # type: ignore[operator]
    what_the_page_shows_adds_up(found, digits_of(DEFINITIONS[key]))


def what_the_page_shows_adds_up(found: Change, digits: int) -> None:
    """Rounded by member and kind, in rows and in columns, it is the rounded change."""
    assert found.amount is not None
    every = contributions(found, digits)
    assert summed(every).amount == Fraction(round(found.amount * 10**digits), 10**digits)
    assert {member for one in every for member in one.members} == {one.member for one in found.effects}
    assert summed([summed(every[:2]), summed(every[2:])]).amount == summed(every).amount


@settings(max_examples=30)
@given(question=questions(["active_customers", "open_pipeline"]), then=periods)
def test_a_stock_changes_by_the_reasons_of_its_ledger(
    made_up: FakeCopy, question: Question, then: Period
) -> None:
    found = change(made_up, question, then)
    if found.amount is not None:
        assert sum((one.amount for one in found.effects), Fraction(0)) == found.amount


def test_rate_mix_and_unmatched_by_hand() -> None:
    """Two products, 10 % and 30 %: the share of the dear one grows from a half to three quarters."""
    before = {"a": (Fraction(10), Fraction(100)), "b": (Fraction(30), Fraction(100))}
    after = {"a": (Fraction(10), Fraction(100)), "b": (Fraction(90), Fraction(300))}
    effects = {(one.member, one.kind): one.amount for one in rate_and_mix(before, after)}
    assert set(effects) == {("a", MIX), ("b", MIX)}  # neither product's own rate has moved
    assert sum(effects.values()) == Fraction(25, 100) - Fraction(20, 100)
    loose = rate_and_mix(before, {**before, "fair": (Fraction(50), Fraction(0))})
    assert [one for one in loose if one.kind == UNMATCHED] == [Effect("fair", UNMATCHED, Fraction(50, 200))]
    better = rate_and_mix(before, {**before, "a": (Fraction(20), Fraction(100))})
    assert {(one.member, one.kind) for one in better} == {("a", RATE)}


@settings(max_examples=40)
@given(
    before=st.dictionaries(st.sampled_from("abcdef"), st.tuples(fractions, weights), min_size=1),
    after=st.dictionaries(st.sampled_from("abcdef"), st.tuples(fractions, weights), min_size=1),
)
def test_rate_and_mix_add_up_whoever_comes_and_goes(before: Parts, after: Parts) -> None:
    (n0, d0), (n1, d1) = _sums(before), _sums(after)
    if not d0 or not d1:
        return
    effects = rate_and_mix(before, after)
    assert sum((one.amount for one in effects), Fraction(0)) == n1 / d1 - n0 / d0
    for one in effects:
        if one.kind == RATE:  # nobody who is new or gone has a rate that changed
            assert before[str(one.member)][1]
            assert after[str(one.member)][1]
        if one.kind == UNMATCHED:
            there = [parts.get(str(one.member), (0, 0))[1] for parts in (before, after)]
            assert not all(there)


def test_windows_meet_new_and_vanished_members(made_up: FakeCopy) -> None:
    """What the random questions above are about is there: in many windows members come and go."""
    seen = {"new": 0, "vanished": 0, "split": 0}
    for month in range(1, 11):
        then = Period(FIRST.replace(month=month), FIRST.replace(month=month + 1))
        now = Period(then.end, then.end + timedelta(days=45))
        for key, by in (("win_rate", "account"), ("average_deal", "owner"), ("cac", "channel")):
            found = change(made_up, Question((key,), now, TODAY), then, by)
            if found.amount is None:
                continue
            assert sum((one.amount for one in found.effects), Fraction(0)) == found.amount
            old, new = ({cell.at[by] for cell in one.cells if cell.n} for one in (found.then, found.now))
            seen["new"] += bool(new - old)
            seen["vanished"] += bool(old - new)
            seen["split"] += any(one.kind == RATE for one in found.effects)
    assert min(seen.values()) > 5, seen


def test_a_total_changes_by_plain_differences(made_up: FakeCopy) -> None:
    now, then = Period(FIRST.replace(month=7), FIRST.replace(month=12)), Period(FIRST, FIRST.replace(month=7))
    found = change(made_up, Question(("deals_won",), now, TODAY), then, "team")
    assert found.effects
    assert {one.kind for one in found.effects} == {DIFFERENCE}


def test_a_median_is_not_split(made_up: FakeCopy) -> None:
    period = Period(FIRST, TODAY)
    found = change(made_up, Question(("sales_cycle_median",), period, TODAY), period, "team")
    assert found.amount is None
    assert found.why
    assert "median" in found.why


@given(st.lists(st.fractions(-1000, 1000), min_size=1, max_size=9), st.integers(0, 4))
def test_what_is_shown_adds_up_too(amounts: list[Fraction], digits: int) -> None:
    effects = tuple(Effect(place, MIX, amount) for place, amount in enumerate(amounts))
    total = sum(amounts, Fraction(0))
    rounded = shown(effects, total, digits)
    assert sum((amount for _, amount in rounded), Fraction(0)) == Fraction(
        round(total * 10**digits), 10**digits
    )
    assert all(abs(amount - one.amount) < Fraction(2, 10**digits) for one, amount in rounded)
