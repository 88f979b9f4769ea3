"""Who was a customer when, at what price: stints, their months, and the memberships made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo import rates
from crm_data.demo.places import REGIONS
from crm_data.demo.plan import Days, Plan
from crm_data.demo.products import PLAN_UP_TO, PLANS
from crm_data.demo.seasons import Integers, add_months, choose

MONTHLY_CHURN = np.array([0.0245, 0.0165, 0.009, 0.010])  # by segment
CHURN_REGION = "EMEA"
CHURN_TIMES = 2.5  # in that region, from the beginning of the last whole quarter on
REASONS = {"Price": 26, "Competitor": 22, "No longer needed": 18, "Missing feature": 14, "Poor service": 10,
           "Insolvency": 6, "Merger": 4}  # fmt: skip
_NEVER = 600  # months


def stints(plan: Plan, accounts: pd.DataFrame, deals: pd.DataFrame, subject: str) -> pd.DataFrame:
    """One row a won subscription: the unbroken time as a customer that it begins.

    `months` is how many it will last, `end` the day it ended, if that has come.
    """
    rng = plan.random(subject)
    won = deals[deals["won"].to_numpy()]
    start = won["closed"].to_numpy().astype("datetime64[D]") + rng.integers(0, 6, len(won))
    start = _up_to_28th(start)
    won, start = won[start <= plan.last_day], start[start <= plan.last_day]
    account = won["account"].to_numpy()
    months = _lifetime(plan, rng, accounts, account, start)
    end = add_months(start, months)
    reason = choose(rng, REASONS, len(won))
    return pd.DataFrame(
        {
            "account": account,
            "deal": won.index,
            "start": start,
            "months": months,
            "end": np.where(end <= plan.last_day, end, np.datetime64("NaT", "D")),
            "reason": np.where(rng.random(len(won)) < 0.95, reason, -1),
            "monthly": won["monthly"].to_numpy(),
            "setup": won["setup"].to_numpy(),
        }
    )


def _up_to_28th(days: Days) -> Days:
    """The day itself, or the first of the next month: contracts begin on a day that every month has."""
    month = days.astype("datetime64[M]")
    late = (days - month.astype("datetime64[D]")).astype(np.int64) > 27
    return np.where(late, (month + 1).astype("datetime64[D]"), days)


def _lifetime(
    plan: Plan, rng: np.random.Generator, accounts: pd.DataFrame, account: Integers, start: Days
) -> Integers:
    """Whole months until the customer leaves: the same chance each month; in one region it changes once."""
    chance = MONTHLY_CHURN[accounts["segment"].to_numpy()[account]]
    before = rng.geometric(chance)
    restless = accounts["region"].to_numpy()[account] == list(REGIONS).index(CHURN_REGION)
    after = rng.geometric(np.where(restless, chance * CHURN_TIMES, chance))
    change = np.datetime64(plan.quarter_start, "M").astype(np.int64)
    calm = np.maximum(change - start.astype("datetime64[M]").astype(np.int64) - 1, 0)
    return np.minimum(np.where(before <= calm, before, calm + after), _NEVER)


def customer_months(plan: Plan, stints: pd.DataFrame) -> pd.DataFrame:
    """One row for each month of each stint that has begun. `stint` is the position of its stint."""
    start = stints["start"].to_numpy().astype("datetime64[D]")
    elapsed = (plan.last_day.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(np.int64)
    begun = elapsed + (add_months(start, elapsed) <= plan.last_day)
    count = np.minimum(stints["months"].to_numpy(), begun)
    stint = np.repeat(np.arange(len(stints)), count)
    number = np.arange(len(stint)) - np.repeat(np.cumsum(count) - count, count)
    return pd.DataFrame(
        {
            "stint": stint,
            "account": stints["account"].to_numpy()[stint],
            "number": number,
            "date": add_months(start[stint], number),
        }
    )


def priced(
    plan: Plan,
    accounts: pd.DataFrame,
    stints: pd.DataFrame,
    months: pd.DataFrame,
    add_ons: pd.DataFrame,
    converter: rates.Converter,
) -> pd.DataFrame:
    """The months with their `price` in the customer's currency, and `changed` where a new price begins.

    Prices rise a little after each year, and with each expansion from the next month on.
    """
    rng = plan.random("prices")
    number = months["number"].to_numpy()
    yearly = (number > 0) & (number % 12 == 0) & (rng.random(len(months)) < 0.8)
    factor = np.where(yearly, rng.uniform(1.02, 1.06, len(months)), 1.0)
    _expand(factor, stints, months, add_ons)
    level = np.cumsum(np.log(factor))
    first = np.flatnonzero(number == 0)
    stint = months["stint"].to_numpy()
    level -= (level - np.log(factor))[first][stint]
    currency = accounts["currency"].to_numpy()[months["account"]]
    euro = stints["monthly"].to_numpy()[stint] * np.exp(level)
    price = converter.units(euro, currency, round_to=1.0)
    changed = np.r_[True, price[1:] != price[:-1]][: len(price)] | (number == 0)
    return months.assign(price=price, changed=changed, plan=np.searchsorted(PLAN_UP_TO, euro))


def _expand(factor: np.ndarray, stints: pd.DataFrame, months: pd.DataFrame, add_ons: pd.DataFrame) -> None:
    won = add_ons[add_ons["won"] & (add_ons["raised"] > 0)]
    stint = won["stint"].to_numpy()
    start = stints["start"].to_numpy().astype("datetime64[D]")[stint]
    closed = won["closed"].to_numpy().astype("datetime64[D]")
    number = (closed.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(np.int64)
    number += add_months(start, number) < closed
    size = np.bincount(months["stint"], minlength=len(stints))
    there = number < size[stint]
    row = (np.cumsum(size) - size)[stint] + number
    np.multiply.at(factor, row[there], 1 + won["raised"].to_numpy()[there])


def memberships(accounts: pd.DataFrame, stints: pd.DataFrame, months: pd.DataFrame) -> pd.DataFrame:
    """The table of memberships: a spell for each price, each beginning the day the one before ends."""
    spells = months[months["changed"]]
    stint = spells["stint"].to_numpy()
    start = spells["date"].to_numpy().astype("datetime64[D]")
    continued = np.r_[stint[1:] == stint[:-1], False][: len(stint)]
    following = np.where(continued, np.r_[start[1:], start[:1]][: len(start)], np.datetime64("NaT"))
    end = np.where(continued, following, stints["end"].to_numpy().astype("datetime64[D]")[stint])
    left = ~continued & ~np.isnat(end)
    reason = np.where(continued, len(REASONS), np.where(left, stints["reason"].to_numpy()[stint], -1))
    account = stints["account"].to_numpy()[stint]
    frame = pd.DataFrame(
        {
            "account_id": accounts["id"].to_numpy()[account],
            "started_on": start,
            "ended_on": end,
            "end_reason": pd.Categorical.from_codes(reason, [*REASONS, "New price"]),
            "plan": pd.Categorical.from_codes(spells["plan"].to_numpy(), PLANS),
            "monthly_amount": spells["price"].to_numpy(),
            "currency": pd.Categorical.from_codes(accounts["currency"].to_numpy()[account], rates.CURRENCIES),
        }
    ).sort_values("started_on", kind="stable", ignore_index=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame
