"""What is added up for one KPI, window and member: whole numbers, so that sums are exact."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


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


#: What the members of a breakdown's dimensions are; () for the total.
Members = tuple[object, ...]
#: By the number of the window and the members.
Tallies = dict[tuple[int, Members], Tally]
