"""The communication log and the loyalty programme."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise

import pandas as pd

from kpis.period import Period
from tests.kpis.recompute_crm import DAY, Crm, Row, Versions, frame, only
from tests.kpis.recompute_customers import CUSTOMER, Stay, stays, there

LOG = [*CUSTOMER, "activity", "direction", "day", "customer"]
MEMBER = [*CUSTOMER, "tier"]


def _about(crm: Crm, row: Row) -> int | None:
    """The account of an entry: its own, else its contact's, its deal's, its case's."""
    if row["account_id"] is not None:
        return int(row["account_id"])
    for table, key in (("contacts", "contact_id"), ("opportunities", "opportunity_id"), ("cases", "case_id")):
        found = crm.lookup[table][row[key]]["account_id"] if row[key] is not None else None
        if found is not None:
            return int(found)
    return None


@cache
def log(crm: Crm) -> pd.DataFrame:
    there_on: dict[int | None, list[Stay]] = defaultdict(list)
    for stay in stays(crm):
        there_on[stay.account].append(stay)
    rows = []
    for row in crm.rows["activities"]:
        account, day, who = _about(crm, row), crm.day(row["happened_at"]), row["user_id"]
        of_account = crm.customer(account, day)
        rows.append(
            {
                **of_account,
                "region": of_account["region"] or crm.region_of_user(who),
                "owner": who,
                "team": crm.team_of(who),
                "activity": row["kind"],
                "direction": row["direction"],
                "day": day,
                "customer": any(stay.covers(day) for stay in there_on[account]),
            }
        )
    return frame(rows, LOG)


def activities(crm: Crm, window: Period) -> pd.DataFrame:
    return only(log(crm), window.__contains__, "day").assign(each=1, per=1)


def customer_activities(crm: Crm, window: Period) -> pd.DataFrame:
    return only(activities(crm, window), bool, "customer")


def untouched(crm: Crm, window: Period) -> pd.DataFrame:
    """Customers of the last evening without an entry on it or on the 89 days before."""
    touched = set(only(log(crm), Period(window.end - 90 * DAY, window.end).__contains__, "day")["account"])
    rows = (row for _, row in there(crm, window.end) if row["account"] not in touched)
    return frame(rows, [*CUSTOMER, "plan"]).assign(each=1, per=1)


def loyalty_members(crm: Crm, window: Period) -> pd.DataFrame:
    eve = window.end - DAY
    rows = (
        {**crm.customer(row["account_id"], eve), "tier": row["tier"]}
        for row in crm.rows["loyalty"]
        if row["joined_on"] <= eve < (row["left_on"] or date.max)
    )
    return frame(rows, MEMBER).assign(each=1, per=1)


def member_days(crm: Crm, window: Period) -> pd.DataFrame:
    """A row for each member and each stretch of days between changes of its account."""
    return frame(
        (row for member in crm.rows["loyalty"] for row in _stretches(crm, member, window)),
        [*MEMBER, "each", "per"],
    )


def _stretches(crm: Crm, member: Row, window: Period) -> Iterator[Row]:
    first, last = member["joined_on"], member["left_on"] or date.max
    changes = (crm.account_versions.get(member["account_id"]) or Versions()).days[1:]
    cuts = [first, *changes[bisect_right(changes, first) :], last]
    for start, stop in pairwise(cuts):
        opens, closes = max(start, window.start), min(stop, last, window.end)
        if opens < closes:
            known = crm.customer(member["account_id"], opens)
            yield {**known, "tier": member["tier"], "each": (closes - opens).days, "per": 1}


def _points(crm: Crm, window: Period) -> pd.DataFrame:
    rows = []
    for row in crm.rows["loyalty_points"]:
        member, day = crm.lookup["loyalty"][row["loyalty_id"]], row["happened_on"]
        known = {**crm.customer(member["account_id"], day), "tier": member["tier"]}
        rows.append({**known, "day": day, "earned": max(row["points"], 0), "spent": max(-row["points"], 0)})
    return only(frame(rows, [*MEMBER, "day", "earned", "spent"]), window.__contains__, "day")


def points_earned(crm: Crm, window: Period) -> pd.DataFrame:
    rows = _points(crm, window)
    return rows.assign(each=rows["earned"], per=1)


def points_redeemed(crm: Crm, window: Period) -> pd.DataFrame:
    rows = _points(crm, window)
    return rows.assign(each=rows["spent"], per=1)


def redemption(crm: Crm, window: Period) -> pd.DataFrame:
    rows = _points(crm, window)
    return rows.assign(each=rows["spent"], per=rows["earned"])
