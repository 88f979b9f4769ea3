"""What a KPI is: a population of rows, a clock, and one number per row.

A definition is a frozen value, written once (`kpis/catalog`), and serves gauge, trend, map, alert,
drill-down, command line and documentation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import Column, ColumnElement, bindparam, case, literal
from sqlalchemy.types import Date

from kpis.clocks import Age, Aged, AsOf, AtClose, Clock, Cohort, Due, During, Number, Spell, Throughout
from kpis.dimensions import DIMENSIONS
from kpis.fact import Fact
from kpis.period import Grain, Period

__all__ = [
    "KPI",
    "TARGET",
    "Age",
    "Aged",
    "AsOf",
    "AtClose",
    "Better",
    "Clock",
    "Cohort",
    "Combined",
    "Composition",
    "Condition",
    "Definition",
    "Due",
    "During",
    "Fact",
    "Interval",
    "Number",
    "Phasing",
    "Spell",
    "Throughout",
    "Unit",
    "Windows",
    "flag",
    "ratio",
    "today",
]

#: The organisation's today, for conditions that need it. Never read from the machine's clock here.
today = bindparam("today", type_=Date())


class Unit(StrEnum):
    """What a KPI is measured in."""

    MONEY = "money"  # base currency
    SHARE = "share"  # fraction of 1
    COUNT = "count"
    DAYS = "days"
    HOURS = "hours"
    SCORE = "score"


class Better(StrEnum):
    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


class Interval(StrEnum):
    """Where the uncertainty of a value comes from (DESIGN: rules that keep numbers honest)."""

    NONE = "none"  # a plain total
    WILSON = "wilson"  # a share of rows, or of weight
    DELTA = "delta"  # a mean or ratio of numbers
    CLUSTERED = "clustered"  # a mean where one customer gives several rows
    MEDIAN = "median"  # order statistics


class Phasing(StrEnum):
    """What a target for a longer period says about a part of it."""

    LEVEL = "level"  # the same: a rate or mean is expected all along
    DAILY = "daily"  # its days' share: a total grows evenly
    COMPOUND = "compound"  # 1 - (1 - target) ** share: a loss rate compounds


class Windows(StrEnum):
    """The windows for which a KPI is defined."""

    ANY = "any"
    MONTH = "four weeks or longer"  # losses are few: a shorter one says nothing of a lifetime

    def refuses(self, period: Period) -> str | None:
        """In words, why the KPI has no value for this window; None if it may have one."""
        if self is Windows.MONTH and period.days < 28:
            return f"Defined for four weeks or longer; this window has {period.days} days."
        return None


@dataclass(frozen=True, eq=False)
class Condition:
    """A demand on the rows of a population, and in words what a row is that fails it."""

    holds: ColumnElement[bool]
    otherwise: str


@dataclass(frozen=True, eq=False)
class KPI:
    """One number: Σ each ÷ Σ per over a population of rows. Known by its key.

    per None: a total. per 1: a mean, or for flags a share. `each` and `per` are whole numbers of the copy; 1
    is one of what rows stand for. `aged`: their age. `spread`: quartiles are told; `median`: it is the value.
    """

    key: str
    label: str
    unit: Unit
    better: Better
    help: str
    department: str
    fact: Fact
    clock: Clock
    formula: str
    among: tuple[Condition, ...] = ()
    aged: Aged | None = None
    each: Number = 1
    per: ColumnElement[Any] | int | None = None
    no_value: str = "without a value"
    spread: bool = False
    median: bool = False
    clustered: bool = False
    windows: Windows = Windows.ANY
    moments: bool = False  # customers' own sums are wanted too, for the interval of a composition
    phasing: Phasing = Phasing.LEVEL
    source: str = "this project"

    @property
    def dimensions(self) -> tuple[str, ...]:
        return self.fact.dimensions

    @property
    def parts(self) -> tuple[KPI, ...]:
        return (self,)

    @property
    def each_scale(self) -> int:
        """How many of the copy's whole numbers make one of `each`."""
        return _scale(self.each)

    @property
    def per_scale(self) -> int:
        return 1 if self.per is None else _scale(self.per)

    @property
    def interval(self) -> Interval:
        if self.median:
            return Interval.MEDIAN
        if self.per is None:
            return Interval.NONE
        if self.clustered:
            return Interval.CLUSTERED
        if self.unit is Unit.SHARE and not isinstance(self.each, AtClose):
            return Interval.WILSON
        return Interval.DELTA if self.fact.times is None else Interval.NONE  # their scatter is unknown

    @property
    def adds(self) -> str:
        """Over what the numerators and denominators of parts add up to those of the whole."""
        if self.median:
            return "nothing"
        stock = isinstance(self.clock, AsOf | Due) or (
            isinstance(self.clock, Cohort) and isinstance(self.clock.entry, Spell)
        )
        return "dimensions" if stock else "days and dimensions"


