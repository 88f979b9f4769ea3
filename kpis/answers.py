"""What `kpis` answers. Plain values: numbers are in the KPI's unit (money in currency units, shares
as fractions of 1, durations in days), so nothing here needs the database any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from kpis.period import Period


@dataclass(frozen=True)
class Spread:
    """How the numbers of the rows are spread. In the KPI's unit."""

    median: float
    p25: float
    p75: float
    mean: float


@dataclass(frozen=True)
class Cell:
    """One value of a breakdown or a series.

    `at` maps each dimension of the breakdown to its value (None: "(none)"), and "period" to the
    bucket's Period when a grain was asked for.
    """

    at: dict[str, Any]
    value: float | None
    why: str | None
    n: int | None
    low: float | None
    high: float | None
    numerator: Fraction | None
    denominator: Fraction | None
    unfinished: bool = False  # the bucket goes on after today, or some of its rows are too young to judge

    @property
    def label(self) -> str:
        """The values of the cell's dimensions in words."""
        return " · ".join("(none)" if value is None else str(value) for value in self.at.values())


@dataclass(frozen=True)
class Goal:
    """Target and floor for the very window that was asked, and where they come from."""

    target: float
    floor: float | None
    source: str  # in words, such as "target for 2026, all regions"


@dataclass(frozen=True)
class Reading:
    """A KPI's value for one window. `why` says in words why there is no value.

    `status`: good, near, bad (against the goal), unsure (the interval crosses it, or too few rows),
    none (no goal or no value). `numerator / denominator` is the value, exactly, where the KPI is
    a fraction; rows add up to both.
    """

    key: str
    period: Period
    value: float | None
    why: str | None
    n: int | None
    low: float | None
    high: float | None
    numerator: Fraction | None
    denominator: Fraction | None
    spread: Spread | None = None
    goal: Goal | None = None
    status: str = "none"
    left_out: int = 0  # rows of the window outside the population
    notes: tuple[str, ...] = ()  # what has to be said beside the number
    cells: tuple[Cell, ...] = ()
    unfinished: bool = False


@dataclass(frozen=True)
class Count:
    """How many rows, and in words which."""

    words: str
    n: int


@dataclass(frozen=True)
class Rows:
    """One page of the rows behind a number.

    `columns` name the values of each row. `counts_for` is what the row adds to the numerator,
    `weight` to the denominator, both in the KPI's unit; over all `total` rows they add up to the
    reading's. `record` and the first column (a key) find the row in the CRM database.
    """

    key: str
    record: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int


@dataclass(frozen=True)
class Explanation:
    """Everything that proves a reading."""

    reading: Reading
    compared: Reading | None
    sentence: str
    formula: str
    counted: int
    left_out: tuple[Count, ...]
    undated: tuple[Count, ...]
    source: str
    refreshed_at: datetime | None  # None: never
    changed_at: datetime | None  # the newest change of the CRM that the answer knows
    newest_day: date | None
    sql: tuple[str, ...]
    parts: tuple[Explanation, ...] = ()  # of a composition
    facts: dict[str, str] = field(default_factory=dict)  # definition, unit, clock … in words
