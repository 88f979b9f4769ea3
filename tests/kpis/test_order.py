"""The order in which rows are listed; whichever it is, they are the same rows."""

from __future__ import annotations

from kpis import LARGEST, MISSED, NEWEST, OLDEST, Question, rows
from tests.kpis.conftest import TODAY, YEAR, FakeCopy


def test_rows_by_date_and_by_weight(made_up: FakeCopy) -> None:
    question = Question(("revenue_won",), YEAR, TODAY)
    listed = {
        order: rows(made_up, question, limit=None, order=order) for order in (OLDEST, NEWEST, LARGEST, MISSED)
    }
    day, weight = (listed[OLDEST].columns.index(name) for name in ("day", "counts_for"))
    assert len(listed[OLDEST].rows) > 10
    for found in listed.values():
        assert sorted(found.rows, key=repr) == sorted(listed[OLDEST].rows, key=repr)
    days = [row[day] for row in listed[OLDEST].rows]
    assert days == sorted(days)
    assert [row[day] for row in listed[NEWEST].rows] == sorted(days, reverse=True)
    weights = [row[weight] for row in listed[LARGEST].rows]
    assert weights == sorted(weights, reverse=True)
    first = rows(made_up, question, limit=3, order=LARGEST)
    assert first.rows == listed[LARGEST].rows[:3]


def test_the_first_missed_are_those_that_count_for_nothing(made_up: FakeCopy) -> None:
    found = rows(made_up, Question(("win_rate",), YEAR, TODAY), limit=5, order=MISSED)
    assert {row[found.columns.index("counts_for")] for row in found.rows} == {0}
