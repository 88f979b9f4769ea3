"""Planted dirt: the few rows that every real CRM has wrong. See docs/demo.md."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo.plan import Plan

WON_BEFORE_OPENED = 0.0012  # of all deals
WITHOUT_OPENING = 0.0013
ENDED_BEFORE_STARTED = 0.002  # of all memberships
_AT_LEAST = 3


def dirty_deals(plan: Plan, deals: pd.DataFrame) -> pd.DataFrame:
    """Some won deals were opened after they closed; some deals have no opening day."""
    rng = plan.random("dirty deals")
    old = deals["closed_on"] < pd.Timestamp(plan.today) - pd.Timedelta(days=70)
    late = _some(rng, deals, (deals["status"] == "won") & old, WON_BEFORE_OPENED)
    opened = deals["opened_on"].copy()
    opened.loc[late] = deals.loc[late, "closed_on"] + pd.to_timedelta(rng.integers(3, 60, len(late)), "D")
    opened.loc[_some(rng, deals, ~deals.index.isin(late), WITHOUT_OPENING)] = pd.NaT
    return deals.assign(opened_on=opened)


def dirty_memberships(plan: Plan, memberships: pd.DataFrame) -> pd.DataFrame:
    """Some memberships end before they start."""
    rng = plan.random("dirty memberships")
    only_one = ~memberships["account_id"].duplicated(keep=False)
    wrong = _some(rng, memberships, only_one & memberships["ended_on"].notna(), ENDED_BEFORE_STARTED)
    ended = memberships["ended_on"].copy()
    early = memberships.loc[wrong, "started_on"] - pd.to_timedelta(rng.integers(2, 30, len(wrong)), "D")
    ended.loc[wrong] = early.clip(lower=pd.Timestamp(plan.start))
    return memberships.assign(ended_on=ended)


def _some(
    rng: np.random.Generator, frame: pd.DataFrame, among: pd.Series | np.ndarray, share: float
) -> pd.Index:
    candidates = frame.index[among]
    count = min(max(round(len(frame) * share), _AT_LEAST), len(candidates))
    return candidates[np.sort(rng.choice(len(candidates), count, replace=False))]
