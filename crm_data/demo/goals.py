"""Targets for the demo's KPIs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from crm_data.demo.places import REGIONS
from crm_data.demo.plan import Plan, months_on

# Levels, the same for every fiscal year: target, floor. Where less is better the floor lies above.
LEVELS = {
    "cac": (1200.0, 1350.0),
    "cltv": (11000.0, 9000.0),
    "sales_cycle_median": (42.0, 50.0),
    "sales_cycle": (50.0, 58.0),
    "lead_conversion": (0.14, 0.11),
    "csat": (0.85, 0.76),
    "nps": (30.0, 20.0),
    "ces": (5.5, 5.0),
    "sla_kept": (0.90, 0.82),
    "response_kept": (0.90, 0.82),
    "reopened_rate": (0.05, 0.08),
    "backlog_age": (4.0, 7.0),
    "win_rate": (0.42, 0.36),
    "churn_monthly": (0.020, 0.026),
    "quota_attainment": (1.0, 0.88),
    "pipeline_coverage": (3.0, 2.0),
    "quote_acceptance": (0.58, 0.5),
    "dso": (45.0, 60.0),
}
_CHURN = {1: (0.020, 0.030), 3: (0.060, 0.085), 12: (0.22, 0.29)}  # by months
_BY_REGION = {"csat": (0.84, 0.78), "win_rate": (0.40, 0.34)}
AMBITION, ACCEPTABLE = 1.03, 0.88  # against what the year before and the growth since let one expect
GROWTH = 1.2

Row = tuple[str, str | None, str | None, date, date, float, float]


def targets(plan: Plan, won: pd.DataFrame, first_purchases: np.ndarray) -> pd.DataFrame:
    """`won` has closing day, amount in euro, region, team, owner and product of the deals won."""
    rows = [*_levels(plan), *_churn(plan), *_volumes(plan, won, first_purchases), *_quotas(plan, won)]
    columns = ["kpi", "dimension", "member", "period_start", "period_end", "target", "floor"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["period_start"] = pd.to_datetime(frame["period_start"]).astype("datetime64[s]")
    frame["period_end"] = pd.to_datetime(frame["period_end"]).astype("datetime64[s]")
    frame.insert(0, "id", np.arange(1, len(frame) + 1))
    return frame.assign(
        updated_at=frame["period_start"].clip(pd.Timestamp(plan.start)).astype("datetime64[us]")
    )


def _units(plan: Plan, months: int) -> Iterator[tuple[date, date]]:
    """Every month, quarter or year of the history, up to the one that today is in."""
    start = date(plan.start.year, 1, 1)
    while start <= plan.today:
        end = months_on(start, months)
        if end > plan.start:
            yield start, end
        start = end


def _levels(plan: Plan) -> Iterator[Row]:
    for start, end in _units(plan, 12):
        for kpi, goal in LEVELS.items():
            yield kpi, None, None, start, end, *goal
        for kpi, goal in _BY_REGION.items():
            for region in REGIONS:
                yield kpi, "region", region, start, end, *goal


def _churn(plan: Plan) -> Iterator[Row]:
    for months, goal in _CHURN.items():
        for start, end in _units(plan, months):
            yield "churn_rate", None, None, start, end, *goal
            if months == 3:
                for region in REGIONS:
                    yield "churn_rate", "region", region, start, end, *goal


def _volumes(plan: Plan, won: pd.DataFrame, first_purchases: np.ndarray) -> Iterator[Row]:
    """As much as the year before promises; in the first year, what was agreed with the founders."""
    day = won["day"].to_numpy().astype("datetime64[D]")
    for months in (1, 3, 12):
        for start, end in _units(plan, months):
            basis, growth = _basis(plan, start, end)
            before = won[(day >= basis[0]) & (day < basis[1])]
            count, revenue = len(before) * growth, before["euro"].sum() * growth
            yield "deals_won", None, None, start, end, *_goal(count, 1)
            yield "revenue_won", None, None, start, end, *_goal(revenue, 100)
            if months == 12:
                new = ((first_purchases >= basis[0]) & (first_purchases < basis[1])).sum()
                yield "new_customers", None, None, start, end, *_goal(new * (1 + (growth - 1) / 3), 1)
                average = round(revenue / max(count, 1), -1)
                yield "average_deal", None, None, start, end, average, round(average * 0.8, -1)
            if months == 3:
                for region, share in before.groupby("region")["euro"].sum().items():
                    yield "revenue_won", "region", str(region), start, end, *_goal(share * growth, 100)


def _quotas(plan: Plan, won: pd.DataFrame) -> Iterator[Row]:
    """By quarter. A team is to do better than in that quarter a year ago, a representative or product than
    in the mean quarter of that year; in the first year, as well as was agreed."""
    day = won["day"].to_numpy().astype("datetime64[D]")
    for start, end in _units(plan, 3):
        basis, growth = _basis(plan, start, end)
        before = won[(day >= basis[0]) & (day < basis[1])]
        for team, euro in before.groupby("team")["euro"].sum().items():
            yield "revenue_won", "team", str(team), start, end, *_goal(euro * growth, 100)
        first = np.datetime64(max(months_on(start, -12), plan.start) if growth > 1 else start)
        quarters = max((np.datetime64(start) - first).astype(int) / 91.3, 1.0)
        year = won[(day >= first) & (day < (np.datetime64(start) if growth > 1 else basis[1]))]
        for scope in ("owner", "product"):
            for member, euro in year.groupby(scope)["euro"].sum().items():
                yield "revenue_won", scope, str(member), start, end, *_goal(euro / quarters * growth, 100)


def _basis(plan: Plan, start: date, end: date) -> tuple[tuple[np.datetime64, np.datetime64], float]:
    earlier = start.replace(year=start.year - 1), end.replace(year=end.year - 1)
    known = earlier[0] >= plan.start
    first, last = earlier if known else (start, end)
    return (np.datetime64(first), np.datetime64(last)), GROWTH if known else 1.0


def _goal(value: float, step: float) -> tuple[float, float]:
    target = max(round(value * AMBITION / step) * step, step)
    return float(target), float(max(round(target * ACCEPTABLE / step) * step, 0))
