"""What it costs to win customers: media by channel, region and day; staff and tools by month."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crm_data.demo import rates
from crm_data.demo.campaigns import CHANNELS, DEAR_CHANNEL, Campaigns, dear_start
from crm_data.demo.places import COUNTRIES, REGIONS
from crm_data.demo.plan import Days, Plan, months_on
from crm_data.demo.prospects import prospect_weights
from crm_data.demo.seasons import Numbers, weekday

DEAR_TIMES = 4.0  # what the dear campaign costs for each prospect, against the channel's usual
BY_DAY = ("Paid search", "Paid social")  # the rest is paid by the week
STAFF_PER_MEDIA, TOOLS_PER_MEDIA = 0.75, 0.16
_CURRENCY = np.array([rates.CURRENCIES.index(name) for name in ("USD", "EUR", "JPY", "BRL")])  # by region
_SHARE = np.array([sum(c.share for c in COUNTRIES if c.region == region) for region in REGIONS])


def spend(plan: Plan, campaigns: Campaigns, converter: rates.Converter) -> pd.DataFrame:
    """The table of spend, with `euro`, what each cost is worth."""
    rng = plan.random("spend")
    media = [
        _media(plan, rng, campaigns, channel, region)
        for channel in CHANNELS
        for region in range(len(REGIONS))
    ]
    rows = pd.concat([*media, _staff_and_tools(plan, rng, media)], ignore_index=True)
    currency = np.where(rows["region"] < 0, 0, _CURRENCY[rows["region"]])
    rows = rows.assign(
        region_id=rows["region"] + 1,
        channel=pd.Categorical.from_codes(rows["channel"], list(CHANNELS)),
        amount=converter.units(rows["euro"].to_numpy(), currency),
        currency=pd.Categorical.from_codes(currency, rates.CURRENCIES),
    )
    rows = rows[rows["amount"] > 0].sort_values("spent_on", kind="stable", ignore_index=True)
    rows.insert(0, "id", np.arange(1, len(rows) + 1))
    return rows


def _media(
    plan: Plan, rng: np.random.Generator, campaigns: Campaigns, channel: str, region: int
) -> pd.DataFrame:
    """What a channel costs in a region: so much for each prospect to be expected, more or less."""
    share, cost, _ = CHANNELS[channel]
    expected = prospect_weights(plan)
    expected = plan.prospects * expected / expected.sum()
    total_share = sum(row[0] for row in CHANNELS.values())
    euro = expected * share / total_share * _SHARE[region] / _SHARE.sum() * cost
    if channel == DEAR_CHANNEL:
        dear = (plan.days >= np.datetime64(dear_start(plan))) & (plan.days < np.datetime64(plan.quarter_end))
        euro = np.where(dear, euro * DEAR_TIMES, euro)
    day = plan.days
    if channel not in BY_DAY:
        day, euro = _by_week(day, euro)
    euro = euro * rng.lognormal(0, 0.18, len(day))
    where = np.full(len(day), region)
    return pd.DataFrame(
        {
            "campaign_id": campaigns.running(channel, where, day),
            "region": where,
            "channel": list(CHANNELS).index(channel),
            "spent_on": day,
            "kind": "media",
            "euro": euro,
        }
    )


def _by_week(day: Days, euro: Numbers) -> tuple[Days, Numbers]:
    week = (day - weekday(day)).astype("datetime64[D]")
    first, of = np.unique(week, return_inverse=True)
    return np.maximum(first, day[0]), np.bincount(of, weights=euro).astype(float)


def _staff_and_tools(plan: Plan, rng: np.random.Generator, media: list[pd.DataFrame]) -> pd.DataFrame:
    """Wages by region, some of them for cold calls; tools for everybody. None belongs to a campaign."""
    usual = sum(frame["euro"].sum() for frame in media) / len(plan.days) * 30.4
    months = [plan.start, *_firsts(plan)]
    age = np.array([(month - plan.start).days / 365.25 for month in months])
    budget = usual * 0.86 * 1.15**age  # grows with the staff, not with each campaign
    outbound = list(CHANNELS).index("Outbound")
    shares: list[tuple[str, int, int, float]] = []
    for region, share in enumerate(_SHARE / _SHARE.sum()):
        shares += [("staff", region, -1, 0.6 * share), ("staff", region, outbound, 0.25 * share)]
    shares += [("staff", -1, -1, 0.15), ("tools", -1, -1, 0.7), ("tools", -1, outbound, 0.3)]
    per_media = {"staff": STAFF_PER_MEDIA, "tools": TOOLS_PER_MEDIA}
    return pd.concat(
        pd.DataFrame(
            {
                "campaign_id": 0,
                "region": region,
                "channel": channel,
                "spent_on": np.array(months, "datetime64[D]"),
                "kind": kind,
                "euro": budget * per_media[kind] * share * rng.lognormal(0, 0.03, len(months)),
            }
        )
        for kind, region, channel, share in shares
    )


def _firsts(plan: Plan) -> list[date]:
    first = months_on(plan.start, 1)
    firsts: list[date] = []
    while first <= plan.today:
        firsts.append(first)
        first = months_on(first, 1)
    return firsts
