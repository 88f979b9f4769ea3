"""A stock's ledger: the rows of each reason add up to its part of the change, all of them to the change."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpis import DEFINITIONS, LARGEST, NEWEST, Ledger, NoRows, Period, Question, Rows, change, rows, stream
from kpis.ledger import is_stock
from tests.kpis.conftest import FIRST, TODAY, FakeCopy
from tests.kpis.test_properties import periods, questions

STOCKS = [key for key, one in DEFINITIONS.items() if is_stock(one)]


def listed(found: Rows, *names: str) -> list[tuple[Any, ...]]:
    places = [found.columns.index(name) for name in names]
    return [tuple(row[place] for place in places) for row in found.rows]


def added(found: Rows) -> Fraction:
    return sum((Fraction(str(number)) for (number,) in listed(found, "counts_for")), Fraction(0))


def test_the_stocks_are_there() -> None:
    assert {"active_customers", "open_pipeline", "mrr", "backlog", "receivables"} <= set(STOCKS)
    assert not {"backlog_age", "win_rate", "customers_lost", "cltv"} & set(STOCKS)


@pytest.mark.parametrize("key", STOCKS)
@settings(max_examples=8)
@given(data=st.data(), then=periods)
def test_rows_of_each_reason_add_up_to_its_part_and_all_to_the_change(
    made_up: FakeCopy, key: str, data: st.DataObject, then: Period
) -> None:
    question = data.draw(questions([key]))
    found = change(made_up, question, then)
    if question.period.start > TODAY or then.start > TODAY:
        with pytest.raises(NoRows):
            rows(made_up, question, Ledger(then))
        return
    every = rows(made_up, question, Ledger(then), limit=None)
    assert len(every.rows) == every.total
    by_reason: dict[object, Fraction] = defaultdict(Fraction)
    for reason, number in listed(every, "happened", "counts_for"):
        by_reason[reason] += Fraction(str(number))
    for reason, number in by_reason.items():
        alone = rows(made_up, question, Ledger(then, str(reason)), limit=None)
        assert {one for (one,) in listed(alone, "happened")} == {reason}
        assert added(alone) == number
    if found.amount is not None:
        assert sum(by_reason.values(), Fraction(0)) == found.amount
        assert {one.member: one.amount for one in found.effects} == {
            reason: number for reason, number in by_reason.items() if number
        }


def test_the_ledger_is_there_to_be_tested(made_up: FakeCopy) -> None:
    """The windows above meet starts and ends of every stock; a reason's rows have the signs they should."""
    question = Question(("active_customers",), Period(TODAY - timedelta(days=60), TODAY), TODAY)
    then = Period(FIRST, FIRST + timedelta(days=200))
    for key in STOCKS:
        asked = Question((key,), question.period, TODAY)
        assert rows(made_up, asked, Ledger(then)).total > 20, key
    new, lost = (rows(made_up, question, Ledger(then, one), limit=None) for one in ("new", "lost"))
    assert set(listed(new, "counts_for")) == {(1,)}
    assert set(listed(lost, "counts_for")) == {(-1,)}
    assert all(then.end <= day < question.period.end for (day,) in listed(new, "day"))
    # the same seen from the other end
    back = rows(made_up, Question(question.kpis, then, TODAY), Ledger(question.period, "new"), limit=None)
    assert sorted(listed(back, "id", "day")) == sorted(listed(new, "id", "day"))
    assert set(listed(back, "counts_for")) == {(-1,)}


@pytest.mark.parametrize("reason", [None, "moved"])
def test_pages_and_portions_are_the_same_rows(made_up: FakeCopy, reason: str | None) -> None:
    which = Ledger(Period(FIRST, FIRST + timedelta(days=200)), reason)
    question = Question(("mrr",), Period(FIRST, TODAY), TODAY)
    whole = rows(made_up, question, which, limit=None)
    assert whole.total > 20
    pages = [rows(made_up, question, which, offset=place, limit=7).rows for place in range(0, whole.total, 7)]
    assert tuple(row for page in pages for row in page) == whole.rows
    portions = list(stream(made_up, question, which, size=7))
    assert tuple(row for one in portions for row in one.rows) == whole.rows
    days = [day for (day,) in listed(whole, "day")]
    assert days == sorted(days)
    newest = rows(made_up, question, which, limit=None, order=NEWEST)
    assert [day for (day,) in listed(newest, "day")] == days[::-1]
    largest = rows(made_up, question, which, limit=None, order=LARGEST)
    sizes = [abs(Fraction(str(number))) for (number,) in listed(largest, "counts_for")]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize("key", ["win_rate", "backlog_age", "customers_lost", "cltv"])
def test_what_is_no_stock_has_no_ledger(made_up: FakeCopy, key: str) -> None:
    period = Period(FIRST, TODAY)
    with pytest.raises(NoRows, match="no ledger"):
        rows(made_up, Question((key,), period, TODAY), Ledger(period))
