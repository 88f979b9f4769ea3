"""Deals, their spells and invoice lines, from rows written by hand to numbers found by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from crm_data.warehouse import MissingRate
from tests.warehouse.conftest import add, sql


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


JAN, FEB, MAR, APR = (date(2025, month, 1) for month in (1, 2, 3, 4))
SPELLS = "SELECT start_day, end_day, stage, amount_cents, start_reason, end_reason, bad FROM deal_spells"


def deal(crm: Engine, **values: object) -> int:
    defaults = {"stage": "Offer", "status": "open", "updated_at": at(JAN)}
    return add(crm, "opportunities", **(defaults | values))


def history(crm: Engine, deal_id: int, day: date, stage: str, amount: int | None, **more: object) -> None:
    values = {"opportunity_id": deal_id, "changed_at": at(day), "stage": stage, "amount": amount}
    add(crm, "opportunity_history", **values, currency="EUR", **more)


def rate(crm: Engine, currency: str, day: date, value: str, kind: str = "daily") -> int:
    return add(crm, "exchange_rates", currency=currency, valid_on=day, rate=Decimal(value), kind=kind)


def test_money_is_converted_at_the_days_rate_and_rounded_half_up(crm, facts):
    rate(crm, "USD", JAN, "0.9")
    rate(crm, "USD", MAR, "0.925")
    for day, amount in ((JAN, "10.00"), (FEB, "0.05"), (MAR, "100.02"), (APR, "100.0201")):
        deal(crm, status="won", closed_on=day, amount=Decimal(amount), currency="USD")
    # 0.05 × 0.9 = 0.045 → 0.05; 100.02 × 0.925 = 92.5185 → 92.52; 100.0201 × 0.925 = 92.51859…
    assert facts("SELECT closed_day, amount_cents FROM deals ORDER BY 1") == [
        (JAN, 900),
        (FEB, 5),
        (MAR, 9252),
        (APR, 9252),
    ]


def test_a_credit_note_cancels_its_invoice(crm, facts):
    rate(crm, "USD", JAN, "0.9")
    account = add(crm, "accounts", name="A")
    for kind, amount in (("invoice", "0.05"), ("credit", "-0.05")):
        invoice = add(crm, "invoices", account_id=account, kind=kind, issued_on=FEB, currency="USD")
        add(crm, "invoice_lines", invoice_id=invoice, amount=Decimal(amount), cost=Decimal(amount))
    found = facts("SELECT amount_cents, cost_cents, margin_cents FROM invoice_lines ORDER BY 1")
    assert found == [(-5, -5, 0), (5, 5, 0)]


def test_an_open_deal_is_worth_its_plan_rate(crm, facts):
    rate(crm, "USD", JAN, "0.9", "plan")
    rate(crm, "USD", date(2025, 1, 10), "0.5")
    rate(crm, "GBP", JAN, "1.2")
    deal(crm, opened_on=FEB, amount=100, currency="USD", updated_at=at(FEB))
    deal(crm, opened_on=FEB, amount=100, currency="GBP", updated_at=at(FEB), probability=0.25)
    assert facts("SELECT amount_cents FROM deals ORDER BY 1") == [(9000,), (12000,)]
    assert facts("SELECT amount_cents, weighted_cents FROM deal_spells ORDER BY 1") == [
        (9000, None),
        (12000, 3000),
    ]


def test_a_missing_rate_keeps_the_old_copy_and_heals(crm, facts):
    first = deal(crm, status="won", closed_on=JAN, amount=100, currency="EUR")
    assert facts("SELECT id FROM deals") == [(first,)]
    second = deal(crm, status="won", closed_on=date(2025, 2, 3), amount=100, currency="CHF")
    with pytest.raises(MissingRate, match="from CHF to EUR on or before 2025-02-03"):
        facts("SELECT id FROM deals")
    rate(crm, "CHF", FEB, "1.05")
    assert facts("SELECT id, amount_cents FROM deals ORDER BY 1") == [(first, 10000), (second, 10500)]


def test_an_amount_without_currency_or_day_has_no_value(crm, facts):
    account = add(crm, "accounts", name="A")
    add(crm, "memberships", account_id=account, started_on=JAN, monthly_amount=10)
    assert facts("SELECT monthly_cents FROM customer_spells") == [(None,)]


def test_dimensions_of_a_closed_deal_are_those_of_its_closing(crm, facts):
    north, south = add(crm, "regions", name="North"), add(crm, "regions", name="South")
    red, blue = add(crm, "teams", name="Red"), add(crm, "teams", name="Blue")
    ann, bob = add(crm, "users", name="Ann", team_id=red), add(crm, "users", name="Bob", team_id=blue)
    account = add(crm, "accounts", name="A", region_id=south, segment="Big")
    for day, region, segment in ((FEB, north, "Small"), (APR, south, "Big")):
        add(
            crm,
            "account_history",
            account_id=account,
            changed_at=at(day),
            region_id=region,
            segment=segment,
        )
    common = {"account_id": account, "owner_id": bob}
    early = deal(crm, status="won", closed_on=JAN, **common)
    middle = deal(crm, status="won", closed_on=MAR, **common)
    late = deal(crm, status="won", closed_on=APR, **common)
    still_open = deal(crm, **common)
    for one in (early, middle, late, still_open):
        history(crm, one, JAN, "Offer", None, owner_id=ann)
        history(crm, one, date(2025, 3, 15), "Offer", None, owner_id=bob)
    found = facts("SELECT id, region, segment, owner, team FROM deals ORDER BY id")
    assert found == [
        (early, "North", "Small", ann, "Red"),  # before the history begins: its first version
        (middle, "North", "Small", ann, "Red"),
        (late, "South", "Big", bob, "Blue"),
        (still_open, "South", "Big", bob, "Blue"),
    ]


def test_the_region_is_the_root_of_the_deals_else_the_accounts_else_the_owners(crm, facts):
    emea = add(crm, "regions", name="EMEA")
    germany = add(crm, "regions", name="Germany", parent_id=emea, country="DE")
    bavaria = add(crm, "regions", name="Bavaria", parent_id=germany)
    apac, america = add(crm, "regions", name="APAC"), add(crm, "regions", name="America")
    owner = add(crm, "users", name="Ann", region_id=america)
    account = add(crm, "accounts", name="A", region_id=bavaria)
    nowhere = add(crm, "accounts", name="B")
    ids = [
        deal(crm, owner_id=owner, account_id=account, region_id=apac),
        deal(crm, owner_id=owner, account_id=account),
        deal(crm, owner_id=owner, account_id=nowhere),
        deal(crm, owner_id=owner),
        deal(crm),
    ]
    assert facts("SELECT id, region, country FROM deals ORDER BY id") == [
        (ids[0], "APAC", "DE"),
        (ids[1], "EMEA", "DE"),
        (ids[2], "America", None),
        (ids[3], "America", None),
        (ids[4], None, None),
    ]


def test_a_region_that_is_its_own_ancestor_does_no_harm(crm, facts):
    one = add(crm, "regions", name="One")
    two = add(crm, "regions", name="Two", parent_id=one)
    sql(crm, f"UPDATE regions SET parent_id = {two} WHERE id = {one}")
    deal(crm, region_id=one)
    assert facts("SELECT region FROM deals")[0][0] in ("One", "Two")


def test_spells_of_a_deal_follow_its_history(crm, facts):
    one = deal(crm, status="won", opened_on=JAN, closed_on=APR, stage="Won", amount=300, currency="EUR")
    history(crm, one, JAN, "Lead", 100)
    history(crm, one, FEB, "Offer", 200)
    add(
        crm,
        "opportunity_history",
        opportunity_id=one,
        changed_at=at(FEB, 15),
        stage="Offer",
        amount=250,
        currency="EUR",
    )  # the same day again: its last state counts
    history(crm, one, APR, "Won", 300)
    assert facts(f"{SPELLS} ORDER BY 1") == [
        (JAN, FEB, "Lead", 10000, "opened", "changed", None),
        (FEB, APR, "Offer", 25000, "changed", "won", None),
    ]


def test_before_its_history_a_deal_is_known_to_be_open_and_nothing_else(crm, facts):
    open_deal = deal(crm, opened_on=JAN, amount=100, currency="EUR", updated_at=at(MAR))
    assert facts(f"{SPELLS} WHERE id = {open_deal} ORDER BY 1") == [
        (JAN, MAR, None, None, "opened", "changed", None),
        (MAR, None, "Offer", 10000, "changed", None, None),
    ]
    imported = deal(
        crm, status="lost", opened_on=JAN, closed_on=FEB, amount=9, currency="EUR", updated_at=at(MAR)
    )
    assert facts(f"{SPELLS} WHERE id = {imported}") == [(JAN, FEB, None, None, "opened", "lost", None)]


def test_awkward_days_of_a_deal(crm, facts):
    same_day = deal(crm, status="won", opened_on=FEB, closed_on=FEB)
    reversed_ = deal(crm, status="won", opened_on=FEB, closed_on=JAN)
    endless = deal(crm, status="lost", opened_on=FEB)
    undated = deal(crm, amount=7, currency="EUR")
    found = {
        row[0]: row[1:] for row in facts("SELECT id, start_day, end_day, amount_cents, bad FROM deal_spells")
    }
    assert found == {
        same_day: (FEB, FEB, None, None),
        reversed_: (FEB, JAN, None, "it was closed before it was opened"),
        endless: (FEB, None, None, "it is lost, but nobody knows since when"),
        undated: (None, None, 700, None),
    }
    cycles = dict(facts("SELECT id, cycle_days FROM deals"))
    assert cycles == {same_day: 0, reversed_: -31, endless: None, undated: None}


def test_an_open_deal_has_no_closing_day_whatever_is_written_there(crm, facts):
    deal(crm, opened_on=JAN, closed_on=FEB)
    assert facts("SELECT closed_day, cycle_days FROM deals") == [(None, None)]


def test_changes_by_the_triggers_reach_the_spells(crm, facts):
    one = deal(crm, opened_on=JAN, amount=100, currency="EUR", updated_at=at(JAN))
    facts(SPELLS)
    amount = "5000000" if crm.dialect.name == "sqlite" else "500"
    sql(crm, f"UPDATE opportunities SET amount = {amount} WHERE id = {one}")
    today = datetime.now(UTC).date()
    assert facts(f"{SPELLS} ORDER BY 1") == [
        (JAN, today, "Offer", 10000, "opened", "changed", None),
        (today, None, "Offer", 50000, "changed", None, None),
    ]
