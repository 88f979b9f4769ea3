"""The loyalty programme: who is in it, and the points they earn and redeem."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo.plan import Plan
from crm_data.demo.seasons import days_until

TIERS = ("Bronze", "Silver", "Gold", "Platinum")
_TIER_FROM = (150.0, 600.0, 1800.0)  # euro a month at the beginning


def loyalty(plan: Plan, stints: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Members (while they are customers), and their points by quarter of membership."""
    rng = plan.random("loyalty")
    joined = stints["start"].to_numpy().astype("datetime64[D]") + rng.integers(5, 60, len(stints))
    left = stints["end"].to_numpy().astype("datetime64[D]")
    member = (rng.random(len(stints)) < 0.6) & (joined <= plan.last_day) & ~(left <= joined)
    rows, joined, left = stints[member], joined[member], left[member]
    order = np.argsort(joined, kind="stable")
    rows, joined, left = rows.iloc[order], joined[order], left[order]
    points = _points(plan, rng, rows, joined, left)
    balance = np.bincount(points["loyalty_id"] - 1, points["points"], minlength=len(rows)).astype(np.int64)
    members = pd.DataFrame(
        {
            "id": np.arange(1, len(rows) + 1),
            "account_id": rows["account"].to_numpy() + 1,
            "joined_on": joined,
            "left_on": left,
            "tier": pd.Categorical.from_codes(np.searchsorted(_TIER_FROM, rows["monthly"].to_numpy()), TIERS),
            "points": balance,
        }
    )
    return members, points


def _points(
    plan: Plan, rng: np.random.Generator, rows: pd.DataFrame, joined: np.ndarray, left: np.ndarray
) -> pd.DataFrame:
    until = np.where(np.isnat(left), plan.last_day, left)
    quarters = 1 + (until - joined).astype(np.int64) // 91
    member = np.repeat(np.arange(len(rows)), quarters)
    number = np.arange(len(member)) - np.repeat(np.cumsum(quarters) - quarters, quarters)
    earned = np.ceil(rows["monthly"].to_numpy()[member] * 0.3 * rng.uniform(0.7, 1.3, len(member))).astype(
        np.int64
    )
    day = joined[member] + number * 91
    earn = pd.DataFrame(
        {"loyalty_id": member + 1, "happened_on": day, "points": earned, "reason": "Quarterly orders"}
    )
    spent = earn[(number % 3 == 2) & (rng.random(len(earn)) < 0.5)]
    spent = spent.assign(
        points=-(spent["points"] * 3 // 2),
        reason="Redeemed for training",
        happened_on=spent["happened_on"].to_numpy().astype("datetime64[D]") + 20,
    )
    frame = pd.concat([earn, spent])
    there = ~np.isnat(days_until(frame["happened_on"].to_numpy().astype("datetime64[D]"), plan.last_day))
    frame = frame[there].sort_values(["happened_on", "loyalty_id"], kind="stable", ignore_index=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame
