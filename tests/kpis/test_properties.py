"""What must hold for every KPI, window, filter and viewer (DESIGN: the heart)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis import DEFINITIONS, DIMENSIONS, LEFT_OUT, Question, Viewer, ask, explain, rows
from kpis.answers import Reading
from kpis.model import KPI, AsOf, Cohort, Composition, Spell
from kpis.period import GRAINS, Period
from tests.kpis.conftest import FIRST, MARKED, MEMBERS, TODAY, FakeCopy, empty_copy

ADDITIVE = [key for key, one in DEFINITIONS.items() if one.adds != "nothing"]
PLAIN = [key for key, one in DEFINITIONS.items() if isinstance(one, KPI)]
OVER_DAYS = [
    key
    for key, one in DEFINITIONS.items()
    if isinstance(one, KPI) and one.adds == "days and dimensions" and not isinstance(one.clock, AsOf)
]
BY_REGION = [key for key, one in DEFINITIONS.items() if "region" in one.dimensions]
TEXT = ("region", "country", "segment", "channel", "team", "product")


@pytest.fixture(autouse=True)
def marked() -> None:
    """What questions are made of is known before the first one is asked."""
    DIMENSIONS.follow(MARKED)


days = st.integers(-40, (TODAY - FIRST).days).map(lambda n: FIRST + timedelta(days=n))
periods = st.tuples(days, st.integers(1, 400)).map(lambda p: Period(p[0], p[0] + timedelta(days=p[1])))
members = st.one_of(st.sampled_from(MEMBERS), st.text(max_size=8))


@st.composite
def questions(draw: st.DrawFn, keys: list[str], *, by: bool = False, viewers: bool = True) -> Question:
    key = draw(st.sampled_from(keys))
    dimensions = DEFINITIONS[key].dimensions
    texts = [name for name in dimensions if name in TEXT or DIMENSIONS[name].owner]
    filtered = draw(st.lists(st.sampled_from(texts), max_size=2, unique=True))
    where = tuple((name, tuple(draw(st.lists(members, min_size=1, max_size=4)))) for name in filtered)
    regions = draw(st.none() | st.frozensets(st.sampled_from([one for one in MEMBERS if one]), max_size=3))
    limited = viewers and "region" in dimensions  # others are not answered under such rights
    by_dimensions = (
        draw(st.lists(st.sampled_from(dimensions), min_size=1, max_size=2, unique=True)) if by else []
    )
    return Question(
        (key,),
        draw(periods),
        TODAY,
        by=tuple(by_dimensions),
        where=where,
        viewer=Viewer(regions=regions) if limited else Viewer(),
    )


def reading(copy: FakeCopy, question: Question) -> Reading:
    return ask(copy, question)[0][0]


def totals(copy: FakeCopy, question: Question) -> tuple[Fraction, Fraction | None, int]:
    """Numerator, denominator and n of a plain KPI; a missing value means nothing was added."""
    found = reading(copy, question)
    return found.numerator or Fraction(0), found.denominator, found.n or 0


@pytest.mark.parametrize("key", ADDITIVE)
@settings(max_examples=8)
@given(data=st.data())
def test_total_is_the_sum_of_its_breakdown(made_up: FakeCopy, key: str, data: st.DataObject) -> None:
    question = data.draw(questions([key], by=True))
    whole = reading(made_up, question)
    if whole.numerator is None:
        return
    assert sum((cell.numerator or 0 for cell in whole.cells), Fraction(0)) == whole.numerator
    if whole.denominator is not None:
        assert sum((cell.denominator or 0 for cell in whole.cells), Fraction(0)) == whole.denominator
    assert sum(cell.n or 0 for cell in whole.cells) == whole.n


@pytest.mark.parametrize("key", list(DEFINITIONS))
@settings(max_examples=8)
@given(data=st.data())
def test_total_is_the_sum_of_its_rows(made_up: FakeCopy, key: str, data: st.DataObject) -> None:
    question = data.draw(questions([key]))
    whole = reading(made_up, question)
    if question.period.start > TODAY:
        assert whole.value is None
        return
    behind = rows(made_up, question, limit=None)
    counts_for, weight = behind.columns.index("counts_for"), behind.columns.index("weight")
    assert len(behind.rows) == behind.total
    if whole.value is None:
        return
    assert _add_up([row[counts_for] for row in behind.rows], whole.numerator)
    if whole.denominator is not None:
        assert _add_up([row[weight] for row in behind.rows], whole.denominator)
    if not isinstance(DEFINITIONS[key], Composition) and not stands_for_many(key):
        assert behind.total == whole.n


def stands_for_many(key: str) -> bool:
    """One row is not one of what is counted."""
    return any(part.fact.times is not None for part in DEFINITIONS[key].parts)


def _add_up(numbers: list[Any], total: Fraction | None) -> bool:
    """Exactly. Parts without finite decimals, such as seconds in hours, are floats and re-add only nearly."""
    added = sum((Fraction(number) for number in numbers), Fraction(0))
    if any(isinstance(number, float) for number in numbers):
        return abs(added - (total or 0)) <= Fraction(1, 10**9) * sum(abs(Fraction(one)) for one in numbers)
    return added == total


@pytest.mark.parametrize("key", OVER_DAYS)
@settings(max_examples=8)
@given(data=st.data(), grain=st.sampled_from(GRAINS))
def test_series_adds_up_to_the_total(made_up: FakeCopy, key: str, data: st.DataObject, grain) -> None:
    question = data.draw(questions([key]))
    series = reading(
        made_up, Question((key,), question.period, TODAY, grain, (), question.where, question.viewer)
    )
    if series.numerator is None:
        return
    assert sum((cell.numerator or 0 for cell in series.cells), Fraction(0)) == series.numerator
    covered = [cell.at["period"] for cell in series.cells]
    assert covered[0].start == question.period.start
    assert all(one.end == other.start for one, other in pairwise(covered))


@settings(max_examples=60)
@given(question=questions(PLAIN), grain=st.sampled_from(GRAINS))
def test_a_bucket_is_what_its_own_window_says(made_up: FakeCopy, question: Question, grain) -> None:
    """Daily cells and windows are two ways of asking; they must not disagree."""
    series = reading(
        made_up, Question(question.kpis, question.period, TODAY, grain, (), question.where, question.viewer)
    )
    dimensions = DEFINITIONS[question.kpis[0]].dimensions
    by = ("region",) if "region" in dimensions else dimensions[:1]
    for cell in series.cells[:3]:
        own = Question(question.kpis, cell.at["period"], TODAY, None, by, question.where, question.viewer)
        alone = reading(made_up, own)
        assert (cell.value, cell.n) == (alone.value, alone.n)
        if DEFINITIONS[question.kpis[0]].adds != "nothing":
            assert sum((one.numerator or 0 for one in alone.cells), Fraction(0)) == (cell.numerator or 0)


@settings(max_examples=60)
@given(
    question=questions(BY_REGION, by=True),
    seen=st.frozensets(st.sampled_from([m for m in MEMBERS if m]), max_size=2),
)
def test_a_viewer_sees_only_their_regions(
    made_up: FakeCopy, question: Question, seen: frozenset[str]
) -> None:
    limited = Question(
        question.kpis, question.period, TODAY, None, ("region",), question.where, Viewer(regions=seen)
    )
    found = reading(made_up, limited)
    assert {cell.at["region"] for cell in found.cells} <= seen
    filtered = Question(
        question.kpis, question.period, TODAY, None, ("region",), (*question.where, ("region", tuple(seen)))
    )
    assert found.value == reading(made_up, filtered).value
    if question.period.start <= TODAY:
        for which in ("counted", LEFT_OUT):
            listed = rows(made_up, limited, which, limit=None)
            assert {row[listed.columns.index("region")] for row in listed.rows} <= seen


def test_a_viewer_of_some_teams_gets_no_fact_without_teams(made_up: FakeCopy) -> None:
    limited = Question(
        ("spend_paid", "revenue_won"), Period(FIRST, TODAY), TODAY, viewer=Viewer(teams=frozenset({"EMEA"}))
    )
    spend, revenue = ask(made_up, limited)[0]
    assert spend.value is None
    assert spend.why == "Paid acquisition spend has no team."
    assert revenue.value is not None


@settings(max_examples=40)
@given(question=questions(list(DEFINITIONS)))
def test_an_empty_database_gives_a_reason(question: Question) -> None:
    copy = empty_copy()
    found = reading(copy, Question(question.kpis, question.period, TODAY, "month", (), question.where))
    assert found.value is None
    assert found.why
    assert all(cell.value is None and cell.why for cell in found.cells)
    assert explain(copy, question).reading.value is None
    copy.connection.close()


@pytest.mark.parametrize("key", [key for key in DEFINITIONS if key != "customers_lost"])
def test_an_empty_period_gives_a_reason(made_up: FakeCopy, key: str) -> None:
    before = Period(FIRST - timedelta(days=900), FIRST - timedelta(days=800))
    found = reading(made_up, Question((key,), before, TODAY))
    assert found.value is None
    assert found.why


@settings(max_examples=60)
@given(question=questions(list(DEFINITIONS)), data=st.data())
def test_the_order_of_filters_changes_nothing(
    made_up: FakeCopy, question: Question, data: st.DataObject
) -> None:
    shuffled = tuple(
        (name, tuple(data.draw(st.permutations(values))))
        for name, values in data.draw(st.permutations(question.where))
    )
    other = Question(question.kpis, question.period, TODAY, None, (), shuffled, question.viewer)
    assert reading(made_up, question) == reading(made_up, other)


@settings(max_examples=60)
@given(question=questions(PLAIN))
def test_every_row_of_the_window_is_counted_or_left_out_once(made_up: FakeCopy, question: Question) -> None:
    proof = explain(made_up, question)
    if proof.reading.n is None:
        return
    reasons = {one.words: one.n for one in proof.left_out}
    assert len(reasons) == len(proof.left_out)
    assert None not in reasons
    assert sum(reasons.values()) == proof.reading.left_out
    for words, n in reasons.items():
        assert rows(made_up, question, words, limit=None).total == n


@settings(max_examples=40)
@given(question=questions(PLAIN))
def test_the_sql_shown_gives_the_value_shown(made_up: FakeCopy, question: Question) -> None:
    proof = explain(made_up, question)
    if proof.reading.n is None:
        return
    value, listed = (made_up.connection.sql(statement) for statement in proof.sql)
    found = dict(zip(value.columns, value.fetchall()[0], strict=True))
    assert (found.get(f"{question.kpis[0]}.n") or 0) == proof.reading.n
    if not stands_for_many(question.kpis[0]):
        assert len(listed.fetchall()) == proof.counted


@settings(max_examples=30)
@given(period=periods, where=questions(["active_customers"]))
def test_a_stock_is_its_opening_and_its_ledger(made_up: FakeCopy, period: Period, where: Question) -> None:
    """Opening + starts - ends = closing, from the spells themselves."""
    if period.end > TODAY:
        return
    opening = Period(period.start - timedelta(days=1), period.start)
    asked = [Question(("active_customers",), one, TODAY) for one in (opening, period)]
    before, after = (answers[0].value or 0 for answers in ask(made_up, *asked))
    spells = made_up.frame("customer_spells")
    spells = spells[spells["bad"].isna() & spells["start_day"].notna()]
    starts = spells["start_day"].between(str(period.start), str(period.end - timedelta(days=1))).sum()
    ends = spells["end_day"].between(str(period.start), str(period.end - timedelta(days=1))).sum()
    assert before + starts - ends == after


def test_cohorts_at_the_start_ignore_who_joins_later(made_up: FakeCopy) -> None:
    churn = DEFINITIONS["churn_rate"]
    assert isinstance(churn, KPI)
    assert isinstance(churn.clock, Cohort)
    assert isinstance(churn.clock.entry, Spell)
    period = Period(FIRST + timedelta(days=100), FIRST + timedelta(days=200))
    listed = rows(made_up, Question(("churn_rate",), period, TODAY), limit=None)
    assert listed.total
    assert all(row[listed.columns.index("day")] < period.start for row in listed.rows)
