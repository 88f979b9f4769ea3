"""Records that are likely the same thing: compared where they share something, scored field by field.

The score is that of Fellegi and Sunter (1969). Each field where both records have a value gives evidence:
how much more often two records of the same thing agree like this than two records of different things do,
as a power of two. Agreement on a rare value tells more than on a frequent one. The evidence, less what a
random pair among so many records needs, gives the probability that the two are the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import combinations, groupby
from math import log2
from typing import Any

from crm_data.cleansing.compare import Kind

#: Larger blocks are not compared whole: each record only with its neighbours in order.
_LARGEST, _NEIGHBOURS = 60, 12

#: A telephone number or e-mail address that more records have than one person's copies tells no more.
_SHARED_BITS, _COPIES = 4.0, 2

#: So many keys of fresh records are remembered, so that old ones that share none are passed over.
_REMEMBERED = 500_000

#: Of a small list it is not known which values are frequent: it is taken for a part of one of this size.
_AS_MANY = 1000.0


#: A record in a block: the block, its number, whether it is fresh, and its values.
_Row = tuple[Any, ...]


@dataclass(frozen=True)
class Field:
    """A field that is compared. `label`: its name in an explanation."""

    name: str
    label: str
    kind: Kind


@dataclass(frozen=True)
class Scheme:
    """How records of a kind are compared.

    blocks: gives the keys of a record; only records that share one are compared. swapped: two fields whose
    contents people mix up, such as first and last name.
    """

    fields: tuple[Field, ...]
    blocks: Callable[[Sequence[str]], Iterable[str]]
    swapped: tuple[int, int] | None = None


@dataclass(frozen=True)
class Record:
    """`values`: folded texts in the order of the scheme's fields, empty where there is none.

    Two records that are not `fresh` are not compared: what is old was judged before. Give fresh ones first.
    """

    key: str
    values: Sequence[str]
    fresh: bool = True


@dataclass(frozen=True)
class Reason:
    """What one field says. `bits`: log2 of how much likelier it makes that the two are the same."""

    label: str
    how: str  # the same, alike, different
    bits: float


@dataclass(frozen=True)
class Pair:
    one: str
    other: str
    score: float  # the probability that the two are the same
    reasons: tuple[Reason, ...]


def find_pairs(records: Iterable[Record], scheme: Scheme, at_least: float) -> Iterator[Pair]:
    """Every pair found whose score is at least so high, the likeliest first. The list is kept on disk."""
    with closing(sqlite3.connect("", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA cache_size = -100000")
        found = _Found(database, scheme, at_least)
        found.read(records)
        found.compare()
        yield from found.pairs()


class Scorer:
    """Scores pairs of records of one list."""

    def __init__(self, scheme: Scheme, number: int, frequent: Sequence[dict[str, int]]) -> None:
        """number: of records; frequent: for each field, how often the values occur that occur often."""
        self._scheme = scheme
        self._number = number
        self._frequent = frequent
        self._needed = log2(max(number, _AS_MANY))

    def score(self, one: Sequence[str], other: Sequence[str]) -> float:
        bits = sum(bits for _, bits in self._compared(one, other)) - self._needed
        return 1 / (1 + 2.0 ** -max(min(bits, 60), -60))

    def reasons(self, one: Sequence[str], other: Sequence[str]) -> tuple[Reason, ...]:
        """What each field says, the strongest first."""
        found = [
            Reason(field.label, how, round(bits, 1))
            for field, (how, bits) in zip(self._scheme.fields, self._compared(one, other), strict=True)
            if how
        ]
        return tuple(sorted(found, key=lambda reason: -abs(reason.bits)))

    def _compared(self, one: Sequence[str], other: Sequence[str]) -> list[tuple[str, float]]:
        straight = [self._field(n, a, b) for n, (a, b) in enumerate(zip(one, other, strict=True))]
        if self._scheme.swapped is None:
            return straight
        first, last = self._scheme.swapped
        if straight[first][1] > 0 or straight[last][1] > 0:
            return straight
        crossed = list(straight)
        crossed[first] = self._field(first, one[first], other[last])
        crossed[last] = self._field(last, one[last], other[first])
        mixed_up = crossed[first][1] + crossed[last][1]
        return crossed if mixed_up > max(0, straight[first][1] + straight[last][1]) else straight

    def _field(self, number: int, one: str, other: str) -> tuple[str, float]:
        if not one or not other:
            return "", 0.0
        kind = self._scheme.fields[number].kind
        if one == other:
            elsewhere = self._frequent[number].get(one, 2) - 2  # besides these two
            if kind.shared and elsewhere <= _COPIES:
                elsewhere = 0
            chance = (elsewhere + _AS_MANY * kind.by_chance) / (self._number + _AS_MANY)
            bits = log2(kind.m_same / chance)
            return "the same", min(bits, _SHARED_BITS) if kind.shared and elsewhere else bits
        if kind.near(one, other):
            return "alike", log2(kind.m_near / kind.near_by_chance)
        return "different", log2(kind.m_apart)


class _Found:
    def __init__(self, database: sqlite3.Connection, scheme: Scheme, at_least: float) -> None:
        self._database = database
        self._scheme = scheme
        self._at_least = at_least
        self._columns = [f"v{number}" for number in range(len(scheme.fields))]
        database.executescript(
            f"CREATE TABLE records (row INTEGER PRIMARY KEY, key, fresh, {', '.join(self._columns)});"
            "CREATE TABLE blocks (block TEXT, row INTEGER);"
            "CREATE TABLE pairs (one INTEGER, other INTEGER, score REAL, PRIMARY KEY (one, other));"
        )
        self._scorer = Scorer(scheme, 0, ())

    def read(self, records: Iterable[Record]) -> None:
        database, marks = self._database, ", ".join("?" * (len(self._columns) + 3))
        database.execute("BEGIN")
        number, wanted = 0, set[str]()
        for number, record in enumerate(records, 1):
            database.execute(
                f"INSERT INTO records VALUES ({marks})", (number, record.key, record.fresh, *record.values)
            )
            keys = set(self._scheme.blocks(record.values))
            if record.fresh and len(wanted) < _REMEMBERED:
                wanted |= keys
            elif not record.fresh and len(wanted) < _REMEMBERED:
                keys &= wanted
            database.executemany("INSERT INTO blocks VALUES (?, ?)", ((key, number) for key in keys))
        database.execute("COMMIT")
        frequent = [
            dict(
                database.execute(
                    f"SELECT {column}, count(*) FROM records WHERE {column} <> '' "
                    f"GROUP BY {column} HAVING count(*) > 2"
                )
            )
            for column in self._columns
        ]
        self._scorer = Scorer(self._scheme, number, frequent)

    def compare(self) -> None:
        order = f"b.block, {', '.join('r.' + column for column in self._columns)}, b.row"
        rows = self._database.execute(
            f"SELECT b.block, b.row, r.fresh, {', '.join('r.' + column for column in self._columns)} "
            f"FROM blocks AS b JOIN records AS r ON r.row = b.row ORDER BY {order}"
        )
        likely: list[tuple[int, int, float]] = []
        for _, group in groupby(rows, key=lambda row: row[0]):
            block = list(group)
            for one, other in _candidates(block):
                if not (one[2] or other[2]):
                    continue
                score = self._scorer.score(one[3:], other[3:])
                if score >= self._at_least:
                    likely.append((min(one[1], other[1]), max(one[1], other[1]), score))
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR IGNORE INTO pairs VALUES (?, ?, ?)", likely)
        self._database.execute("COMMIT")

    def pairs(self) -> Iterator[Pair]:
        def columns(table: str) -> str:
            return ", ".join(f"{table}.{column}" for column in ("key", *self._columns))

        rows = self._database.execute(
            f"SELECT score, {columns('a')}, {columns('b')} FROM pairs "
            "JOIN records AS a ON a.row = one JOIN records AS b ON b.row = other "
            "ORDER BY score DESC, one, other"
        )
        width = len(self._columns) + 1
        for score, *both in rows:
            (one, *mine), (other, *theirs) = both[:width], both[width:]
            yield Pair(one, other, score, self._scorer.reasons(mine, theirs))


def _candidates(block: Sequence[_Row]) -> Iterator[tuple[_Row, _Row]]:
    if len(block) <= _LARGEST:
        yield from combinations(block, 2)
        return
    for place, one in enumerate(block):
        for other in block[place + 1 : place + 1 + _NEIGHBOURS]:
            yield one, other
