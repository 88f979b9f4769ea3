"""95 % intervals from the rows themselves, each by another road than `kpis.interval` takes."""

from __future__ import annotations

from collections.abc import Callable
from math import comb, exp, sqrt

import numpy as np
import pandas as pd

from tests.kpis.recompute import RECOMPUTED

Bounds = tuple[float, float] | None
Z = 1.959964
FEWEST, HEAVIEST = 30, 0.2


def wilson(rows: pd.DataFrame) -> Bounds:
    """The shares that a test against the one observed would not reject: where (s - p)² = Z² p (1 - p) ÷ n.

    Of weighted rows the number is (Σp)² ÷ Σp², and none is given where one of them weighs too much.
    """
    weight = rows["per"].to_numpy(float)
    if not weight.sum() or (len(set(weight)) > 1 and weight.max() > HEAVIEST * weight.sum()):
        return None
    n, share = weight.sum() ** 2 / (weight**2).sum(), rows["each"].to_numpy(float).sum() / weight.sum()
    low, high = sorted(np.roots([1 + Z**2 / n, -2 * share - Z**2 / n, share**2]).real)
    return max(low, 0.0), min(high, 1.0)


def mean(rows: pd.DataFrame) -> Bounds:
    """The textbook interval of a mean, from the standard deviation of the sample."""
    each = rows["each"].to_numpy(float)
    if len(each) < FEWEST or np.abs(each).max() > HEAVIEST * abs(each.sum()):
        return None
    half = Z * each.std(ddof=1) / sqrt(len(each))
    return each.mean() - half, each.mean() + half


def clustered(rows: pd.DataFrame) -> Bounds:
    """A sandwich: what each customer's answers together deviate from the common share."""
    share = rows["each"].mean()
    customer = rows["account"].where(rows["account"].notna(), -1 - rows.index)
    deviation = (rows["each"] - share).astype(float).groupby(customer.astype(int)).sum()
    if len(deviation) < FEWEST:
        return None
    variance = (deviation**2).sum() / len(rows) ** 2 * len(deviation) / (len(deviation) - 1)
    half = Z * sqrt(variance)
    return max(share - half, 0.0), min(share + half, 1.0)


def coverage(values: np.ndarray, low: float, high: float) -> float:
    """How surely two numbers of a sample enclose the median of where it comes from: a sum of binomials."""
    ordered = np.sort(values)
    first, last = np.searchsorted(ordered, low, "left"), np.searchsorted(ordered, high, "right")
    n = len(values)
    return sum(comb(n, k) for k in range(first + 1, last)) / 2**n


def _poisson(count: int) -> float:
    return Z / sqrt(count)


def _around(value: float | None, half: float) -> Bounds:
    return None if value is None or value <= 0 else (value * exp(-half), value * exp(half))


def cost_per_customer(cost: pd.DataFrame, customer: pd.DataFrame) -> Bounds:
    """As uncertain as the number of customers is; the cost is what it is."""
    value = RECOMPUTED["cac"].figure(cost, customer).value
    return _around(value, _poisson(len(customer))) if len(customer) else None


def losses_per_month(lost: pd.DataFrame, days: pd.DataFrame) -> Bounds:
    value = RECOMPUTED["churn_monthly"].figure(lost, days).value
    return _around(value, _poisson(len(lost))) if len(lost) else None


def lifetime_value(margin: pd.DataFrame, days: pd.DataFrame, lost: pd.DataFrame) -> Bounds:
    """Margin and losses vary, on the logarithm their variances add up. A capped lifetime does not vary."""
    value = RECOMPUTED["cltv"].figure(margin, days, lost).value
    if value is None:
        return None
    each = margin["each"].to_numpy(float)
    variance = (each**2).sum() / each.sum() ** 2
    months = days["each"].sum() / 30.4375
    if len(lost) > months / 60:
        variance += 1 / len(lost)
    return _around(value, Z * sqrt(variance))


#: By KPI. Plain totals have none; the median is judged by its coverage.
INTERVALS: dict[str, Callable[..., Bounds]] = {
    **dict.fromkeys(("win_rate", "churn_rate", "churn_revenue", "lead_conversion"), wilson),
    **dict.fromkeys(("lead_to_opportunity", "csat_response"), wilson),
    **dict.fromkeys(("average_deal", "sales_cycle", "cltv_realised"), mean),
    "csat": clustered,
    **dict.fromkeys(("cac", "cac_loaded"), cost_per_customer),
    "churn_monthly": losses_per_month,
    "cltv": lifetime_value,
}
