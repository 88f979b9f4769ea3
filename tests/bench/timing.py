"""Timing: several ways in turn, so that a busy moment of the machine hits all of them."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter
from typing import NamedTuple

import duckdb

#: Seconds that a slow way may take in all before it sits out the rounds that are left.
_PATIENCE = 120


class Timing(NamedTuple):
    """One number over several runs."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Timing:
        return cls(*(float(f"{one:.4g}") for one in (median(values), min(values), max(values))))

    @classmethod
    def of_seconds(cls, seconds: Sequence[float]) -> Timing:
        """In milliseconds."""
        return cls.of([1000 * one for one in seconds])

    @classmethod
    def of_ratios(cls, seconds: Sequence[float], reference: Sequence[float]) -> Timing:
        """How often the reference goes into it, round by round."""
        return cls.of([one / other for one, other in zip(seconds, reference, strict=False)])


def in_turn(ways: Mapping[str, Callable[[], object]], runs: int) -> dict[str, list[float]]:
    """Each way's seconds over `runs` rounds, after one round that is not counted. A slow way has fewer."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs + 1):
        for name, run in ways.items():
            if len(seconds[name]) < 2 or sum(seconds[name]) < _PATIENCE:
                seconds[name].append(lasting(run))
    return {name: taken[1:] for name, taken in seconds.items()}


def lasting(run: Callable[[], object]) -> float:
    """Seconds."""
    began = perf_counter()
    run()
    return perf_counter() - began


def memory() -> int:
    """The machine's, in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory() / 1e9),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "sqlite": sqlite3.sqlite_version,
    }
