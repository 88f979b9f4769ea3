"""A backtest says what evaluating on each of its days would have said."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd
import pytest

from crm_data.alerts import Rule
from kpis import DEFINITIONS
from kpis.alerts import Says, backtest, evaluate, problem
from kpis.period import PRESETS, add_months
from tests.kpis.conftest import MEMBERS, TODAY, FakeCopy, random_copy

_LETTER = {Says.BEYOND: "B", Says.WITHIN: "W", Says.UNSURE: "u", Says.NOTHING: "-"}


@pytest.fixture(scope="module")
def facts() -> Iterator[FakeCopy]:
    copy = random_copy(seed=11)
    yield copy
    copy.connection.close()


def random_rule(seed: int, copy: FakeCopy) -> Rule:
    """About a KPI at random, with a limit among its values."""
    dice = random.Random(seed)
    kpi = dice.choice(list(DEFINITIONS.values()))
    words = [key for key in kpi.dimensions if key not in ("owner", "account")]
    dimension = dice.choice([None, *words[:4]])
    filters = ((words[-1], tuple(dice.sample(MEMBERS, 4))),) if words and dice.random() < 0.4 else ()
    rule = Rule(
        "Random",
        kpi.key,
        0.0,
        dice.choice(("level", "change")),
        dice.choice(("above", "below")),
        dice.choice(list(PRESETS)),
        dice.choice(("year", "previous")),
        dimension,
        filters,
        dice.choice((0, 1, 5)),
        dice.random() < 0.5,
    )
    numbers = sorted(one.number for one in evaluate(copy, [rule], TODAY) if one.number is not None)
    return Rule(**{**vars(rule), "threshold": numbers[len(numbers) // 2] if numbers else 0.1})


@pytest.mark.parametrize("seed", range(24))
def test_it_is_evaluating_day_by_day(facts: FakeCopy, seed: int) -> None:
    rule = random_rule(seed, facts)
    tested = backtest(facts, rule, TODAY)
    assert tested.days[-1] == TODAY
    assert tested.days[0] > add_months(TODAY, -12)
    assert {later - day for day, later in zip(tested.days, tested.days[1:], strict=False)} == {
        timedelta(days=tested.step)
    }
    known = {(day, course.member): verdict for course in tested.courses for day, verdict in course.days}
    for day in (*random.Random(seed).sample(tested.days, 8), TODAY):
        alone = {(day, one.member): one for one in evaluate(facts, [rule], day)}
        assert {key: verdict for key, verdict in known.items() if key[0] == day} == alone


@pytest.mark.parametrize("seed", range(24))
def test_its_alerts_are_unbroken_runs_of_being_beyond(facts: FakeCopy, seed: int) -> None:
    tested = backtest(facts, random_rule(seed, facts), TODAY)
    for course in tested.courses:
        days = [day for day, _ in course.days]
        text = "".join(_LETTER[verdict.says] for _, verdict in course.days)
        runs = [
            (days[match.start()], days[match.end()] if match.end() < len(days) else None)
            for match in re.finditer("B[^W]*", text)
        ]
        assert [(run.since, run.until) for run in course.runs] == runs


def test_the_days_of_a_rule_are_those_that_the_rows_give(facts: FakeCopy) -> None:
    """Deals won in the last 30 days, counted by hand."""
    rule = Rule("Few deals", "deals_won", 12, comparison="below", period="30d", smallest_n=0)
    deals = facts.frame("deals")
    expected = []
    for back in range(365):
        day = TODAY - timedelta(days=back)
        closed = deals["closed_day"].between(pd.Timestamp(day - timedelta(days=29)), pd.Timestamp(day))
        if (deals["status"][closed] == "won").sum() < 12:
            expected.append(day)
    (course,) = backtest(facts, rule, TODAY).courses
    assert {day for day, verdict in course.days if verdict.says is Says.BEYOND} == set(expected)
    assert expected, "else this shows nothing"


def test_what_is_slow_is_asked_every_seventh_day(facts: FakeCopy) -> None:
    quick = ("revenue_won", "win_rate", "open_pipeline", "cac")
    slow = ("sales_cycle_median", "csat", "lead_conversion", "churn_rate")
    steps = {key: backtest(facts, Rule("x", key, 1, period="30d"), TODAY).step for key in (*quick, *slow)}
    assert steps == dict.fromkeys(quick, 1) | dict.fromkeys(slow, 7)
    assert backtest(facts, Rule("x", "churn_rate", 1, period="last-quarter"), TODAY).step == 1, "few windows"


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (Rule("x", "profit", 1), "no KPI 'profit'"),
        (Rule("x", "cac", 1, dimension="country"), "has no country"),
        (Rule("x", "cac", 1, dimension="nothing"), "no dimension 'nothing'"),
        (Rule("x", "cac", 1, filters=(("product", ("A",)),)), "has no product"),
        (Rule("x", "cac", 1, period="decade"), "no period 'decade'"),
        (Rule("x", "cac", 1, basis="change", against="none"), "earlier window"),
    ],
)
def test_a_rule_that_cannot_be_asked_says_nothing(facts: FakeCopy, rule: Rule, why: str) -> None:
    assert why in str(problem(rule))
    assert evaluate(facts, [rule], TODAY) == []
    assert backtest(facts, rule, TODAY).courses == ()


def test_evidence_has_to_be_beyond_the_limit_where_a_rule_wants_it(facts: FakeCopy) -> None:
    (free,) = evaluate(facts, [Rule("x", "win_rate", 0.0, period="12m")], TODAY)
    assert free.now.low is not None and free.now.value is not None  # noqa: PT018
    between = (free.now.low + free.now.value) / 2
    for sure, says in ((False, Says.BEYOND), (True, Says.UNSURE)):
        (one,) = evaluate(facts, [Rule("x", "win_rate", between, period="12m", sure=sure)], TODAY)
        assert one.says is says
    (one,) = evaluate(facts, [Rule("x", "win_rate", free.now.low - 1e-6, period="12m", sure=True)], TODAY)
    assert one.says is Says.BEYOND


def test_a_window_that_has_not_begun_to_compare_says_nothing(facts: FakeCopy) -> None:
    early = date(2025, 1, 2)
    for one in evaluate(facts, [Rule("x", "revenue_won", 0, basis="change")], early):
        assert one.says is Says.NOTHING
