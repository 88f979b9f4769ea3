"""Customers and their spells, found by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from tests.warehouse.conftest import NOW, add, sql
from tests.warehouse.test_sales import APR, FEB, JAN, MAR, at, deal, rate

SPELLS = """SELECT start_day, end_day, monthly_cents, lost_day, lost_reason, start_reason, end_reason
            FROM customer_spells"""


@pytest.fixture
def account(crm: Engine) -> int:
    return add(crm, "accounts", name="A", segment="Small")


def member(crm: Engine, account: int, start: date, end: date | None, amount: int | None = 10, **more) -> int:
    values = {"account_id": account, "started_on": start, "ended_on": end, "monthly_amount": amount}
    return add(crm, "memberships", **(values | {"currency": "EUR"} | more))


def invoice(crm: Engine, account: int, day: date) -> int:
    return add(crm, "invoices", account_id=account, issued_on=day, currency="EUR")


def test_memberships_without_a_gap_are_one_customer(crm, facts, account):
    member(crm, account, JAN, FEB, end_reason="renewed")
    member(crm, account, FEB, MAR, end_reason="price")
    assert facts(SPELLS) == [(JAN, MAR, 1000, MAR, "price", "new", "lost")]


def test_a_new_price_cuts_the_spell(crm, facts, account):
    member(crm, account, JAN, FEB)
    member(crm, account, FEB, None, 15)
    assert facts(f"{SPELLS} ORDER BY 1") == [
        (JAN, FEB, 1000, None, None, "new", "repriced"),
        (FEB, None, 1500, None, None, "repriced", None),
    ]


def test_after_a_gap_the_customer_is_back(crm, facts, account):
    member(crm, account, JAN, FEB, end_reason="price")
    member(crm, account, MAR, None)
    assert facts(f"{SPELLS} ORDER BY 1") == [
        (JAN, FEB, 1000, FEB, "price", "new", "lost"),
        (MAR, None, 1000, None, None, "back", None),
    ]


def test_side_by_side_memberships_are_one_customer_who_pays_both(crm, facts, account):
    member(crm, account, JAN, APR, 10, end_reason="merged")
    member(crm, account, FEB, MAR, 5)
    assert facts(f"{SPELLS} ORDER BY 1") == [
        (JAN, FEB, 1000, APR, "merged", "new", "repriced"),
        (FEB, MAR, 1500, APR, "merged", "repriced", "repriced"),
        (MAR, APR, 1000, APR, "merged", "repriced", "lost"),
    ]


def test_a_move_cuts_the_spell_and_leaves_the_revenue(crm, facts, account):
    rate(crm, "USD", JAN, "0.9", "plan")
    rate(crm, "USD", MAR, "0.5", "plan")
    for day, segment in ((JAN, "Small"), (MAR, "Big")):
        add(crm, "account_history", account_id=account, changed_at=at(day), segment=segment)
    member(crm, account, FEB, None, currency="USD")
    assert facts(
        "SELECT start_day, end_day, segment, monthly_cents, start_reason, end_reason "
        "FROM customer_spells ORDER BY 1"
    ) == [(FEB, MAR, "Small", 900, "new", "moved"), (MAR, None, "Big", 900, "moved", None)]


def test_a_membership_that_ends_before_it_begins_is_set_aside(crm, facts, account):
    member(crm, account, FEB, JAN)
    member(crm, account, MAR, None)
    assert facts("SELECT start_day, end_day, bad, start_reason FROM customer_spells ORDER BY 1") == [
        (FEB, JAN, "it ended before it began", None),
        (MAR, None, None, "new"),
    ]


def test_without_contracts_silence_ends_the_customer(crm, facts, account):
    add(crm, "silence_thresholds", segment="Small", days=40, basis="said so")
    for day in (JAN, JAN + timedelta(days=40), JAN + timedelta(days=81)):
        invoice(crm, account, day)
    # The second order comes on the 40th day, just in time; the third one day too late.
    lost = JAN + timedelta(days=80)
    back = JAN + timedelta(days=81)
    assert facts(f"{SPELLS} ORDER BY 1") == [
        (JAN, lost, None, lost, "no more orders", "new", "lost"),
        (back, back + timedelta(days=40), None, back + timedelta(days=40), "no more orders", "back", "lost"),
    ]
    assert facts("SELECT DISTINCT basis FROM customer_spells") == [("silence",)]


def test_silence_is_noticed_when_the_day_has_come(crm, facts, account):
    add(crm, "silence_thresholds", days=100, basis="said so")
    last = NOW.date() - timedelta(days=99)
    invoice(crm, account, last)
    assert facts("SELECT lost_day FROM customer_spells") == [(None,)]
    tomorrow = NOW + timedelta(days=1)
    assert facts("SELECT lost_day FROM customer_spells", tomorrow) == [(last + timedelta(days=100),)]


def test_the_threshold_is_measured_once_and_frozen(crm, facts):
    for customer in range(10):
        key = add(crm, "accounts", name=f"A{customer}")
        day = date(2024, 1, 1)
        for gap in (35, 40, 50, 60 + customer):
            invoice(crm, key, day)
            day += timedelta(days=gap)
        invoice(crm, key, day)
    facts("SELECT 1")
    # 40 gaps; the 38th smallest is the 95th percentile: 60 … 69 are the largest ten, so 67.
    thresholds = "SELECT segment, days, basis FROM silence_thresholds"
    with crm.connect() as connection:
        [(segment, days, basis)] = connection.exec_driver_sql(thresholds)
    assert (segment, days) == (None, 67)
    assert "40 gaps" in basis
    key = add(crm, "accounts", name="late")
    for n in range(60):
        invoice(crm, key, date(2024, 1, 1) + timedelta(days=n * 9))
    facts("SELECT 1")
    with crm.connect() as connection:
        assert connection.exec_driver_sql("SELECT days FROM silence_thresholds").scalars().all() == [67]


def test_too_few_gaps_give_a_year(crm, facts, account):
    invoice(crm, account, JAN)
    facts("SELECT 1")
    with crm.connect() as connection:
        assert connection.exec_driver_sql("SELECT days FROM silence_thresholds").scalars().all() == [365]


def test_first_purchases(crm, facts):
    def purchases(key: int) -> tuple[date | None, date | None]:
        [found] = facts(f"SELECT first_day, second_day FROM customers WHERE id = {key}")
        return found

    invoiced, winner, only_member, nobody = (add(crm, "accounts", name=name) for name in "ABCD")
    for day in (MAR, MAR, FEB):
        invoice(crm, invoiced, day)
    deal(crm, account_id=invoiced, status="won", closed_on=JAN)  # it has invoices, so deals do not count
    deal(crm, account_id=winner, status="won", closed_on=FEB)
    member(crm, winner, JAN, None)
    member(crm, only_member, JAN, FEB)
    member(crm, only_member, FEB, MAR)
    member(crm, only_member, APR, None)
    assert purchases(invoiced) == (FEB, MAR)
    assert purchases(winner) == (FEB, None)
    assert purchases(only_member) == (JAN, APR)
    assert facts(f"SELECT count(*) FROM customers WHERE id = {nobody}") == [(0,)]


def test_first_year_margin(crm, facts, account):
    for day, cost in ((JAN, 4), (date(2025, 12, 31), 7), (date(2026, 1, 1), 1), (FEB, None)):
        add(crm, "invoice_lines", invoice_id=invoice(crm, account, day), amount=10, cost=cost)
    assert facts("SELECT first_year_margin_cents FROM customers") == [(600 + 300,)]


MONDAY = date(2025, 2, 3)  # a response is measured in office hours


def test_a_lead_becomes_deal_and_customer(crm, facts, account):
    lead = add(
        crm,
        "leads",
        created_at=at(MONDAY),
        first_response_at=at(MONDAY, 14),
        converted_account_id=account,
        status="converted",
    )
    invoice(crm, account, JAN)  # bought before
    invoice(crm, account, MAR)
    deal(crm, lead_id=lead, opened_on=APR)
    deal(crm, lead_id=lead, opened_on=MAR)
    ask = "SELECT created_day, opportunity_day, customer_day, response_seconds FROM leads"
    assert facts(ask) == [(MONDAY, MAR, MAR, 7200)]


def test_days_are_the_organisations(crm, facts):
    zone = "INSERT INTO organisation (id, name, time_zone) VALUES (1, 'O', '{}')"
    sql(crm, zone.format("Asia/Tokyo"))
    add(crm, "leads", created_at=datetime(2025, 1, 31, 16, tzinfo=UTC))
    assert facts("SELECT created_day FROM leads") == [(date(2025, 2, 1),)]
    sql(crm, "UPDATE organisation SET time_zone = 'America/Lima'")
    assert facts("SELECT created_day FROM leads") == [(date(2025, 1, 31),)]


def test_another_base_currency_converts_everything_again(crm, facts, account):
    sql(crm, "INSERT INTO organisation (id, name, base_currency) VALUES (1, 'O', 'EUR')")
    rate(crm, "EUR", JAN, "1.1")
    member(crm, account, JAN, None)
    assert facts("SELECT monthly_cents FROM customer_spells") == [(1000,)]
    sql(crm, "UPDATE organisation SET base_currency = 'USD'")
    assert facts("SELECT monthly_cents FROM customer_spells") == [(1100,)]
