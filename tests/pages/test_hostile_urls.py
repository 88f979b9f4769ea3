"""Addresses that nobody would type: every page draws, and says what is the case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pages.conftest import Open
from ui.pages import PAGES

LONG = "x" * 5_000
NONSENSE: dict[str, dict[str, Any]] = {
    "members": {"at": ["owner:x", "region:nowhere", ":", "case:1", "account:-1"], "owner": ["x", "0", LONG]},
    "words": {
        "from": "2026-07-01",
        "to": "2026-04-01",
        "bucket": "2026-07-01..2026-04-01",
        "period": "ever",
        "by": "colour",
        "report": "poetry",
        "queue": "£$%&",
        "finding": "none",
        "compare": "x",
        "account": "999999999",
        "contact": "999999999",
        "case": "999999999",
        "rule": "999999999",
    },
    "numbers": {
        "account": "9" * 18,
        "contact": "-1",
        "case": "0x1",
        "rule": "1e9",
        "page": "9" * 18,
        "region": ["\x00", "\ud7ff", "a\nb", "'; DROP TABLE accounts; --"],
        "kpi": "\x00",
    },
    "1900": {"from": "1900-01-01", "to": "1900-02-01"},
    "ages": {"from": "1900-01-01", "to": "2199-12-31"},
    "future": {"from": "2190-01-01", "to": "2190-04-01", "compare": "previous"},
    "long": {"kpi": LONG, "at": f"region:{LONG}", "report": LONG, "queue": LONG, "reason": LONG, "by": LONG},
}
FUTURE = NONSENSE["future"]
OF_A_PAGE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("rows", {"kpi": "revenue_won", "rows": "out", "reason": "because", "page": "12", "by": "owner"}),
    ("rows", {"kpi": "churn_rate", **FUTURE}),
    ("customers", {"report": "rfm-9-9", "page": "99"}),
    ("customers", {"report": "rfm-Champions", "page": "9" * 9, **FUTURE}),
    ("customers", {"report": "site-20-999999-m999999"}),
    ("customers", {"report": "cohort-2025m13m01-2025m04m01-91"}),
    ("customers", {"report": "cohort-2025m04m01-2025m01m01-91"}),
    ("customer", {"account": "5", **FUTURE}),
    ("data", {"finding": "none", "page": "9" * 9}),
    *(("reports", {"report": name, **FUTURE}) for name in ("sales", "churn", "segments")),
)


@pytest.mark.parametrize("query", NONSENSE.values(), ids=NONSENSE)
@pytest.mark.parametrize("page", [entry.name for entry in PAGES])
def test_no_address_breaks_a_page(open_page: Open, page: str, query: dict[str, Any]) -> None:
    test = open_page(page, **query)
    assert not test.exception, [one.value for one in test.exception]
    assert test.title, "the page says where one is"


@pytest.mark.parametrize(("page", "query"), OF_A_PAGE)
def test_no_address_of_a_page_breaks_it(open_page: Open, page: str, query: dict[str, Any]) -> None:
    test_no_address_breaks_a_page(open_page, page, query)
