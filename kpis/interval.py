"""95 % intervals. Each says what it assumes; none is given where it would flatter."""

from __future__ import annotations

from collections import Counter
from math import exp, log, sqrt

Z = 1.959963984540054
FEWEST = 30  # rows below which a normal approximation says nothing
MOST_OF_NONE = 3.6888794541139363  # as many are likely where none was seen: -log(0.025)
HEAVIEST = 0.2  # share of the weight above which one row decides

Bounds = tuple[float, float] | None


def wilson(share: float, n: float) -> Bounds:
    """Of a share of n independent rows. For weighted rows n is (Σp)² ÷ Σp².

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference.
    """
    if n <= 0:
        return None
    centre = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(max(share * (1 - share), 0.0) / n + Z * Z / (4 * n * n))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def delta(n: int, each: float, per: float, squares: float, per_squares: float, products: float) -> Bounds:
    """Of the ratio Σe ÷ Σp of independent rows, by the delta method from the rows' moments."""
    if n < FEWEST or not per:
        return None
    ratio = each / per
    scatter = max(squares - 2 * ratio * products + ratio * ratio * per_squares, 0.0)
    half = Z * sqrt(scatter * n / (n - 1)) / abs(per)
    return ratio - half, ratio + half


def clustered(customers: int, each: float, per: float, ee: float, ep: float, pp: float) -> Bounds:
    """Of the ratio Σe ÷ Σp where one customer gives several rows: as `delta`, over customers' own sums."""
    return delta(customers, each, per, ee, pp, ep)


def logarithmic(value: float, relative_variance: float) -> Bounds:
    """Of a positive total: the delta method on its logarithm. Beyond a variance of 1 it says nothing."""
    if value <= 0 or relative_variance > 1:
        return None
    half = Z * sqrt(relative_variance)
    return exp(log(value) - half), exp(log(value) + half)


def combined(value: float, ends: list[list[float]]) -> Bounds:
    """Of a formula over independent parts, from what it gives at both ends of each: distances on logarithms
    add up as squares, on each side by themselves. For products and ratios it is the delta method.

    Zou, G. Y., Donner, A. (2008), Construction of confidence limits about effect measures (MOVER).
    """
    if not ends or value <= 0:
        return None
    distances = [[log(end / value) for end in pair] for pair in ends]
    down = sqrt(sum(min(*pair, 0.0) ** 2 for pair in distances))
    up = sqrt(sum(max(*pair, 0.0) ** 2 for pair in distances))
    return exp(log(value) - down), exp(log(value) + up)


def median(values: Counter[int]) -> Bounds:
    """Of the median, from order statistics: the ranks that enclose it in 95 % of samples."""
    n = values.total()
    if n < FEWEST:
        return None
    half = Z * sqrt(n) / 2
    return _ranked(values, int(n / 2 - half)), _ranked(values, int(n / 2 + half))


def quantile(values: Counter[int], share: float) -> float:
    """The quantile of the rows, between two of them in proportion (as numpy and SQL's percentile_cont)."""
    place = share * (values.total() - 1)
    low, high = _ranked(values, int(place)), _ranked(values, int(place) + (place > int(place)))
    return low + (high - low) * (place - int(place))


def _ranked(values: Counter[int], rank: int) -> float:
    """The number at that rank, counted from 0."""
    seen = 0
    for value in sorted(values):
        seen += values[value]
        if seen > rank:
            return value
    return max(values)
