"""Customers: who is one, since when, until when; and what they bring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import DAY, Crm, Row, Versions, frame, known, only

CUSTOMER = "account region country segment industry size channel owner team".split()


class Stay(NamedTuple):
    """An unbroken time as a customer: from `start` up to, not including, `end`."""

    account: int
    start: date
    end: date | None
    reason: str | None
    basis: str
    memberships: tuple[Row, ...] = ()

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@cache
def purchases(crm: Crm) -> dict[int, list[date]]:
    """Account -> its days of purchase: invoices; without any, deals won; without either, stays."""
    sources = (
        [(row["account_id"], row["issued_on"]) for row in crm.rows["invoices"] if row["kind"] == "invoice"],
        [
            (row["account_id"], row["closed_on"])
            for row in crm.rows["opportunities"]
            if row["status"] == "won"
        ],
        [(stay.account, stay.start) for stay in _contracts(crm)],
    )
    found: dict[int, list[date]] = {}
    for source in sources:
        these = defaultdict(set)
        for account, day in source:
            if account is not None and day is not None and account not in found:
                these[account].add(day)
        found.update({account: sorted(days) for account, days in these.items()})
    return found


@cache
def stays(crm: Crm) -> tuple[Stay, ...]:
    recorded = {row["account_id"] for row in crm.rows["memberships"]}
    silent = {account: days for account, days in purchases(crm).items() if account not in recorded}
    return (
        *_contracts(crm),
        *(stay for account, days in silent.items() for stay in _by_silence(crm, account, days)),
    )


def _contracts(crm: Crm) -> Iterator[Stay]:
    for account, rows in crm.group("memberships", "account_id").items():
        yield from _by_contract(account, rows)


def _by_contract(account: int, rows: list[Row]) -> Iterator[Stay]:
    """Memberships that touch or overlap are one stay. Those that end before they start make no sense."""
    sound = [row for row in rows if row["ended_on"] is None or row["ended_on"] >= row["started_on"]]
    sound.sort(key=lambda row: (row["started_on"], row["ended_on"] or date.max))
    while sound:
        together = [sound.pop(0)]
        while sound and sound[0]["started_on"] <= _last(together):
            together.append(sound.pop(0))
        last = max(together, key=lambda row: row["ended_on"] or date.max)
        start, end, reason = together[0]["started_on"], last["ended_on"], last["end_reason"]
        yield Stay(account, start, end, reason, "contract", tuple(together))


def _last(rows: list[Row]) -> date:
    return max(row["ended_on"] or date.max for row in rows)


def _by_silence(crm: Crm, account: int, orders: list[date]) -> Iterator[Stay]:
    """Lost once no order has come for as many days as are the threshold of the segment it was in then."""
    thresholds = {row["segment"]: row["days"] for row in crm.rows["silence_thresholds"]}

    def patience_ends(last: date) -> date:
        segment = crm.customer(account, last)["segment"]
        return last + timedelta(days=thresholds.get(segment, thresholds[None]))

    orders = list(orders)
    while orders:
        first = last = orders.pop(0)
        while orders and orders[0] <= patience_ends(last):
            last = orders.pop(0)
        end = patience_ends(last)
        if end <= crm.today:
            yield Stay(account, first, end, "no more orders", "silence")
        else:
            yield Stay(account, first, None, None, "silence")


def state_of(crm: Crm, stay: Stay, day: date) -> Row:
    """The customer on a day of its stay."""
    current = [row for row in stay.memberships if row["started_on"] <= day < (row["ended_on"] or date.max)]
    monthly = [crm.stock_cents(row["monthly_amount"], row["currency"], row["started_on"]) for row in current]
    paid = [cents for cents in monthly if cents is not None]
    return {
        **crm.customer(stay.account, day),
        "basis": stay.basis,
        "plan": current[-1]["plan"] if current else None,
        "lost_reason": stay.reason,
        "monthly": sum(paid) if paid else None,
    }


def there(crm: Crm, start_of: date) -> list[tuple[Stay, Row]]:
    """The customers of the evening before a day."""
    eve = start_of - DAY
    return [(stay, state_of(crm, stay, eve)) for stay in stays(crm) if stay.covers(eve)]


SPELL = [*CUSTOMER, "basis", "plan", "lost_reason"]


def active_customers(crm: Crm, window: Period) -> pd.DataFrame:
    return frame((row for _, row in there(crm, window.end)), SPELL).assign(each=1, per=1)


def _lost(stay: Stay, window: Period) -> bool:
    return stay.end is not None and stay.end in window


def churn_rate(crm: Crm, window: Period) -> pd.DataFrame:
    present = there(crm, window.start)
    return frame(
        ({**row, "each": int(_lost(stay, window)), "per": 1} for stay, row in present),
        [*SPELL, "each", "per"],
    )


def churn_revenue(crm: Crm, window: Period) -> pd.DataFrame:
    rows = [(stay, row) for stay, row in there(crm, window.start) if row["monthly"] is not None]
    return frame(
        ({**row, "each": row["monthly"] * _lost(stay, window), "per": row["monthly"]} for stay, row in rows),
        [*SPELL, "each", "per"],
    )


def customers_lost(crm: Crm, window: Period) -> pd.DataFrame:
    """As they were on their last day."""
    lost = (state_of(crm, stay, stay.end - DAY) for stay in stays(crm) if stay.end and _lost(stay, window))
    return frame(lost, SPELL).assign(each=1, per=1)


def customer_days(crm: Crm, window: Period) -> pd.DataFrame:
    """A row for each customer and each stretch of days on which nothing about it changed."""
    return frame(
        (row for stay in stays(crm) for row in _stretches(crm, stay, window)), [*SPELL, "each", "per"]
    )


def _stretches(crm: Crm, stay: Stay, window: Period) -> Iterator[Row]:
    first, end = max(stay.start, window.start), min(stay.end or date.max, window.end, crm.today + DAY)
    changes = (crm.account_versions.get(stay.account) or Versions()).days
    prices = [day for row in stay.memberships for day in (row["started_on"], row["ended_on"]) if day]
    cuts = sorted({first, *(day for day in [*changes, *prices] if first < day < end)})
    known: Row = {}
    for start, stop in zip(cuts, [*cuts[1:], end], strict=True):
        state = state_of(crm, stay, start)
        if start < stop and state == {name: known.get(name) for name in state}:
            known["each"] += (stop - start).days
        elif start < stop:
            known = {**state, "each": (stop - start).days, "per": 1}
            yield known


@cache
def lines(crm: Crm) -> pd.DataFrame:
    """Invoice lines with their margin: amount less cost, each rounded to the cent."""
    rows = []
    for line in crm.rows["invoice_lines"]:
        invoice = crm.lookup["invoices"][line["invoice_id"]]
        day, currency = invoice["issued_on"], invoice["currency"]
        amount = crm.flow_cents(line["amount"], currency, day)
        cost = crm.flow_cents(line["cost"], currency, day)
        rows.append(
            {
                **crm.customer(invoice["account_id"], day),
                **crm.product(line["product_id"]),
                "day": day,
                "cents": amount,
                "margin": None if amount is None or cost is None else amount - cost,
            }
        )
    return frame(rows, [*CUSTOMER, "product", "family", "day", "cents", "margin"])


def gross_margin(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(only(lines(crm), window.__contains__, "day"), known, "margin")
    return rows.assign(each=rows["margin"], per=1)


@cache
def buyers(crm: Crm) -> pd.DataFrame:
    """Accounts that have bought, and the margin of their first 365 days."""
    of_account = dict(iter(lines(crm).groupby("account")))
    rows = []
    for account, days in purchases(crm).items():
        first, margin = days[0], None
        if account in of_account:
            year = Period(first, first + timedelta(days=365))
            margins = only(only(of_account[account], year.__contains__, "day"), known, "margin")["margin"]
            margin = int(margins.sum()) if len(margins) else None
        rows.append({**crm.customer(account, first), "first": first, "margin": margin})
    return frame(rows, [*CUSTOMER, "first", "margin"])


def new_customers(crm: Crm, window: Period) -> pd.DataFrame:
    return only(buyers(crm), window.__contains__, "first").assign(each=1, per=1)


def cltv_realised(crm: Crm, window: Period) -> pd.DataFrame:
    """Only customers for more than 365 days."""
    over = only(new_customers(crm, window), lambda day: crm.today - day > timedelta(days=365), "first")
    rows = only(over, known, "margin")
    return rows.assign(each=rows["margin"])
