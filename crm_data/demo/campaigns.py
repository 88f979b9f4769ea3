"""Campaigns: who ran what, when, and where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from crm_data.demo.places import REGIONS
from crm_data.demo.plan import Days, Plan, months_on
from crm_data.demo.seasons import Integers
from crm_data.demo.staff import MARKETING_TEAM, TEAM_NAMES, Staff

# channel: share of prospects, cost per prospect in euro, chance to become a customer against the mean
CHANNELS = {
    "Organic search": (22, 55, 1.05),
    "Paid search": (20, 390, 0.95),
    "Referral": (15, 130, 1.35),
    "Paid social": (13, 340, 0.80),
    "Outbound": (12, 220, 0.75),
    "Partner": (10, 400, 1.20),
    "Events": (8, 700, 1.05),
}
ADVERTISED = ("Paid search", "Paid social", "Events", "Partner")  # campaigns by quarter and region
MAILINGS = ("Newsletter", "Product news", "Customer stories")
DEAR_CAMPAIGN = "Big Stage video"
DEAR_CHANNEL = "Paid social"
_TITLES = {"Paid search": "Search", "Paid social": "Social", "Events": "Roadshow", "Partner": "Partner drive"}


def dear_start(plan: Plan) -> date:
    """The dear campaign runs through the last whole quarter and the one before."""
    return months_on(plan.quarter_start, -3)


@dataclass(frozen=True)
class Campaigns:
    frame: pd.DataFrame  # with the columns `title` and `region`, which the table has not
    _lookup: dict[tuple[str, int], Integers]
    _first_month: int

    def running(self, title: str, region: Integers, days: Days) -> Integers:
        """The id of the campaign of this title that ran in the region (0 … 3) on the day; 0 for none."""
        month = days.astype("datetime64[M]").astype(np.int64) - self._first_month
        table = np.stack([self._lookup.get((title, number), np.zeros(64, np.int64)) for number in range(4)])
        return table[region, month]


def campaigns(plan: Plan, staff: Staff) -> Campaigns:
    rows = _advertising(plan) + _standing(plan) + _mailings(plan)
    frame = pd.DataFrame(rows, columns=["title", "name", "channel", "region", "starts_on", "ends_on"])
    frame = frame.sort_values(["starts_on", "name"], ignore_index=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    ended = np.array([day is not None and day < plan.today for day in frame["ends_on"]])
    marketing = np.full(len(frame), TEAM_NAMES.index(MARKETING_TEAM))
    budgets = np.where(frame["channel"].isin(ADVERTISED), 14_000, 3_000) * plan.events // 60_000
    frame = frame.assign(
        status=np.where(ended, "completed", "active"),
        owner_id=staff.members(plan.random("campaigns"), marketing),
        region_id=frame["region"] + 1,
        budget=np.maximum(budgets, 100) * 10_000,
        currency="EUR",
        starts_on=pd.to_datetime(frame["starts_on"]).astype("datetime64[s]"),
        ends_on=pd.to_datetime(frame["ends_on"]).astype("datetime64[s]"),
    )
    return Campaigns(frame, *_months(plan, frame))


def _advertising(plan: Plan) -> list[tuple[object, ...]]:
    """One campaign a quarter, region and paid channel; the dear one takes the place of all social ones."""
    rows: list[tuple[object, ...]] = []
    quarter = months_on(plan.start, -((plan.start.month - 1) % 3))
    while quarter <= plan.today:
        following = months_on(quarter, 3)
        label = f"{quarter.year} Q{(quarter.month + 2) // 3}"
        for channel in ADVERTISED:
            if channel == DEAR_CHANNEL and dear_start(plan) <= quarter < plan.quarter_end:
                continue
            for number, region in enumerate(REGIONS):
                name = f"{_TITLES[channel]} {region} {label}"
                rows.append(
                    (channel, name, channel, number, max(quarter, plan.start), following - timedelta(1))
                )
        quarter = following
    last = plan.quarter_end - timedelta(1)
    rows.append((DEAR_CHANNEL, DEAR_CAMPAIGN, DEAR_CHANNEL, -1, dear_start(plan), last))
    return rows


def _standing(plan: Plan) -> list[tuple[object, ...]]:
    names = {"Referral": "Customers bring customers", "Outbound": "Cold outreach"}
    return [(channel, name, channel, -1, plan.start, None) for channel, name in names.items()]


def _mailings(plan: Plan) -> list[tuple[object, ...]]:
    """Each mailing once a month, to everybody who agreed."""
    rows: list[tuple[object, ...]] = []
    month = months_on(plan.start, 0)
    while month <= plan.today:
        last = months_on(month, 1) - timedelta(1)
        rows += [
            (title, f"{title} {month:%Y-%m}", "Outbound", -1, max(month, plan.start), last)
            for title in MAILINGS
        ]
        month = months_on(month, 1)
    return rows


def _months(plan: Plan, frame: pd.DataFrame) -> tuple[dict[tuple[str, int], Integers], int]:
    first_month = int(np.datetime64(plan.start, "M").astype(np.int64))
    lookup: dict[tuple[str, int], Integers] = {}
    for row in frame.itertuples():
        starts = int(np.datetime64(row.starts_on, "M").astype(np.int64)) - first_month
        ends = (
            63
            if pd.isna(row.ends_on)
            else int(np.datetime64(row.ends_on, "M").astype(np.int64)) - first_month
        )
        for region in range(4) if row.region < 0 else (row.region,):
            lookup.setdefault((row.title, region), np.zeros(64, np.int64))[starts : ends + 1] = row.id
    return lookup, first_month
