"""Timing: several ways in turn, so that a busy moment of the machine hits all of them."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from time import perf_counter

import duckdb


@dataclass(frozen=True)
class Timing:
    """Milliseconds over several runs."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, seconds: list[float]) -> Timing:
        return cls(*(round(1000 * one, 2) for one in (median(seconds), min(seconds), max(seconds))))


def in_turn(ways: Mapping[str, Callable[[], object]], runs: int) -> dict[str, Timing]:
    """Each way's timing over `runs` rounds, after one round that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(runs + 1):
        for name, run in ways.items():
            seconds[name].append(lasting(run))
    return {name: Timing.of(taken[1:]) for name, taken in seconds.items()}


def lasting(run: Callable[[], object]) -> float:
    """Seconds."""
    began = perf_counter()
    run()
    return perf_counter() - began


def machine() -> dict[str, object]:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(pages * size / 1e9),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
        "sqlite": sqlite3.sqlite_version,
    }
