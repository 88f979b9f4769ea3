"""Customers by recency, frequency and monetary value: five classes of each, and what they are called.

All accounts that have bought by the end of the window are compared with each other. The bounds of the
classes are quintiles of the very accounts shown; equal numbers are always in the same class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Select, cast, func, select

from crm_data.warehouse import facts
from kpis.clauses import member_of, of_members
from kpis.question import Question
from kpis.read import restrictions, until_today
from kpis.snapshot import Snapshot

CLASSES = 5
#: What customers of a class of recency (5: the most recent) and one of frequency and value are called.
NAMES = {
    "Champions": ("5", "45"),
    "Loyal": ("34", "45"),
    "Potential loyalists": ("45", "23"),
    "New": ("5", "1"),
    "Promising": ("4", "1"),
    "Need attention": ("3", "3"),
    "About to sleep": ("3", "12"),
    "Cannot lose them": ("12", "5"),
    "At risk": ("12", "34"),
    "Hibernating": ("12", "12"),
}

Square = tuple[int, int]  # class of recency, class of frequency and value


@dataclass(frozen=True)
class Group:
    """How many customers, and what they have bought altogether, in cents."""

    customers: int = 0
    cents: int = 0

    def __add__(self, other: Group) -> Group:
        return Group(self.customers + other.customers, self.cents + other.cents)


@dataclass(frozen=True)
class Segmentation:
    """The groups by class. `recency`, `frequency`, `monetary`: the four bounds between the five classes, in
    days, purchases and cents; a number up to a bound is in the class below it."""

    as_of: date
    squares: Mapping[Square, Group]
    recency: tuple[int, ...]
    frequency: tuple[int, ...]
    monetary: tuple[int, ...]

    @property
    def segments(self) -> dict[str, Group]:
        """The groups by name, in the order of NAMES."""
        found = dict.fromkeys(NAMES, Group())
        for square, group in self.squares.items():
            found[name_of(square)] += group
        return found

    @property
    def total(self) -> Group:
        return sum(self.squares.values(), Group())


@dataclass(frozen=True)
class Customer:
    """An account and how it was classed. `cents`: all it has bought."""

    account: int
    last: date
    purchases: int
    cents: int
    classes: tuple[int, int, int]


def name_of(square: Square) -> str:
    recency, worth = map(str, square)
    return next(name for name, (rs, ws) in NAMES.items() if recency in rs and worth in ws)


def segmentation(data: Snapshot, question: Question) -> Segmentation:
    """The customers of the question's selection as of the end of its window. Raises NoMember."""
    return _Classed(data, question).segmentation()


def customers(
    data: Snapshot, question: Question, squares: Sequence[Square], offset: int, limit: int
) -> tuple[int, list[Customer]]:
    """How many customers are in these squares, and a page of them, largest value first."""
    classed = _Classed(data, question)
    inside = np.isin(classed.square, [10 * recency + worth for recency, worth in squares])
    places = np.flatnonzero(inside)
    order = places[np.lexsort((classed.account[places], -classed.cents[places]))]
    return len(places), [classed.customer(int(place)) for place in order[offset : offset + limit]]


class _Classed:
    """Every customer with its classes."""

    def __init__(self, data: Snapshot, question: Question) -> None:
        table = data.engine.run(_statement(question))
        column = {name: table.column(name).to_numpy() for name in table.column_names}
        self.as_of = until_today(question.period, question).end - timedelta(days=1)
        self.account = column["id"].astype(np.int64)
        self.days = (np.datetime64(self.as_of) - column["last"].astype("datetime64[D]")).astype(np.int64)
        self.purchases = column["purchases"].astype(np.int64)
        self.cents = column["cents"].astype(np.int64)
        self.bounds = [_bounds(numbers) for numbers in (self.days, self.purchases, self.cents)]
        recency, frequency, monetary = (
            1 + np.searchsorted(bounds, numbers)
            for bounds, numbers in zip(self.bounds, (self.days, self.purchases, self.cents), strict=True)
        )
        self.recency, self.frequency, self.monetary = CLASSES + 1 - recency, frequency, monetary
        self.square = 10 * self.recency + (self.frequency + self.monetary + 1) // 2

    def segmentation(self) -> Segmentation:
        found = {}
        for square in np.unique(self.square):
            inside = self.square == square
            group = Group(int(inside.sum()), int(self.cents[inside].sum()))
            found[int(square) // 10, int(square) % 10] = group
        return Segmentation(self.as_of, found, *(tuple(map(int, bounds)) for bounds in self.bounds))

    def customer(self, place: int) -> Customer:
        last = self.as_of - timedelta(days=int(self.days[place]))
        classes = (int(self.recency[place]), int(self.frequency[place]), int(self.monetary[place]))
        purchases, cents = int(self.purchases[place]), int(self.cents[place])
        return Customer(int(self.account[place]), last, purchases, cents, classes)


def _bounds(numbers: np.ndarray) -> np.ndarray:
    """The numbers below which a fifth, two fifths … of them lie, or which they reach."""
    shares = np.arange(1, CLASSES) / CLASSES
    return np.quantile(numbers, shares, method="inverted_cdf") if len(numbers) else np.array([], np.int64)


def _statement(question: Question) -> Select[Any]:
    """Each account with its last purchase, their number and its amounts up to the window's end. Its
    dimensions are those of its last day."""
    day = facts.buying_days.c
    closes = until_today(question.period, question).end
    own = (
        select(
            day.id,
            func.max(day.day).filter(day.bought == 1).label("last"),
            cast(func.sum(day.bought), BigInteger).label("purchases"),
            cast(func.coalesce(func.sum(day.amount_cents), 0), BigInteger).label("cents"),
        )
        .where(day.day < closes)
        .group_by(day.id)
        .having(func.sum(day.bought) > 0)
        .subquery("own")
    )
    where = restrictions(question)
    if not where:
        return select(own).order_by(own.c.id)
    latest = func.row_number().over(partition_by=day.id, order_by=day.day.desc())
    dimensions = [member_of(facts.buying_days, dimension) for dimension, _ in where]
    last = select(day.id, *dimensions, latest.label("place")).where(day.day < closes).subquery("last")
    return (
        select(own)
        .select_from(own.join(last, last.c.id == own.c.id))
        .where(last.c.place == 1, of_members(last, where))
        .order_by(own.c.id)
    )
