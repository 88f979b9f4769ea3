"""Firms that asked, or were asked: the leads, and the accounts that some of them became."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo import names
from crm_data.demo.campaigns import CHANNELS, Campaigns
from crm_data.demo.companies import TRICKY, companies
from crm_data.demo.places import COUNTRIES, PHONES, REGIONS, TEAMS, cities
from crm_data.demo.plan import Plan
from crm_data.demo.seasons import Numbers, at, choose, days_until, draw_days, spell, trade, until
from crm_data.demo.staff import Staff

SEGMENTS = ("Small business", "Mid-market", "Public sector", "Enterprise")
SEGMENT_SHARE = {"Small business": 54.0, "Mid-market": 28.0, "Public sector": 11.0, "Enterprise": 7.0}
EMPLOYEES = np.array([18.0, 160.0, 420.0, 2400.0])  # median by segment
SIZES = ("1-9", "10-49", "50-249", "250-999", "1000+")
SIZE_FROM = np.array([0, 10, 50, 250, 1000])
QUALIFIED = 0.49  # share of leads that become accounts
DIRECT = 0.06  # share of prospects that never were a lead: met in person, brought by a partner

_COUNTRY_REGION = np.array([list(REGIONS).index(country.region) for country in COUNTRIES])
_COUNTRY_TEAM = np.array([list(TEAMS).index(country.team) for country in COUNTRIES])
_COUNTRY_OFFSET = np.array([country.utc_offset for country in COUNTRIES])
_COUNTRY_CULTURE = np.array([names.CULTURES.index(country.names) for country in COUNTRIES])


def prospect_weights(plan: Plan) -> Numbers:
    """How many prospects to expect on each day, in proportion."""
    return trade(plan, growth=0.25, launch=True)


def prospects(plan: Plan, regions: pd.DataFrame, campaigns: Campaigns, staff: Staff) -> pd.DataFrame:
    """One row a firm, in the order of first contact. `became` is when it was made an account, if it was.

    Positions stand for categories: channel in CHANNELS, segment in SEGMENTS, region in REGIONS,
    team in TEAM_NAMES, country_number in COUNTRIES.
    """
    rng = plan.random("prospects")
    count = plan.prospects
    day = draw_days(rng, plan.days, prospect_weights(plan), count)
    city = cities(regions)
    place = city.iloc[choose(rng, dict(enumerate(city["share"])), count)].reset_index(drop=True)
    country = place["country_number"].to_numpy()
    segment = choose(rng, SEGMENT_SHARE, count)
    channel = choose(rng, {name: share for name, (share, _, _) in CHANNELS.items()}, count)
    region, team = _COUNTRY_REGION[country], _COUNTRY_TEAM[country]
    hour = np.clip(14.0 - _COUNTRY_OFFSET[country] + rng.normal(0, 2.5, count), 0.0, 21.5)
    created = at(day, hour)
    lead = rng.random(count) >= DIRECT
    became, response = _handling(plan, rng, created, lead)
    campaign = np.zeros(count, np.int64)
    for number, title in enumerate(CHANNELS):
        here = channel == number
        campaign[here] = campaigns.running(title, region[here], day[here])
    frame = pd.DataFrame(
        {
            "created_at": created,
            "first_response_at": response,
            "became": became,
            "is_lead": lead,
            "channel": channel,
            "segment": segment,
            "campaign_id": campaign,
            "owner_id": staff.members(rng, team),
            "team": team,
            "region": region,
        }
    )
    firm = companies(rng, country, segment == SEGMENTS.index("Public sector"))
    firm["company"] = _with_tricky(firm["company"], frame)
    person = names.people(rng, _COUNTRY_CULTURE[country])
    phone = names.phones(rng, PHONES, country)
    return pd.concat([frame, place.drop(columns="share"), firm, person, phone.rename("phone")], axis=1)


def _handling(
    plan: Plan, rng: np.random.Generator, created: np.ndarray, lead: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """When the prospect became an account, and when it got a first answer."""
    count = len(created)
    response = until(created + spell(rng.lognormal(1.6, 1.2, count)), plan.now)
    response[(rng.random(count) < 0.04) | ~lead] = np.datetime64("NaT")
    days = np.where(lead, 1 + rng.lognormal(1.5, 0.8, count), 0.0)
    became_day = days_until(created.astype("datetime64[D]") + days.astype(np.int64), plan.last_day)
    became = np.maximum(at(became_day, rng.uniform(8, 15, count)), created + np.timedelta64(60, "s"))
    became[lead & (rng.random(count) >= QUALIFIED)] = np.datetime64("NaT")
    return until(became, plan.now), response


def _with_tricky(company: pd.Series, frame: pd.DataFrame) -> pd.Series:
    first = np.flatnonzero(frame["became"].notna())[: len(TRICKY)]
    company = company.astype(object)
    company.iloc[first] = TRICKY[: len(first)]
    return company.astype("str")


def leads(plan: Plan, prospects: pd.DataFrame, accounts: pd.DataFrame) -> pd.DataFrame:
    """The table of leads. `prospect` is the row among the prospects."""
    rng = plan.random("leads")
    frame = prospects[prospects["is_lead"]]
    count = len(frame)
    account = np.zeros(len(prospects), np.int64)
    account[accounts["prospect"]] = accounts["id"]
    converted = frame["became"].notna().to_numpy()
    old = (frame["created_at"] < plan.now - np.timedelta64(45, "D")).to_numpy()
    luck = rng.random(count)
    open_status = np.where(
        frame["first_response_at"].isna(), "new", np.where(luck < 0.3, "qualified", "working")
    )
    status = np.where(old & (luck < 0.93), "unqualified", open_status)
    return pd.DataFrame(
        {
            "id": np.arange(1, count + 1),
            "prospect": frame.index,
            "created_at": frame["created_at"].to_numpy(),
            "first_name": frame["first_name"].to_numpy(),
            "last_name": frame["last_name"].to_numpy(),
            "company": frame["company"].to_numpy(),
            "email": names.join(frame["slug"], frame["domain"], by="@"),
            "phone": frame["phone"].where(rng.random(count) < 0.7).to_numpy(),
            "status": np.where(converted, "converted", status),
            "channel": pd.Categorical.from_codes(frame["channel"], list(CHANNELS)),
            "segment": pd.Categorical.from_codes(frame["segment"], SEGMENTS),
            "country": frame["country"].to_numpy(),
            "region_id": frame["region_id"].to_numpy(),
            "campaign_id": frame["campaign_id"].to_numpy(),
            "owner_id": frame["owner_id"].to_numpy(),
            "first_response_at": frame["first_response_at"].to_numpy(),
            "converted_at": frame["became"].to_numpy(),
            "converted_account_id": account[frame.index],
        }
    )
