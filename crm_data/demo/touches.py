"""Who met which campaign: touches before and during a deal, and the members of campaigns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo.campaigns import CHANNELS, MAILINGS, Campaigns
from crm_data.demo.contacts import People
from crm_data.demo.plan import Instants, Plan
from crm_data.demo.seasons import Integers, at, choose, spell

_LATER = {"Organic search": 30, "Paid search": 16, "Referral": 4, "Paid social": 18, "Outbound": 14,
          "Partner": 6, "Events": 12}  # fmt: skip
# Which campaigns ask people whom the firm knows already.
_ASKING = {**dict.fromkeys(MAILINGS, 10), "Events": 26, "Partner": 16, "Paid social": 12, "Paid search": 6,
           "Referral": 6, "Outbound": 4}  # fmt: skip
RECORDED = 0.6  # share of leads whose campaign knows that it brought them


def touches(
    plan: Plan,
    campaigns: Campaigns,
    prospects: pd.DataFrame,
    leads: pd.DataFrame,
    accounts: pd.DataFrame,
    deals: pd.DataFrame,
) -> pd.DataFrame:
    """The one that brought a lead, others around it, and some while a deal is open."""
    rng = plan.random("touches")
    of = prospects.loc[leads["prospect"]]
    ids = leads["id"].to_numpy()
    account = leads["converted_account_id"].to_numpy()
    brought = _rows(of["channel"].to_numpy(), of["campaign_id"].to_numpy(), leads["created_at"].to_numpy())
    brought = brought.assign(lead_id=ids, account_id=account, opportunity_id=0)

    again = np.repeat(np.arange(len(leads)), rng.poisson(0.9, len(leads)))
    days = rng.exponential(14, len(again)) * np.where(rng.random(len(again)) < 0.6, -1, 1)
    around = _drawn(
        rng,
        campaigns,
        of["region"].to_numpy()[again],
        leads["created_at"].to_numpy()[again] + spell(days * 24),
    )
    around = around.assign(lead_id=ids[again], account_id=account[again], opportunity_id=0)

    during = np.repeat(np.arange(len(deals)), rng.poisson(0.7, len(deals)))
    opened = deals["opened_on"].to_numpy().astype("datetime64[D]")[during]
    ended = deals["closed_on"].fillna(pd.Timestamp(plan.today)).to_numpy().astype("datetime64[D]")[during]
    day = opened + (rng.random(len(during)) * np.maximum((ended - opened).astype(np.int64), 0)).astype(
        np.int64
    )
    of_account = deals["account_id"].to_numpy()[during]
    region = accounts["region"].to_numpy()[of_account - 1]
    meanwhile = _drawn(rng, campaigns, region, at(day, rng.uniform(7, 17, len(day))))
    meanwhile = meanwhile.assign(
        lead_id=0, account_id=of_account, opportunity_id=deals["id"].to_numpy()[during]
    )

    frame = pd.concat([brought, around, meanwhile])
    inside = (frame["touched_at"] >= pd.Timestamp(plan.start)) & (
        frame["touched_at"] <= pd.Timestamp(plan.now)
    )
    frame = frame[inside].sort_values("touched_at", kind="stable", ignore_index=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame.assign(channel=pd.Categorical.from_codes(frame["channel"], list(CHANNELS)))


def _drawn(rng: np.random.Generator, campaigns: Campaigns, region: Integers, when: Instants) -> pd.DataFrame:
    channel = choose(rng, _LATER, len(when))
    campaign = np.zeros(len(when), np.int64)
    day = when.astype("datetime64[D]")
    for number, title in enumerate(CHANNELS):
        here = channel == number
        campaign[here] = campaigns.running(title, region[here], day[here])
    return _rows(channel, campaign, when)


def _rows(channel: Integers, campaign: Integers, when: Instants) -> pd.DataFrame:
    return pd.DataFrame({"channel": channel, "campaign_id": campaign, "touched_at": when})


def members(
    plan: Plan, campaigns: Campaigns, leads: pd.DataFrame, people: People, accounts: pd.DataFrame
) -> pd.DataFrame:
    """Many leads are members of the campaign that brought them; contacts were asked by some."""
    rng = plan.random("members")
    brought = leads[(leads["campaign_id"] > 0).to_numpy() & (rng.random(len(leads)) < RECORDED)]
    first = pd.DataFrame(
        {
            "campaign_id": brought["campaign_id"],
            "contact_id": 0,
            "lead_id": brought["id"],
            "joined_at": brought["created_at"],
            "status": "responded",
            "responded_at": brought["created_at"],
        }
    )
    contact = np.flatnonzero(rng.random(len(people.account)) < 0.8)
    contact = np.repeat(contact, rng.integers(1, 5, len(contact)))
    span = (plan.last_day - people.known[contact]).astype(np.int64)
    day = people.known[contact] + (rng.random(len(contact)) * span).astype(np.int64)
    joined = at(np.maximum(day, people.known[contact] + 1), rng.uniform(6, 16, len(contact)))
    answered = rng.random(len(contact)) < 0.06
    mailed = pd.DataFrame(
        {
            "campaign_id": _asking(
                rng,
                campaigns,
                accounts["region"].to_numpy()[people.account[contact]],
                np.minimum(day, plan.last_day),
            ),
            "contact_id": contact + 1,
            "lead_id": 0,
            "joined_at": joined,
            "status": np.where(answered, "responded", "sent"),
            "responded_at": np.where(
                answered, joined + spell(rng.exponential(30, len(contact))), np.datetime64("NaT", "us")
            ),
        }
    )
    frame = pd.concat([first, mailed])
    last = frame[["joined_at", "responded_at"]].max(axis=1)
    frame = frame[last <= pd.Timestamp(plan.now)].sort_values("joined_at", kind="stable", ignore_index=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame


def _asking(rng: np.random.Generator, campaigns: Campaigns, region: Integers, day: np.ndarray) -> Integers:
    title = choose(rng, _ASKING, len(day))
    return np.choose(title, [campaigns.running(name, region, day) for name in _ASKING])
