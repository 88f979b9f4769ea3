"""A written report: words, tables and curves, with where each figure comes from. Knows no medium.

All text here is plain: whoever renders it makes it harmless for his medium.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from kpis.answers import Reading
from kpis.model import Unit
from kpis.period import Period


@dataclass(frozen=True)
class Proof:
    """The question behind a figure. `at` narrows it to a member of a dimension; `period` None: the
    report's own."""

    kpi: str
    at: tuple[str, object] | None = None
    period: Period | None = None


@dataclass(frozen=True)
class Words:
    """A piece of a sentence. What can be proven names its proof, an account its key; `figure`: the
    number that the sentence is about."""

    text: str
    proof: Proof | None = None
    account: int | None = None
    figure: bool = False


Sentence = tuple[Words, ...]


@dataclass(frozen=True)
class Column:
    """`unit`: of its numbers, None: text. `signed`: its numbers are differences."""

    head: str
    unit: Unit | None = None
    signed: bool = False
    key: str | None = None  # the KPI that its numbers are of


@dataclass(frozen=True)
class Cell:
    """`text` is for people, `value` for programs. `bar`: from and to, as parts of the column's width,
    backwards where it falls; `shade`: 0 … 1, how much of it there is."""

    text: str
    value: float | date | str | None = None
    proof: Proof | None = None
    account: int | None = None
    bar: tuple[float, float] | None = None
    shade: float | None = None
    n: int | None = None
    why: str | None = None
    unit: Unit | None = None  # where it is not the column's
    group: str | None = None  # customers by recency, frequency and value: the group's name


Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    """`rows` are all there are, of which a page shows the first `shown`. `total` stands below them."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str
    total: Row | None = None
    shown: int = 12

    @property
    def more(self) -> int:
        """How many rows a page does not show."""
        return max(len(self.rows) - self.shown, 0)


@dataclass(frozen=True)
class Curve:
    """A KPI over time, beside the window it is compared with."""

    caption: str
    unit: Unit
    buckets: tuple[Period, ...]
    names: tuple[str, ...]  # of the buckets, short
    now: tuple[float | None, ...]
    then: tuple[float | None, ...]
    cut: tuple[bool, ...]  # the bucket is a part of its week, month …
    proof: Proof


@dataclass(frozen=True)
class Part:
    """A section: what it says first, then what it shows, then what has to be said beside it."""

    title: str
    sentences: tuple[Sentence, ...] = ()
    curve: Curve | None = None
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Freshness:
    version: int
    refreshed_at: datetime | None
    newest_day: date | None


@dataclass(frozen=True)
class Document:
    """A report as written for one window, comparison and set of filters."""

    name: str
    title: str
    question: str
    organisation: str
    period: Period
    compared: Period | None
    window: str  # in words
    filters: str  # in words; empty: none
    today: date
    freshness: Freshness
    summary: Sentence
    parts: tuple[Part, ...]
    readings: tuple[Reading, ...] = field(default=())  # the totals, for the list of definitions
