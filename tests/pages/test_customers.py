"""The Customers page, the lists behind its charts, and the page of one account."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import text

from crm_data.warehouse import Copy
from kpis import Period, Question, ask, cohorts, opened, rfm, sites
from kpis.period import anchor
from tests.pages.conftest import TODAY, Open
from ui import cache

WINDOW = Period(TODAY - timedelta(days=365), TODAY + timedelta(days=1))
DAYS = {"from": str(WINDOW.start), "to": str(WINDOW.end)}


def body(page) -> str:
    assert not page.exception
    return " ".join(block.value for block in page.markdown)


def test_the_page_adds_up(open_page: Open, copy: Copy) -> None:
    shown = body(open_page("customers", **DAYS))
    active = ask(copy, Question(("active_customers",), WINDOW, TODAY))[0][0].value
    assert 'class="ledger"' in shown
    assert f">{active:,.0f}<" in shown
    with opened(copy) as data:
        for name, group in rfm.segmentation(data, Question((), WINDOW, TODAY)).segments.items():
            assert not group.customers or f'<span class="name">{name}</span>' in shown


def test_a_period_that_begins_tomorrow_has_no_end_to_go_to(open_page: Open, copy: Copy) -> None:
    """The customers at its start are known, those at its end are not: that is no loss of all of them."""
    today = anchor(datetime.now(copy.organisation.zone).date(), copy.state.newest_day)
    tomorrow = today + timedelta(days=1)
    shown = body(open_page("customers", **{"from": str(tomorrow), "to": str(tomorrow + timedelta(days=30))}))
    assert 'class="ledger"' not in shown
    assert "Moved between groups" not in shown
    assert f'<div class="why">The period has not begun: today is {today:%-d %b %Y}.</div>' in unescape(shown)


def test_before_the_first_customer_the_start_is_nobody(open_page: Open, copy: Copy) -> None:
    oldest = copy.state.oldest_day
    assert oldest
    start, end = oldest - timedelta(days=30), oldest + timedelta(days=200)
    shown = body(open_page("customers", **{"from": str(start), "to": str(end)}))
    ledger = re.search(r'class="ledger".*?</ol>', shown, re.DOTALL)
    assert ledger
    count = ask(copy, Question(("active_customers",), Period(start, end), TODAY))[0][0].value
    assert count
    numbers = re.findall(r'class="number">([^<]*)<', ledger[0])
    assert (numbers[0], numbers[-1]) == ("0", f"{count:,.0f}")


@pytest.mark.parametrize("report", ["rfm-Champions", "rfm-5-5"])
def test_a_segment_lists_its_customers(open_page: Open, copy: Copy, report: str) -> None:
    squares = [(5, 5)] if report == "rfm-5-5" else [(5, 4), (5, 5)]
    with opened(copy) as data:
        total, found = rfm.customers(data, Question((), WINDOW, TODAY), squares, 0, 25)
    page = open_page("customers", report=report, **DAYS)
    shown = body(page)
    assert found
    assert all(f"account={one.account}" in shown for one in found)
    assert any(f"{total} customers" in header.value for header in page.header)


def test_a_cohort_lists_those_it_lost_first(open_page: Open, copy: Copy) -> None:
    question = Question((), WINDOW, TODAY)
    with opened(copy) as data:
        one = next(one for one in cohorts.retention(data, question) if one.kept)
    start, end = (str(day).replace("-", "m") for day in (one.cohort.start, one.cohort.end))
    shown = body(open_page("customers", report=f"cohort-{start}-{end}-{one.days}", **DAYS))
    assert shown.count("account=") == min(one.customers, 25)
    assert shown.count('<td class="number">0</td>') == min(one.customers - (one.kept or 0), 25)


def test_a_place_lists_its_customers(open_page: Open, copy: Copy) -> None:
    with opened(copy) as data:
        found = sites.sites(data, Question((), WINDOW, TODAY))
    fullest = found.found[0]
    row, place = (str(part).replace("-", "m") for part in fullest.cell)
    shown = body(open_page("customers", report=f"site-{found.wide}-{row}-{place}", **DAYS))
    assert shown.count("account=") == min(fullest.customers, 25)


@pytest.mark.parametrize("report", ["rfm-9-9", "rfm-x-y", "cohort-1-2", "site-0-0-0", "<b>", "rfm", "site-a"])
def test_a_group_that_makes_no_sense_is_the_whole_page(open_page: Open, report: str) -> None:
    assert 'class="ledger"' in body(open_page("customers", report=report, **DAYS))


def test_one_account(open_page: Open, copy: Copy) -> None:
    with opened(copy) as data:
        _, (best, *_) = rfm.customers(data, Question((), WINDOW, TODAY), [(5, 5)], 0, 1)
    page = open_page("customer", account=str(best.account), **DAYS)
    shown = body(page)
    with cache.crm().connect() as crm:
        name = crm.scalar(text("SELECT name FROM accounts WHERE id = :id"), {"id": best.account})
    assert page.title[0].value.replace("\\", "") == name
    for words in ('class="health"', 'class="timeline"', "of 100"):
        assert words in shown


def test_no_account_and_an_unknown_one(open_page: Open) -> None:
    assert not open_page("customer").exception
    page = open_page("customer", account="99999999")
    assert "no account no. 99999999" in page.info[0].value


def test_finding_an_account(open_page: Open) -> None:
    page = open_page("customer")
    with cache.crm().connect() as crm:
        name = crm.scalar(text("SELECT name FROM accounts WHERE id = 5"))
    page.text_input[0].set_value(name[:6]).run()
    assert not page.exception
    page.text_input[0].set_value("<script>no such").run()
    assert any("No account" in block.value for block in page.markdown)


def test_rows_lead_to_accounts(open_page: Open) -> None:
    assert "customer?" in body(open_page("rows", kpi="active_customers", **DAYS))
