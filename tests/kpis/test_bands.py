"""Bands of age are together what they are bands of, whatever the window and filter."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from crm_data.warehouse import Copy
from kpis import COUNTED, Period, Question, ask, rows
from tests.kpis.conftest import TODAY

BANDS = {
    "invoices_overdue": ("overdue_30", "overdue_60", "overdue_90", "overdue_older"),
    "backlog": ("backlog_1", "backlog_3", "backlog_7", "backlog_30", "backlog_older"),
}


@pytest.mark.parametrize("total", BANDS)
def test_they_add_up_and_share_no_row(spoiled: Copy, total: str) -> None:
    asked = [
        Question((total, *BANDS[total]), Period(date(2026, 1, 1), end), TODAY, where=where)
        for end in (TODAY + timedelta(days=1), date(2026, 10, 1), date(2026, 1, 20))
        for where in ((), (("region", ("EMEA", None)),))
    ]
    for question, (whole, *bands) in zip(asked, ask(spoiled, *asked), strict=True):
        assert sum(one.numerator or 0 for one in bands) == whole.numerator
        assert sum(one.n or 0 for one in bands) == whole.n
        found = [
            row
            for key in BANDS[total]
            for row in _rows(spoiled, Question((key,), question.period, TODAY, where=question.where))
        ]
        assert sorted(found) == sorted(_rows(spoiled, question))
        assert len(set(found)) == len(found)


def _rows(copy: Copy, question: Question) -> list[tuple[int, object]]:
    page = rows(copy, question, COUNTED, limit=None)
    place, amount = page.columns.index("id"), page.columns.index("counts_for")
    return [(row[place], row[amount]) for row in page.rows]
