"""What puts the rows of a population on the time line, and what a number has become by then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Table


@dataclass(frozen=True, eq=False)
class During:
    """A flow: rows whose day is in the window."""

    day: ColumnElement[Any]


@dataclass(frozen=True, eq=False)
class Spell:
    """A span of time [start, end); end NULL while it lasts."""

    start: ColumnElement[Any]
    end: ColumnElement[Any]


@dataclass(frozen=True, eq=False)
class AsOf:
    """A stock: spells in force at the end of the window's last day."""

    spell: Spell


@dataclass(frozen=True, eq=False)
class Throughout:
    """An exposure: spells in force in the window, each number times its days in it."""

    spell: Spell


@dataclass(frozen=True, eq=False)
class Cohort:
    """Rows that enter, judged by an outcome: the numerator counts `each` only where it came about.

    entry a day, `within` a number of days: rows that enter in the window, judged at that age; younger
    ones are left out. entry a Spell, no `within`: rows in force when the window opens, judged by an
    outcome inside it. outcome None: every row is judged, by its number alone. spared: the numerator counts
    those to whom it did not happen.
    """

    entry: ColumnElement[Any] | Spell
    outcome: ColumnElement[Any] | None
    within: int | None = None
    spared: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.entry, Spell) != (self.within is None):
            raise ValueError("a cohort has either a day of entry and a horizon, or a spell and none")


@dataclass(frozen=True, eq=False)
class Due:
    """Days that were set and may be moved, judged by whether they left the window.

    A row is held by the window that `day` is in, unless it was moved within it: then the day it was moved
    to stands for it. The numerator counts `each` where it was moved to a later window.
    """

    day: ColumnElement[Any]
    moved_to: ColumnElement[Any]


@dataclass(frozen=True, eq=False)
class AtClose:
    """What a number of a span has become when the window closes: that of the span of the same `id` then in
    force; 0 where there is none. at_most_then: no more than it was in the row itself.
    """

    number: Column[Any]
    spell: Spell
    at_most_then: bool = False

    @property
    def name(self) -> str:
        return self.number.name

    @property
    def later(self) -> FromClause:
        """The same fact, for the row's later span; one for all KPIs of a statement."""
        return _later(self.number.table)


@dataclass(frozen=True, eq=False)
class Age:
    """A row's days from `since` to the end of the window. With `over`: 1 for more than so many days, else 0.
    It is another number for each window, so it cannot be added up from days."""

    since: ColumnElement[Any]
    over: int | None = None


@dataclass(frozen=True, eq=False)
class Aged:
    """A demand on a row's age, its days from `since` to the end of the window: `least` or more, and no more
    than `most`, if that is given. `words`: what is so many days old, such as "overdue"."""

    since: ColumnElement[Any]
    least: int
    most: int | None
    words: str


Number = ColumnElement[Any] | int | AtClose | Age
Clock = During | AsOf | Throughout | Cohort | Due


@cache
def _later(table: Table) -> FromClause:
    return table.alias("later")
