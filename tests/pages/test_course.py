"""A number's course on its proof page: its months add up to it, and each leads to its rows."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs

import pytest

from tests.pages.conftest import Open

ROW = re.compile(r'<tr><td>[^<]*</td><td class="number"><a href="rows\?([^"]*)"[^>]*>([^<]*)</a>.*?</tr>')


def months(open_page: Open, **query: str) -> list[tuple[dict[str, list[str]], str]]:
    """Each line of the course's table: the parameters of its link, and its value."""
    test = open_page("rows", **query)
    assert not test.exception
    (shown,) = [one.value for one in test.markdown if ", month by month" in one.value]
    return [(parse_qs(unescape(link)), value) for link, value in ROW.findall(shown)]


def number(value: str) -> float:
    return float(re.sub(r"[^\d.]", "", value))


@pytest.mark.parametrize("key", ["revenue_won", "deals_won", "cases_opened"])
def test_the_months_of_a_year_add_up_to_the_year(open_page: Open, key: str) -> None:
    inside = [
        number(value)
        for link, value in months(open_page, kpi=key)
        if link["bucket"][0].startswith("2025-")  # in full: the demo begins before and ends after it
    ]
    assert len(inside) == 12
    year = open_page("rows", **{"kpi": key, "from": "2025-01-01", "to": "2026-01-01"})
    huge = next(one.value for one in year.markdown if 'class="huge"' in one.value)
    total = number(re.search(r'class="huge">([^<]*)<', huge)[1])  # type: ignore[index]
    assert sum(inside) == pytest.approx(total, abs=0.51 * 12)  # each is printed without its cents


def test_a_month_leads_to_its_rows_under_the_same_filters(open_page: Open) -> None:
    link, value = months(open_page, kpi="deals_won", region="EMEA")[3]
    assert link["region"] == ["EMEA"]
    (bucket,) = link["bucket"]
    proof = open_page("rows", kpi="deals_won", region="EMEA", bucket=bucket)
    assert any(f'class="huge">{value}<' in one.value for one in proof.markdown)


def test_there_is_no_course_without_three_values(open_page: Open) -> None:
    test = open_page("rows", kpi="deals_won", region="Atlantis")
    assert not test.exception
    assert "Its course" not in [one.value for one in test.header]
