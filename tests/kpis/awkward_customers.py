"""Accounts that move, and customers who leave, come back, overlap or make no sense."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, select, update

from crm_data.schema import customers, organisation, sales
from tests.kpis.awkward_rows import DAY, add, every, instant, put, put_every

_HOURS = ((22, 30), (23, 30), (0, 10), (12, 0))  # in Berlin the first two are the next day, or nearly


def spoil_accounts(crm: Connection) -> None:
    table, history, region = customers.accounts, customers.account_history, organisation.regions.c
    users = list(crm.scalars(select(organisation.users.c.id)))
    roots = list(crm.scalars(select(region.id).where(region.parent_id.is_(None))))
    put_every(crm, table, 23, 1, size=None, country=None)
    put_every(crm, table, 29, 2, acquisition_channel=None)
    put_every(crm, history, 19, 3, region_id=None, segment=None)
    put_every(crm, history, 31, 4, owner_id=None, industry=None)
    for row in every(crm, table, 37, 5):  # nothing is known of what they were
        crm.execute(delete(history).where(history.c.account_id == row["id"]))
    for number, row in enumerate(every(crm, table, 4, 0)):
        moved = {
            "segment": ("Enterprise", "Mid-market", "Public sector", None)[number % 4],
            "industry": ("Retail", "Energy", None)[number % 3],
            "region_id": roots[number % len(roots)],
            "owner_id": users[number % len(users)],
        }
        at = _moment_that_matters(crm, row["id"], number)
        moves = [(at, moved)]
        if number % 3 == 0:  # twice on one day, and back again months later
            moves.append((at + timedelta(seconds=1), moved | {"segment": "Enterprise"}))
            moves.append((at + timedelta(days=77), moved))
        for moment, values in moves:
            add(crm, history, account_id=row["id"], changed_at=moment, **values)
        put(crm, table, row["id"], **moved)


def _moment_that_matters(crm: Connection, account: int, number: int) -> datetime:
    """An instant on the very day of something else, or near it."""
    deal, member, invoice = sales.opportunities.c, customers.memberships.c, sales.invoices.c
    days = [
        *crm.scalars(select(deal.closed_on).where(deal.account_id == account)),
        *crm.scalars(select(member.ended_on).where(member.account_id == account)),
        *crm.scalars(select(invoice.issued_on).where(invoice.account_id == account)),
    ]
    known = sorted(day for day in days if day) or [date(2025, 5, 5)]
    return instant(known[number % len(known)], *_HOURS[number % 4])


def spoil_memberships(crm: Connection, today: date) -> None:
    table, deals = customers.memberships, sales.opportunities
    accounts = sorted(set(crm.scalars(select(table.c.account_id))))
    for account in accounts[::6]:  # their orders are all that is known of them
        crm.execute(delete(table).where(table.c.account_id == account))
    for account in accounts[::12]:  # and of some only the deals
        _forget_invoices(crm, account)
    for account in accounts[1::40]:  # of some only the memberships
        _forget_invoices(crm, account)
        won = (deals.c.account_id == account) & (deals.c.status == "won")
        crm.execute(update(deals).where(won).values(status="lost"))
    for number, row in enumerate(every(crm, table, 5, 3)):
        _spoil_membership(crm, row, number, today)


def _spoil_membership(crm: Connection, row: Any, number: int, today: date) -> None:
    table, start, end = customers.memberships, row["started_on"], row["ended_on"]

    def another(first: date, last: date | None, amount: str, **more: str) -> None:
        terms = {name: row[name] for name in ("account_id", "plan", "currency")} | more
        add(crm, table, **terms, started_on=first, ended_on=last, monthly_amount=Decimal(amount))

    if number % 6 == 0:
        put(crm, table, row["id"], monthly_amount=None)
    elif number % 6 == 1:  # another contract beside the first
        another(start + 20 * DAY, start + 95 * DAY, "33.3333", plan="Beside", end_reason="Beside")
    elif number % 6 == 2:  # no days at all
        another(start, start, "5")
    elif number % 6 == 3 and end:  # back after a day, and again after ten
        another(end + DAY, end + 40 * DAY, "50")
        another(end + 50 * DAY, None, "60.005")
    elif number % 6 == 4 and not end:  # known to end
        put(crm, table, row["id"], ended_on=today + (number % 4) * DAY, end_reason="Price")
    elif number % 6 == 5:  # no sense beside sense
        another(start, start - 9 * DAY, "7")


def _forget_invoices(crm: Connection, account: int) -> None:
    mine = select(sales.invoices.c.id).where(sales.invoices.c.account_id == account)
    for table in (sales.payments, sales.invoice_lines):
        crm.execute(delete(table).where(table.c.invoice_id.in_(mine)))
    crm.execute(delete(sales.invoices).where(sales.invoices.c.account_id == account))
