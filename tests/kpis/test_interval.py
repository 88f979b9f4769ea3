"""Intervals against figures that others published, or a simulation."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from kpis import interval

# Newcombe, R. G. (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("hits", "n", "low", "high"), NEWCOMBE)
def test_wilson_is_the_published_one(hits: int, n: int, low: float, high: float) -> None:
    found = interval.wilson(hits / n, n)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_nothing_is_said_of_no_rows_or_few() -> None:
    assert interval.wilson(0.5, 0) is None
    assert interval.delta(29, 1.0, 2.0, 1.0, 1.0, 1.0) is None
    assert interval.median(Counter(range(29))) is None


def test_delta_covers_the_mean_in_95_percent_of_samples() -> None:
    rng = np.random.default_rng(1)
    samples = rng.gamma(2.0, 3.0, (2000, 80))
    covered = 0
    for sample in samples:
        low, high = interval.delta(80, sample.sum(), 80, (sample**2).sum(), 80, sample.sum()) or (1, 0)
        covered += low <= 6.0 <= high
    assert 0.92 < covered / len(samples) < 0.97


def test_delta_of_equal_weights_is_the_textbook_interval_of_a_mean() -> None:
    sample = np.array([3.0, 5.0, 8.0, 13.0] * 10)
    low, high = interval.delta(40, sample.sum(), 40, (sample**2).sum(), 40, sample.sum()) or (0, 0)
    half = interval.Z * sample.std(ddof=1) / np.sqrt(40)
    assert (low, high) == pytest.approx((sample.mean() - half, sample.mean() + half))


def test_clusters_widen_what_wilson_would_say() -> None:
    """Fifty customers, each giving ten equal answers: there are fifty opinions, not five hundred."""
    customers, each = 50, 30
    found = interval.clustered(
        customers, each * 10, customers * 10, each * 100.0, each * 100.0, customers * 100.0
    )
    naive = interval.wilson(0.6, 500)
    assert found is not None
    assert naive is not None
    assert (found[1] - found[0]) > 3 * (naive[1] - naive[0])


def test_quantiles_are_those_of_numpy() -> None:
    rng = np.random.default_rng(2)
    numbers = rng.integers(0, 90, 501)
    counted = Counter(numbers.tolist())
    for share in (0, 0.25, 0.5, 0.75, 0.9, 1):
        assert interval.quantile(counted, share) == pytest.approx(np.quantile(numbers, share))


def test_the_median_interval_covers_in_95_percent_of_samples() -> None:
    rng = np.random.default_rng(3)
    covered = 0
    for _ in range(1000):
        low, high = interval.median(Counter(np.round(rng.exponential(1000.0, 101)).astype(int).tolist())) or (
            1,
            0,
        )
        covered += low <= 1000 * np.log(2) <= high
    assert 0.92 < covered / 1000 < 0.98
