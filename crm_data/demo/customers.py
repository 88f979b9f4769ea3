"""From the first offer to the last month: deals, and the memberships that come of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crm_data.demo import pipeline, rates, subscriptions
from crm_data.demo.plan import Plan


@dataclass(frozen=True)
class Customers:
    drafts: pd.DataFrame  # every deal, in euro, in the order of opening: a deal's id is its place
    stints: pd.DataFrame  # `deal` is the place of the draft that began it
    months: pd.DataFrame
    memberships: pd.DataFrame


def customers(plan: Plan, accounts: pd.DataFrame, converter: rates.Converter) -> Customers:
    first = pipeline.first_deals(plan, accounts)
    fresh = _opened(plan, first, pipeline.second_tries(plan, accounts, first))
    began = subscriptions.stints(plan, accounts, fresh, "stints")
    back = _opened(plan, pipeline.win_backs(plan, accounts, began))
    again = subscriptions.stints(plan, accounts, back, "stints again")
    stints = pd.concat([began, again.assign(deal=again["deal"] + len(fresh))], ignore_index=True)
    months = subscriptions.customer_months(plan, stints)
    rest = plan.deals - len(fresh) - len(back)
    more = _opened(plan, pipeline.add_ons(plan, accounts, months, stints, rest))
    months = subscriptions.priced(plan, accounts, stints, months, more, converter)
    drafts, place = _by_opening(pd.concat([fresh, back, more], ignore_index=True))
    return Customers(
        drafts,
        stints.assign(deal=place[stints["deal"]]),
        months,
        subscriptions.memberships(accounts, stints, months),
    )


def _opened(plan: Plan, *drafts: pd.DataFrame) -> pd.DataFrame:
    """Those that have been opened by now."""
    together = pd.concat(drafts, ignore_index=True)
    return together[together["opened"] <= pd.Timestamp(plan.today)].reset_index(drop=True)


def _by_opening(drafts: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    order = np.argsort(drafts["opened"].to_numpy(), kind="stable")
    place = np.empty(len(drafts), np.int64)
    place[order] = np.arange(len(drafts))
    return drafts.iloc[order].reset_index(drop=True), place
