"""Whether customers stay, come back and buy again."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import DAY, Crm, Row, frame, only
from tests.kpis.recompute_customers import (
    SPELL,
    new_customers,
    purchases,
    state_of,
    stays,
    there,
)


def reactivated(crm: Crm, window: Period) -> pd.DataFrame:
    """Stays that begin in the window, of those who had been there before."""
    first: dict[int, object] = {}
    for stay in sorted(stays(crm), key=lambda stay: stay.start):
        first.setdefault(stay.account, stay)
    back = (stay for stay in stays(crm) if stay.start in window and first[stay.account] is not stay)
    return frame((state_of(crm, stay, stay.start) for stay in back), SPELL).assign(each=1, per=1)


def joined(crm: Crm, window: Period) -> pd.DataFrame:
    """Stays that begin in the window and are the account's first."""
    first: dict[int, object] = {}
    for stay in sorted(stays(crm), key=lambda stay: stay.start):
        first.setdefault(stay.account, stay)
    new = (stay for stay in stays(crm) if stay.start in window and first[stay.account] is stay)
    return frame((state_of(crm, stay, stay.start) for stay in new), SPELL).assign(each=1, per=1)


def revenue_lost(crm: Crm, window: Period) -> pd.DataFrame:
    """What they paid on their last day."""
    gone = (stay for stay in stays(crm) if stay.end and stay.end in window)
    rows = frame((state_of(crm, stay, stay.end - DAY) for stay in gone if stay.end), [*SPELL, "monthly"])
    rows = only(rows, lambda cents: cents is not None, "monthly")
    return rows.assign(each=rows["monthly"], per=1)


def recurring(crm: Crm, window: Period) -> pd.DataFrame:
    rows = frame((row for _, row in there(crm, window.end)), [*SPELL, "monthly"])
    rows = only(rows, lambda cents: cents is not None, "monthly")
    return rows.assign(each=rows["monthly"], per=1)


def _kept(crm: Crm, window: Period) -> list[tuple[Row, int]]:
    """Those there at the start who paid then, and what they pay at the end; without those unknown then."""
    later = {row["account"]: row["monthly"] for _, row in there(crm, window.end)}
    found = [(row, later.get(row["account"], 0)) for _, row in there(crm, window.start)]
    return [(row, cents) for row, cents in found if row["monthly"] is not None and cents is not None]


def net_retention(crm: Crm, window: Period) -> pd.DataFrame:
    rows = ({**row, "each": cents, "per": row["monthly"]} for row, cents in _kept(crm, window))
    return frame(rows, [*SPELL, "each", "per"])


def gross_retention(crm: Crm, window: Period) -> pd.DataFrame:
    rows = net_retention(crm, window)
    return rows.assign(each=[min(pair) for pair in zip(rows["each"], rows["per"], strict=True)])


def repeat_purchase(crm: Crm, window: Period) -> pd.DataFrame:
    half_year = timedelta(days=180)
    rows = only(new_customers(crm, window), lambda first: crm.today - first > half_year, "first")
    again = [
        int(any(first < day <= first + half_year for day in purchases(crm)[account]))
        for account, first in zip(rows["account"], rows["first"], strict=True)
    ]
    return rows.assign(each=again)
