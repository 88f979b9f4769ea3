"""What the engine adds up for one KPI, window and member: whole numbers, so that sums are exact."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, cast, func

from kpis.clauses import Clauses
from kpis.model import KPI, Interval


@dataclass
class Tally:
    """n, Σeach and Σper of the counted rows, and what surrounds them.

    n: the rows, or the things that they stand for. squares, per_squares, products: Σe², Σp², Σep, for
    intervals. largest: the biggest |e|, or p where rows are weighted. missing: rows of the population
    without a value. out: rows outside it. known: rows that the clock has seen up to the window's end: a
    stock of 0 is an answer only if there was something.
    """

    n: int = 0
    each: int = 0
    per: int = 0
    squares: float = 0.0
    per_squares: float = 0.0
    products: float = 0.0
    largest: float = 0.0
    missing: int = 0
    out: int = 0
    known: int = 0
    #: number -> rows with it, for KPIs that tell their spread
    values: Counter[int] = field(default_factory=Counter)
    #: (customers, ΣE², ΣEP, ΣP²) over the customers' own sums, for clustered intervals
    clusters: tuple[int, float, float, float] | None = None


#: How each number of a tally is made whole again from Arrow.
NUMBERS = {
    "n": int,
    "each": int,
    "per": int,
    "squares": float,
    "per_squares": float,
    "products": float,
    "largest": float,
    "missing": int,
    "out": int,
}


def aggregates(kpi: KPI, parts: Clauses) -> dict[str, ColumnElement[Any]]:
    """The aggregates that a KPI needs, by the tally's field. Those it can do without are absent."""
    counts, each, per, times = parts.counts, parts.each, parts.per, kpi.fact.times
    n = func.count() if times is None else func.sum(times)
    wanted: dict[str, ColumnElement[Any]] = {
        "n": cast(n.filter(counts), BigInteger),
        "each": cast(func.sum(each).filter(counts), BigInteger),
        "missing": func.count().filter(parts.meets_conditions & ~parts.has_value),
        "out": func.count().filter(~parts.meets_conditions),
    }
    weighted = kpi.per is not None and not isinstance(kpi.per, int)
    if weighted:
        wanted["per"] = cast(func.sum(per).filter(counts), BigInteger)
    if weighted or kpi.interval is Interval.DELTA:
        e, p = cast(each, Double), cast(per, Double)
        wanted["squares"] = func.sum(e * e).filter(counts)
        wanted["per_squares"] = func.sum(p * p).filter(counts)
        wanted["products"] = func.sum(e * p).filter(counts)
        wanted["largest"] = cast(func.max(p if weighted else func.abs(e)).filter(counts), Double)
    return wanted
