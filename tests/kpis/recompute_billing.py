"""What was invoiced and is still owed, from invoices, lines and payments; and the targets of revenue won."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import log

import pandas as pd

from kpis.period import Period
from kpis.question import Where
from tests.kpis.recompute_crm import DAY, Crm, Row, frame, only
from tests.kpis.recompute_customers import lines
from tests.kpis.recompute_sales import revenue_won

_CUSTOMER = ("account", "region", "country", "segment", "industry", "size", "channel", "owner", "team")


def invoiced(crm: Crm, window: Period) -> pd.DataFrame:
    rows = only(lines(crm), window.__contains__, "day")
    return rows.assign(each=rows["cents"], per=1)


def invoiced_in_90_days(crm: Crm, window: Period) -> pd.DataFrame:
    return invoiced(crm, Period(window.end - timedelta(days=90), window.end))


@cache
def _bills(crm: Crm) -> list[tuple[Row, Decimal, dict[date, Decimal]]]:
    """Each invoice with its total, and what was paid by day."""
    total: dict[int, Decimal] = defaultdict(Decimal)
    paid: dict[int, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in crm.rows["invoice_lines"]:
        total[row["invoice_id"]] += row["amount"]
    for row in crm.rows["payments"]:
        paid[row["invoice_id"]][row["paid_on"]] += row["amount"]
    return [
        (row, total[row["id"]], paid[row["id"]])
        for row in crm.rows["invoices"]
        if row["kind"] == "invoice" and row["id"] in total
    ]


def _owed(crm: Crm, window: Period) -> Iterator[Row]:
    """At the end of the window's last day."""
    last = window.end - DAY
    for row, total, paid in _bills(crm):
        left = total - sum((amount for day, amount in paid.items() if day <= last), Decimal())
        if row["issued_on"] <= last and left > 0:
            yield {
                **{name: crm.customer(row["account_id"], row["issued_on"])[name] for name in _CUSTOMER},
                "id": row["id"],
                "each": crm.flow_cents(left, row["currency"], row["issued_on"]),
                "overdue": row["due_on"] is not None and row["due_on"] < last,
                "late": (last - row["due_on"]).days if row["due_on"] else 0,
            }


def receivables(crm: Crm, window: Period) -> pd.DataFrame:
    return frame(_owed(crm, window), ("id", "each", "overdue", "late", *_CUSTOMER)).assign(per=1)


def overdue(crm: Crm, window: Period) -> pd.DataFrame:
    return only(receivables(crm, window), bool, "overdue")


def overdue_for(least: int, most: float) -> Callable[[Crm, Period], pd.DataFrame]:
    """Those that have been overdue for so many days on the window's last day."""

    def rows(crm: Crm, window: Period) -> pd.DataFrame:
        return only(overdue(crm, window), lambda late: least <= late <= most, "late")

    return rows


# Targets ---------------------------------------------------------------------------------------


def won_in_quarter(crm: Crm, window: Period) -> pd.DataFrame:
    return revenue_won(crm, Period(quarter(crm, window).start, window.end))


def quarter(crm: Crm, window: Period) -> Period:
    """The fiscal quarter that the window's last day is in."""
    last = window.end - DAY
    since = (last.month - crm.fiscal_month) % 3
    start = (last.replace(day=1) - timedelta(days=1)).replace(day=1) if since else last.replace(day=1)
    if since == 2:
        start = (start - timedelta(days=1)).replace(day=1)
    end = start
    for _ in range(3):
        end = (end + timedelta(days=31)).replace(day=1)
    return Period(start, end)


def target(crm: Crm, window: Period, where: Where) -> Fraction | None:
    """That of one scope: for this very window; for the part of a longer one of the most similar length; or
    of several that follow one another."""
    if len(where) > 1 or any(len(members) > 1 or members[0] is None for _, members in where):
        return None
    scope = (where[0][0], str(where[0][1][0])) if where else (None, None)
    own = [
        (row["period_start"], row["period_end"], float(row["target"]))
        for row in crm.rows["targets"]
        if row["kpi"] == "revenue_won" and (row["dimension"], row["member"]) == scope
    ]
    covering = [one for one in own if one[0] <= window.start and window.end <= one[1]]
    if covering:
        start, end, value = min(covering, key=lambda one: abs(log((one[1] - one[0]).days / window.days)))
        return _cents(value * (window.days / (end - start).days))
    total, day = 0.0, window.start
    while day < window.end:
        begins = [one for one in own if one[0] == day and one[1] <= window.end]
        around = [one for one in own if one[0] <= day < one[1]]
        if begins:
            start, end, value = max(begins, key=lambda one: one[1])
        elif around:
            start, end, value = min(around, key=lambda one: (one[1] - one[0]).days)
        else:
            return None
        total += value * ((min(end, window.end) - day).days / (end - start).days)
        day = min(end, window.end)
    return _cents(total)


def _cents(value: float) -> Fraction:
    return Fraction(round(value * 100), 100)


def target_of_quarter(crm: Crm, window: Period, where: Where) -> Fraction | None:
    return target(crm, quarter(crm, window), where)
