"""Alert rules that somebody set up, and the alerts of the last whole quarter."""

from __future__ import annotations

import numpy as np
import pandas as pd

from crm_data.demo.campaigns import CHANNELS, DEAR_CHANNEL
from crm_data.demo.places import REGIONS
from crm_data.demo.plan import Plan
from crm_data.demo.prospects import SEGMENTS
from crm_data.demo.service import FAULTY_SEGMENT
from crm_data.demo.subscriptions import CHURN_REGION


def rules() -> pd.DataFrame:
    rows = [
        ("Churn of a region", "churn_rate", "level", "above", 0.085, "last-quarter", "region", 30, 1),
        ("CAC of a channel", "cac", "level", "above", 3500.0, "last-quarter", "channel", 5, 1),
        ("Satisfaction of a segment", "csat", "level", "below", 0.78, "last-quarter", "segment", 30, 1),
        ("Revenue won falls", "revenue_won", "change", "below", -0.15, "month", None, 10, 1),
        ("Sales cycle grows", "sales_cycle_median", "change", "above", 0.25, "13w", "team", 20, 0),
    ]
    names = ["name", "kpi", "basis", "comparison", "threshold", "period", "dimension", "smallest_n", "active"]
    frame = pd.DataFrame(rows, columns=names)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame.assign(owner_id=1)


def events(
    plan: Plan, accounts: pd.DataFrame, stints: pd.DataFrame, spend: pd.DataFrame, answers: pd.DataFrame
) -> pd.DataFrame:
    """What the first three rules found when the quarter was over, the morning after."""
    fired = np.datetime64(plan.quarter_end, "us") + np.timedelta64(6, "h")
    rows = [
        (1, CHURN_REGION, _churn(plan, accounts, stints), "acknowledged", 30),
        (2, DEAR_CHANNEL, _cost(plan, accounts, stints, spend), "snoozed", 3),
        (3, FAULTY_SEGMENT, _satisfaction(plan, accounts, answers), "resolved", 200),
    ]
    frame = pd.DataFrame(rows, columns=["rule_id", "cause", "value", "state", "hours"])
    frame = frame[frame["value"].notna()].reset_index(drop=True)
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    handled = (frame["hours"] > 0).to_numpy()
    at = np.minimum(fired + frame["hours"].to_numpy().astype("timedelta64[h]"), plan.now)
    limits = rules().set_index("id")["threshold"]
    return frame.assign(
        threshold=limits.loc[frame["rule_id"]].to_numpy(),
        latest=frame["value"],
        seen_at=np.minimum(fired, plan.now),
        period_start=np.datetime64(plan.quarter_start, "s"),
        period_end=np.datetime64(plan.quarter_end, "s"),
        fired_at=np.minimum(fired, plan.now),
        state_at=np.where(handled, at, np.datetime64("NaT", "us")),
        state_by=handled.astype(np.int64),
        snoozed_until=np.where(
            frame["state"] == "snoozed", fired + np.timedelta64(14, "D"), np.datetime64("NaT", "us")
        ),
    )


def _churn(plan: Plan, accounts: pd.DataFrame, stints: pd.DataFrame) -> float | None:
    start, end = pd.Timestamp(plan.quarter_start), pd.Timestamp(plan.quarter_end)
    there = accounts["region"].to_numpy()[stints["account"]] == list(REGIONS).index(CHURN_REGION)
    there &= (stints["start"] <= start) & ~(stints["end"] <= start)
    return float((there & (stints["end"] < end)).sum() / there.sum()) if there.any() else None


def _cost(plan: Plan, accounts: pd.DataFrame, stints: pd.DataFrame, spend: pd.DataFrame) -> float | None:
    """About: the rates of the day would give another few euro."""
    start, end = pd.Timestamp(plan.quarter_start), pd.Timestamp(plan.quarter_end)
    began = stints.groupby("account")["start"].min()
    here = accounts["channel"].to_numpy()[began.index] == list(CHANNELS).index(DEAR_CHANNEL)
    bought = (here & (began >= start) & (began < end)).sum()
    paid = (spend["channel"] == DEAR_CHANNEL) & (spend["kind"] == "media")
    paid &= (spend["spent_on"] >= start) & (spend["spent_on"] < end)
    return float(round(spend.loc[paid, "euro"].sum() / bought, 2)) if bought else None


def _satisfaction(plan: Plan, accounts: pd.DataFrame, answers: pd.DataFrame) -> float | None:
    start, end = pd.Timestamp(plan.quarter_start), pd.Timestamp(plan.quarter_end)
    given = answers[(answers["survey_id"] <= 2) & answers["score"].notna() & (answers["account_id"] > 0)]
    given = given[(given["answered_at"] >= start) & (given["answered_at"] < end)]
    segment = accounts["segment"].to_numpy()[given["account_id"] - 1]
    scores = given["score"].to_numpy()[segment == SEGMENTS.index(FAULTY_SEGMENT)]
    return float((scores >= 4).mean()) if len(scores) else None
