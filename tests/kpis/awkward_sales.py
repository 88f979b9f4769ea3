"""Deals, invoices, leads and costs with gaps, late changes and days at the edge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, func, select

from crm_data.schema import customers, marketing, organisation, sales
from tests.kpis.awkward_rows import DAY, add, every, instant, put, put_every


def spoil_deals(crm: Connection, today: date) -> None:
    table = sales.opportunities
    put_every(crm, table, 7, 1, region_id=None)
    put_every(crm, table, 11, 2, channel=None, campaign_id=None)
    put_every(crm, table, 13, 3, account_id=None)
    put_every(crm, table, 21, 4, account_id=None, region_id=None, channel=None)
    put_every(crm, table, 17, 5, owner_id=None)
    put_every(crm, table, 43, 6, amount=Decimal("100.0050"), currency="EUR")
    put_every(crm, table, 47, 7, amount=Decimal("-250.1250"), currency="EUR")
    users = list(crm.scalars(select(organisation.users.c.id)))
    for number, row in enumerate(every(crm, table, 9, 8)):
        if row["opened_on"] and (not row["closed_on"] or row["closed_on"] > row["opened_on"]):
            _spoil_course(crm, row, number, users, today)
    won = [row for row in every(crm, table, 3, 0) if row["status"] == "won"]
    for row, closed in zip(won, (None, today, today + 9 * DAY), strict=False):
        put(crm, table, row["id"], closed_on=closed)


def _spoil_course(crm: Connection, row: Any, number: int, users: list[int], today: date) -> None:
    table, history = sales.opportunities, sales.opportunity_history
    opened, closed = row["opened_on"], row["closed_on"]
    if number % 5 == 0 and closed:
        put(crm, table, row["id"], opened_on=closed)
    elif number % 5 == 1:  # nothing is known of what it was before it was last written
        crm.execute(delete(history).where(history.c.opportunity_id == row["id"]))
        written = min(opened + number % 50 * DAY, today - 2 * DAY)
        put(crm, table, row["id"], updated_at=instant(written, 23))
    elif number % 5 == 2:  # nothing is known of its beginnings
        first = select(func.min(history.c.id)).where(history.c.opportunity_id == row["id"])
        crm.execute(delete(history).where(history.c.id == first.scalar_subquery()))
    elif number % 5 == 3 and closed:  # somebody else's since it was closed
        put(crm, table, row["id"], owner_id=users[number % len(users)])
        _change(crm, row, closed + 3 * DAY, 12, owner_id=users[number % len(users)])
    elif closed:  # changed twice near midnight
        middle = opened + (closed - opened) // 2
        _change(crm, row, middle, 22, amount=Decimal("77.7750"), currency="EUR", owner_id=users[0])
        _change(crm, row, middle, 23, amount=Decimal("88.8850"), currency="EUR", owner_id=users[1])
        if (closed - middle).days > 4:  # back to an earlier stage, and expected sooner
            back = {"stage": "Qualification", "expected_close": closed - 2 * DAY}
            _change(crm, row, middle + DAY, 12, **back)


def _change(crm: Connection, deal: Any, day: date, hour: int, **values: Any) -> None:
    names = ("stage", "amount", "currency", "probability", "owner_id", "expected_close")
    state = {name: deal[name] for name in names} | values
    add(crm, sales.opportunity_history, opportunity_id=deal["id"], changed_at=instant(day, hour), **state)


def spoil_course(crm: Connection, today: date) -> None:
    """A stage that the order does not know, quotes and payments of all kinds, activities too late."""
    crm.execute(delete(sales.stages).where(sales.stages.c.name == "Negotiation"))
    put_every(crm, sales.quotes, 5, 1, opportunity_id=None)
    put_every(crm, sales.quotes, 7, 2, account_id=None)
    put_every(crm, sales.quotes, 11, 3, accepted_on=date(2024, 1, 2))
    put_every(crm, sales.quotes, 13, 4, sent_on=None)
    for number, row in enumerate(every(crm, sales.quotes, 9, 5)):
        if row["sent_on"]:
            put(crm, sales.quotes, row["id"], accepted_on=row["sent_on"] + (59 + number % 3) * DAY)
    for number, row in enumerate(every(crm, sales.invoices, 40, 3)):
        for day in (row["issued_on"] - DAY, row["issued_on"] + 20 * DAY):
            amount = Decimal((-12, 10, 1_000_000)[number % 3])  # refunded, paid in part, paid twice
            add(crm, sales.payments, invoice_id=row["id"], paid_on=day, amount=amount)
    put_every(crm, sales.invoices, 41, 4, due_on=None)
    put_every(crm, sales.invoices, 43, 5, due_on=date(2023, 1, 1))
    for row in every(crm, customers.activities, 1, 0):
        if (row["account_id"] or row["lead_id"] or 0) % 9 == 2:
            put(crm, customers.activities, row["id"], happened_at=instant(today, 12))


def spoil_invoices(crm: Connection, today: date) -> None:
    put_every(crm, sales.invoice_lines, 15, 1, cost=None)
    put_every(
        crm, sales.invoice_lines, 16, 2, amount=Decimal("19.9950"), cost=Decimal("7.7750"), product_id=None
    )
    for row in every(crm, sales.invoices, 90, 1):  # a second one on the same day, and one long before
        for day in (row["issued_on"], row["issued_on"] - 400 * DAY):
            _invoice(crm, row["account_id"], max(day, date(2023, 11, 22)), "40.005", "20.015")
    strangers = _strangers(crm)
    _invoice(crm, next(strangers), date(2025, 3, 3), "-10.005", "-1.005", kind="credit", currency="USD")
    for age in (364, 365, 366):  # customers since a year, more or less
        _invoice(crm, next(strangers), today - age * DAY, str(age), "1")
    day = date(2026, 2, 2)  # came and went
    add(crm, customers.memberships, account_id=next(strangers), started_on=day, ended_on=day)


def _invoice(crm: Connection, account: int, day: date, amount: str, cost: str, **more: str) -> None:
    terms = {"currency": "EUR"} | more
    invoice = add(crm, sales.invoices, account_id=account, issued_on=day, **terms)
    add(crm, sales.invoice_lines, invoice_id=invoice, amount=Decimal(amount), cost=Decimal(cost))


def _strangers(crm: Connection) -> Iterator[int]:
    """Accounts that have never bought anything."""
    account, deal = customers.accounts.c.id, sales.opportunities.c.account_id
    known = select(sales.invoices.c.account_id).union(
        select(customers.memberships.c.account_id), select(deal).where(deal.is_not(None))
    )
    yield from crm.scalars(select(account).where(account.not_in(known)).order_by(account)).all()


def spoil_leads(crm: Connection, today: date) -> None:
    table, deal = sales.leads, sales.opportunities.c
    put_every(crm, table, 9, 1, converted_account_id=None)
    put_every(crm, table, 11, 2, region_id=None, owner_id=None, country=None)
    put_every(crm, table, 13, 3, channel=None, segment=None, campaign_id=None)
    buyers = list(crm.scalars(select(sales.invoices.c.account_id).distinct().order_by("account_id")))
    for number, row in enumerate(every(crm, table, 6, 4)):
        if number % 3 == 0:  # a customer long since, or never
            put(crm, table, row["id"], converted_account_id=buyers[number % len(buyers)])
        elif number % 3 == 1:  # as old as the horizon, more or less; to the minute before midnight
            created = instant(today - (88 + number % 5) * DAY, 22, 59) + number % 4 * timedelta(minutes=1)
            put(crm, table, row["id"], created_at=created)
        else:  # before the first deal by the horizon, or a day less or more; or after it
            first = crm.scalar(select(func.min(deal.opened_on)).where(deal.lead_id == row["id"]))
            day = (first or date(2025, 4, 1)) - (number % 4 + 88) * DAY
            put(crm, table, row["id"], created_at=instant(day, 12))


def spoil_costs(crm: Connection) -> None:
    put_every(crm, marketing.spend, 8, 1, region_id=None, channel=None)
    put_every(crm, marketing.spend, 50, 2, amount=Decimal("0.0050"), currency="EUR")
    put_every(crm, marketing.campaigns, 6, 1, region_id=None, channel=None)
