"""95 % intervals from the rows themselves, each by another road than `kpis.interval` takes."""

from __future__ import annotations

from collections.abc import Callable
from math import comb, exp, log, sqrt

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
    return _wilson(rows, weight.sum() ** 2 / (weight**2).sum())


def of_many(rows: pd.DataFrame) -> Bounds:
    """Each row stands for as many as `per` says."""
    return _wilson(rows, rows["per"].sum())


def _wilson(rows: pd.DataFrame, n: float) -> Bounds:
    share = rows["each"].to_numpy(float).sum() / rows["per"].to_numpy(float).sum()
    low, high = sorted(np.roots([1 + Z**2 / n, -2 * share - Z**2 / n, share**2]).real)
    return max(low, 0.0), min(high, 1.0)


def change_of_weight(rows: pd.DataFrame) -> Bounds:
    """Of a ratio of two numbers of each row: a sandwich of the residuals."""
    each, per = rows["each"].to_numpy(float), rows["per"].to_numpy(float)
    if len(rows) < FEWEST or per.max() > HEAVIEST * per.sum():
        return None
    share, n = each.sum() / per.sum(), len(rows)
    half = Z * sqrt(((each - share * per) ** 2).sum() * n / (n - 1)) / per.sum()
    return share - half, share + half


def clustered_weight(rows: pd.DataFrame) -> Bounds:
    """As `change_of_weight`, of customers' own sums."""
    sums = rows[["each", "per"]].astype(float).groupby(rows["account"].astype(int)).sum()
    each, per = sums["each"], sums["per"]
    if len(sums) < FEWEST:
        return None
    share, n = each.sum() / per.sum(), len(sums)
    half = Z * sqrt(((each - share * per) ** 2).sum() * n / (n - 1)) / per.sum()
    return max(share - half, 0.0), share + half


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
    return share - half, share + half


def clustered_share(rows: pd.DataFrame) -> Bounds:
    found = clustered(rows)
    return found and (max(found[0], 0.0), min(found[1], 1.0))


def per_case(views: pd.DataFrame, opened: pd.DataFrame) -> Bounds:
    value = RECOMPUTED["self_service"].figure(views, opened).value
    return _around(value, _poisson(len(opened))) if len(opened) else None


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


def _total(each: pd.Series, account: pd.Series) -> float | None:
    """How much the logarithm of a total varies that random customers make, each by its own sum."""
    sums = each.astype(float).groupby(account.where(account.notna(), -1 - account.index).astype(int)).sum()
    spread = (sums**2).sum() / sums.sum() ** 2 if sums.sum() > 0 else 2.0
    return Z * sqrt(spread) if spread <= 1 else None


def cost_per_customer(cost: pd.DataFrame, customer: pd.DataFrame) -> Bounds:
    """As uncertain as the number of customers is; the cost is what it is."""
    value = RECOMPUTED["cac"].figure(cost, customer).value
    return _around(value, _poisson(len(customer))) if len(customer) else None


def return_on(revenue: pd.DataFrame, cost: pd.DataFrame) -> Bounds:
    """What was earned for each euro varies with the deals; one less is the return."""
    customer = revenue["account"].where(revenue["account"].notna(), -1 - revenue["id"])
    half = _total(revenue["each"], customer) if len(revenue) else None
    earned = revenue["each"].sum() / cost["each"].sum()
    low, high = (earned * exp(-half), earned * exp(half)) if half is not None else (None, None)
    return None if low is None or high is None else (low - 1, high - 1)


def losses_per_month(lost: pd.DataFrame, days: pd.DataFrame) -> Bounds:
    value = RECOMPUTED["churn_monthly"].figure(lost, days).value
    return _around(value, _poisson(len(lost))) if len(lost) else None


def a_month(each: pd.DataFrame, days: pd.DataFrame) -> Bounds:
    """As uncertain as the customers' own sums are."""
    value, half = RECOMPUTED["engagement"].figure(each, days).value, None
    if len(each):
        half = _total(each["each"], each["account"])
    return None if half is None else _around(value, half)


def lifetime_value(margin: pd.DataFrame, days: pd.DataFrame, lost: pd.DataFrame) -> Bounds:
    """Margin and losses vary; distances on the logarithm add up as squares. Fewer losses than the longest
    lifetime implies do not lengthen it, more shorten it."""
    value = RECOMPUTED["cltv"].figure(margin, days, lost).value
    half = _total(margin["each"], margin["account"]) if len(margin) else None
    if value is None or value <= 0 or half is None:
        return None
    fewest = days["each"].sum() / 30.4375 / 60
    n = len(lost)
    ends = (n * exp(-_poisson(n)), n * exp(_poisson(n))) if n else (0.0, -log(0.025))
    fewer, more = (log(max(end, fewest) / max(n, fewest)) for end in ends)
    return value * exp(-sqrt(half**2 + more**2)), value * exp(sqrt(half**2 + fewer**2))


#: By KPI. Plain totals have none; the median is judged by its coverage.
INTERVALS: dict[str, Callable[..., Bounds]] = {
    **dict.fromkeys(("win_rate", "churn_rate", "churn_revenue", "lead_conversion"), wilson),
    **dict.fromkeys(("lead_to_opportunity", "csat_response"), wilson),
    **dict.fromkeys(("lead_response", "leads_answered", "campaign_response"), wilson),
    **dict.fromkeys(("email_delivered", "email_opened", "email_clicked"), wilson),
    **dict.fromkeys(("email_unsubscribed", "email_bounced"), wilson),
    **dict.fromkeys(("nps_response", "ces_response", "response_kept", "sla_kept"), wilson),
    **dict.fromkeys(("first_contact_resolution", "reopened_rate", "backlog_old"), wilson),
    **dict.fromkeys(("web_conversion", "article_helpful"), of_many),
    **dict.fromkeys(("average_deal", "sales_cycle", "cltv_realised", "social_sentiment"), mean),
    **dict.fromkeys(("backlog_age", "resolution_mean"), mean),
    "campaign_roi": return_on,
    "csat": clustered_share,
    **dict.fromkeys(("nps", "ces"), clustered),
    "self_service": per_case,
    "repeat_purchase": wilson,
    **dict.fromkeys(("win_rate_value", "stage_conversion", "slip_rate", "quote_acceptance"), wilson),
    **dict.fromkeys(("time_in_stage", "sales_cycle_first_contact"), mean),
    **dict.fromkeys(("nrr", "grr"), change_of_weight),
    "redemption_rate": clustered_weight,
    **dict.fromkeys(("engagement", "loyalty_engagement"), a_month),
    **dict.fromkeys(("cac", "cac_loaded", "cost_per_lead"), cost_per_customer),
    "churn_monthly": losses_per_month,
    "cltv": lifetime_value,
}
