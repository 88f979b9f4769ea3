"""Deals in the making: who is offered what, when it closes, and whether it is won. In euro."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from crm_data.demo import products
from crm_data.demo.campaigns import CHANNELS
from crm_data.demo.places import TEAMS
from crm_data.demo.plan import Days, Plan, months_on
from crm_data.demo.seasons import Integers, Numbers, working_day

NEW, SECOND_TRY, WIN_BACK, EXPANSION, ONE_OFF = range(5)
MONTHLY = np.array([78.0, 310.0, 560.0, 1250.0])  # euro a month, median by segment
PACE = np.array([0.86, 1.05, 1.7, 1.5])  # how long a deal takes, by segment, against the median
MEDIAN_DAYS = 42.0
WIN_CHANCE = 0.425
FASTER = 0.52
FAST_TEAM = "Sales Asia-Pacific"

_CHANNEL_CHANCE = np.array([chance for _, _, chance in CHANNELS.values()])
_KIND_PACE = np.array([1.0, 1.0, 0.6, 0.9, 0.8])
_KIND_CHANCE = np.array([1.02, 0.85, 1.2, 0.98, 1.05])


def fast_from(plan: Plan) -> date:
    """Deals that the fast team opens from this day on take about half as long as before."""
    return months_on(plan.quarter_start, -3)


def first_deals(plan: Plan, accounts: pd.DataFrame) -> pd.DataFrame:
    rng = plan.random("first deals")
    account = np.flatnonzero(rng.random(len(accounts)) < 0.94)
    opened = working_day(accounts["became"].to_numpy()[account].astype("datetime64[D]"))
    return _subscriptions(plan, rng, accounts, account, opened, NEW)


def second_tries(plan: Plan, accounts: pd.DataFrame, first: pd.DataFrame) -> pd.DataFrame:
    """Some of those who said no are asked again, months later."""
    rng = plan.random("second tries")
    lost = first[~first["won"].to_numpy() & (rng.random(len(first)) < 0.3)]
    pause = 60 + rng.exponential(130, len(lost)).astype(np.int64)
    opened = working_day(lost["closed"].to_numpy().astype("datetime64[D]") + pause)
    return _subscriptions(plan, rng, accounts, lost["account"].to_numpy(), opened, SECOND_TRY)


def win_backs(plan: Plan, accounts: pd.DataFrame, stints: pd.DataFrame) -> pd.DataFrame:
    """Some of those who left are asked to come back."""
    rng = plan.random("win-backs")
    left = stints[stints["end"].notna() & (rng.random(len(stints)) < 0.2)]
    pause = 30 + rng.exponential(70, len(left)).astype(np.int64)
    opened = working_day(left["end"].to_numpy().astype("datetime64[D]") + pause)
    return _subscriptions(plan, rng, accounts, left["account"].to_numpy(), opened, WIN_BACK)


def add_ons(
    plan: Plan, accounts: pd.DataFrame, months: pd.DataFrame, stints: pd.DataFrame, count: int
) -> pd.DataFrame:
    """Customers buy more: expansions of the subscription, hardware, services."""
    rng = plan.random("add-ons")
    eager = np.array([1.0, 1.6, 1.3, 3.0])[accounts["segment"].to_numpy()[months["account"]]]
    ends = np.cumsum(eager)
    row = np.searchsorted(ends, rng.random(max(count, 0)) * (ends[-1] if len(ends) else 0), side="right")
    month = months.iloc[row]
    opened = working_day(month["date"].to_numpy().astype("datetime64[D]") + rng.integers(0, 28, len(month)))
    account, stint = month["account"].to_numpy(), month["stint"].to_numpy()
    segment = accounts["segment"].to_numpy()[account]
    shares = np.cumsum(products.ADD_ON_SHARE)
    product = 1 + np.searchsorted(shares, rng.random(len(month)) * shares[-1], side="right")
    product = products.on_sale(plan, opened, product)
    expansion = products.IS_EXPANSION[product - 1]
    kind = np.where(expansion, EXPANSION, ONE_OFF)
    closed = _closing(plan, rng, accounts, account, opened, kind)
    end = stints["end"].to_numpy().astype("datetime64[D]")[stint]
    won = _won(rng, accounts, account, kind) & ~(closed >= end)
    raised = rng.uniform(0.1, 0.4, len(month))  # of the monthly price
    monthly = stints["monthly"].to_numpy()[stint] * raised
    quantity = np.ceil(rng.lognormal(0.2, 0.7, len(month)) * np.array([1.0, 2.2, 3.0, 6.0])[segment])
    single = products.PRICE[product - 1] * quantity
    return _drafts(account, kind, opened, closed, won).assign(
        product=product,
        stint=stint,
        quantity=np.where(expansion, 1, quantity).astype(np.int64),
        raised=np.where(expansion, raised, 0.0),
        amount=np.where(expansion, monthly * 12, single * rng.uniform(0.9, 1.0, len(month))),
    )


def _subscriptions(
    plan: Plan, rng: np.random.Generator, accounts: pd.DataFrame, account: Integers, opened: Days, kind: int
) -> pd.DataFrame:
    kinds = np.full(len(account), kind)
    segment = accounts["segment"].to_numpy()[account]
    age = (opened - np.datetime64(plan.start)).astype(np.int64) / 365.25
    monthly = MONTHLY[segment] * rng.lognormal(0, 0.45, len(account)) * 1.04**age
    plan_number = np.searchsorted(products.PLAN_UP_TO, monthly)
    onboarding = rng.random(len(account)) < 0.55
    setup = np.where(onboarding, 250 + 1.2 * monthly, 0.0)
    closed = _closing(plan, rng, accounts, account, opened, kinds)
    won = _won(rng, accounts, account, kinds)
    return _drafts(account, kinds, opened, closed, won).assign(
        product=plan_number + 1, monthly=monthly, setup=setup, amount=monthly * 12 + setup
    )


def _drafts(account: Integers, kind: Integers, opened: Days, closed: Days, won: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"account": account, "kind": kind, "opened": opened, "closed": closed, "won": won})


def _closing(
    plan: Plan,
    rng: np.random.Generator,
    accounts: pd.DataFrame,
    account: Integers,
    opened: Days,
    kind: Integers,
) -> Days:
    count = len(account)
    days: Numbers = MEDIAN_DAYS * PACE[accounts["segment"].to_numpy()[account]] * _KIND_PACE[kind]
    days = days * rng.lognormal(0, 0.5, count)
    fast = accounts["team"].to_numpy()[account] == list(TEAMS).index(FAST_TEAM)
    fast &= opened >= np.datetime64(fast_from(plan))
    days = np.where(fast, days * FASTER, days)
    closed = working_day(opened + np.maximum(2, np.round(days)).astype(np.int64))
    return _pulled_in(rng, opened, closed)


def _pulled_in(rng: np.random.Generator, opened: Days, closed: Days) -> Days:
    """Many a deal due early in a quarter is signed in the last days of the one before."""
    month = closed.astype("datetime64[M]")
    first = (month - month.astype(np.int64) % 3).astype("datetime64[D]")
    before = working_day(first - rng.integers(3, 9, len(closed)))
    early = (closed - first).astype(np.int64) < 11
    return np.where(early & (rng.random(len(closed)) < 0.25) & (before > opened + 1), before, closed)


def _won(rng: np.random.Generator, accounts: pd.DataFrame, account: Integers, kind: Integers) -> np.ndarray:
    chance = WIN_CHANCE * _KIND_CHANCE[kind]
    fresh = kind <= SECOND_TRY
    return rng.random(len(account)) < np.where(
        fresh, chance * _CHANNEL_CHANCE[accounts["channel"].to_numpy()[account]], chance
    )