#: Under this name a composition finds the target among its totals.
TARGET = "target"


@dataclass(frozen=True)
class Combined:
    """What a composition makes of its parts' totals.

    terms: for each part that is used, what one unit of its rows adds to numerator and denominator.
    """

    numerator: Fraction
    denominator: Fraction
    terms: Mapping[str, tuple[Fraction, Fraction]]
    notes: tuple[str, ...] = ()
    why: str | None = None  # in words, why there is no value although every part has one


@dataclass(frozen=True, eq=False)
class Composition:
    """A formula over KPIs of different facts, with a KPI's interface.

    combine takes each part's total in its unit. `n_of` names the part whose rows are the n; `errors`
    the parts whose randomness makes the interval; none: a quotient of plain totals.
    `over`: parts that are asked for another window, which ends with the window asked for: so many days,
    or from the beginning of the unit that its last day is in.
    `target`: the KPI whose target of the same scope is in the totals too, under TARGET. It is that of the
    window, so far as that is over; with `target_of` that of the whole unit that its last day is in.
    """

    key: str
    label: str
    unit: Unit
    better: Better
    help: str
    department: str
    formula: str
    parts: tuple[KPI, ...]
    combine: Callable[[Mapping[str, Fraction]], Combined]
    n_of: str
    errors: tuple[str, ...]
    #: parts for which an empty window means 0 rather than "cannot tell"
    may_be_empty: tuple[str, ...] = ()
    windows: Windows = Windows.ANY
    additive: bool = True  # a plain ratio of sums
    less: int = 0  # the value is a ratio of positive totals less this: its interval is that ratio's, moved
    phasing: Phasing = Phasing.LEVEL
    source: str = "this project"
    over: Mapping[str, int | Grain] = field(default_factory=dict)
    target: KPI | None = None
    target_of: Grain | None = None

    @property
    def interval(self) -> Interval:
        """On logarithms, from the parts in `errors`."""
        return Interval.DELTA if self.errors else Interval.NONE

    @property
    def dimensions(self) -> tuple[str, ...]:
        known = [set(part.dimensions) for part in self.parts]
        return tuple(key for key in DIMENSIONS if all(key in one for one in known))

    @property
    def adds(self) -> str:
        if not self.additive:
            return "nothing"
        return "dimensions" if self.over else "days and dimensions"


Definition = KPI | Composition


def ratio(top: KPI, bottom: KPI) -> Callable[[Mapping[str, Fraction]], Combined]:
    """The composition top ÷ bottom."""

    def combine(totals: Mapping[str, Fraction]) -> Combined:
        one, nothing = Fraction(1), Fraction(0)
        terms = {top.key: (one, nothing), bottom.key: (nothing, one)}
        return Combined(totals[top.key], totals[bottom.key], terms)

    return combine


#: How many of a column's whole numbers make one of its KPI's unit, by the end of its name.
_SCALES = {"_cents": 100, "_hundredths": 100, "_seconds": 3600}


def _scale(number: Number) -> int:
    if not isinstance(number, Column | AtClose):
        return 1
    return next((scale for end, scale in _SCALES.items() if number.name.endswith(end)), 1)


def flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where the condition holds, else 0."""
    return case((condition, literal(1)), else_=literal(0))
