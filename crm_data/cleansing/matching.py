"""Records that are likely the same thing: compared where they share something, scored field by field.

The score is that of Fellegi and Sunter (1969). Each field where both records have a value gives evidence:
how much more often two records of the same thing agree like this than two records of different things do,
as a power of two. Agreement on a rare value tells more than on a frequent one. The evidence, less what a
random pair among so many records needs, gives the probability that the two are the same.

A list of a million records gives tens of millions of pairs to compare. DuckDB passes over those that cannot
reach the score even if all that may be alike is alike; few are left to be scored one by one. It works in a
limited memory and on disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from math import log2
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from crm_data.cleansing.compare import Kind
from crm_data.cleansing.records import Pair, Reason, Record, Scheme
from crm_data.importers.errors import ImportStopped
from crm_data.progress import Progress

#: Larger blocks are not compared whole: each record only with its neighbours in order.
_LARGEST, _NEIGHBOURS = 60, 12

#: A telephone number or e-mail address that more records have than one person's copies tells no more.
_SHARED_BITS, _COPIES = 4.0, 2

#: Of a small list it is not known which values are frequent: it is taken for a part of one of this size.
_AS_MANY = 1000.0

_MANY = 20_000  # records handed over at once
_PORTION = 40_000  # places in blocks whose pairs are looked at in one step: some 300,000 pairs
_MEMORY = "400MB"
_MOST_BITS = 1000.0


def find_pairs(
    records: Iterable[Record], scheme: Scheme, at_least: float, progress: Progress = lambda *_: None
) -> Iterator[Pair]:
    """Every pair found whose score is at least so high (below 1), the likeliest first.

    Raises ImportStopped where there is no room for the work.
    """
    with tempfile.TemporaryDirectory(prefix="pairs") as folder, _room(), _limited(folder) as database:
        found = _Found(database, scheme)
        found.read(records)
        found.order()
        found.compare(at_least, progress)
        yield from found.pairs()


def _limited(folder: str) -> duckdb.DuckDBPyConnection:
    limits: dict[str, Any] = {"memory_limit": _MEMORY, "temp_directory": folder}
    limits["preserve_insertion_order"] = False  # which takes memory
    return duckdb.connect(str(Path(folder, "pairs.duckdb")), config=limits)


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
        raise ImportStopped(
            "There is no room to look for duplicates: free some memory, and space for temporary files. "
            f"({str(error).splitlines()[0]})"
        ) from error


class _Found:
    def __init__(self, database: duckdb.DuckDBPyConnection, scheme: Scheme) -> None:
        self._database = database
        self._scheme = scheme
        self._number = 0
        self._values = [f"v{number}" for number in range(len(scheme.fields))]
        self._bits = [f"b{number}" for number in range(len(scheme.fields))]
        texts = ", ".join(f"{value} VARCHAR" for value in self._values)
        database.execute(f'CREATE TABLE records ("row" BIGINT, key VARCHAR, fresh BOOLEAN, {texts})')
        database.execute('CREATE TABLE blocks (block UBIGINT, "row" BIGINT)')
        database.execute("CREATE TABLE pairs (one BIGINT, other BIGINT, score DOUBLE)")

    def read(self, records: Iterable[Record]) -> None:
        rest = iter(records)
        while some := list(islice(rest, _MANY)):
            rows = range(self._number, self._number + len(some))
            values = zip(*(record.values for record in some), strict=True)
            columns = [list(rows), [one.key for one in some], [one.fresh for one in some], *map(list, values)]
            given = pa.table(columns, names=["row", "key", "fresh", *self._values])
            self._database.from_arrow(given).insert_into("records")
            keys = [
                (key, row)
                for row, record in zip(rows, some, strict=True)
                for key in set(self._scheme.blocks(record.values))
            ]
            blocks = pa.table(  # typed, since there may be none
                [
                    pa.array([key for key, _ in keys], pa.string()),
                    pa.array([row for _, row in keys], pa.int64()),
                ],
                names=["block", "row"],
            )
            self._database.from_arrow(blocks).project('hash(block) AS block, "row"').insert_into("blocks")
            self._number += len(some)

    def order(self) -> None:
        """Each record gets a place among all, and what agreeing on each of its values tells."""
        values = ", ".join(self._values)
        times = ", ".join(f"count(*) OVER (PARTITION BY {value}) AS n{value}" for value in self._values)
        told = ", ".join(
            f"{self._told(field.kind, f'n{value}')} AS {bits}"
            for field, value, bits in zip(self._scheme.fields, self._values, self._bits, strict=True)
        )
        self._database.execute(
            f'CREATE TABLE told AS SELECT "row", key, fresh, {values}, {told}, '
            f'row_number() OVER (ORDER BY {values}, "row") AS place FROM (SELECT *, {times} FROM records)'
        )
        self._database.execute("DROP TABLE records")
        self._database.execute(
            'CREATE TABLE placed AS SELECT block, "row", fresh, count(*) OVER (PARTITION BY block) AS size, '
            "row_number() OVER (PARTITION BY block ORDER BY place) AS place "
            'FROM blocks JOIN told USING ("row") QUALIFY size > 1'
        )
        self._database.execute("DROP TABLE blocks")

    def _told(self, kind: Kind, times: str) -> str:
        """In SQL, the bits of agreeing on a value that so many records have."""
        elsewhere = f"greatest({times} - 2, 0)"  # besides these two
        if kind.shared:
            elsewhere = f"if({elsewhere} <= {_COPIES}, 0, {elsewhere})"
        many = self._number + _AS_MANY
        bits = f"log2({kind.m_same * many} / ({elsewhere} + {_AS_MANY * kind.by_chance}))"
        return f"if({elsewhere} > 0, least({bits}, {_SHARED_BITS}), {bits})" if kind.shared else bits

    def compare(self, at_least: float, progress: Progress) -> None:
        """Portion by portion of the blocks: the pairs that may reach the score, and of those the ones that do
        so."""
        (places,) = self._database.execute("SELECT count(*) FROM placed").fetchone() or (0,)
        portions = -(-places // _PORTION)
        needed = log2(max(self._number, _AS_MANY))
        wanted = needed + log2(at_least / (1 - at_least)) if at_least else -_MOST_BITS
        for portion in range(portions):
            progress("Comparing", portion, portions)
            self._couple(portions, portion)
            asked = self._database.execute(self._candidates(), {"bits": wanted - 1e-6})
            likely = []
            while some := asked.fetchmany(_MANY):
                for one, other, *rest in some:
                    score = _probability(sum(bits for _, bits in self._compared(rest)) - needed)
                    if score >= at_least:
                        likely.append((min(one, other), max(one, other), score))
            if likely:
                columns = [list(column) for column in zip(*likely, strict=True)]
                given = pa.table(columns, names=["one", "other", "score"])
                self._database.from_arrow(given).insert_into("pairs")
        progress("Comparing", portions, portions)

    def _couple(self, portions: int, portion: int) -> None:
        """The pairs of a portion of the blocks. They are a table, so that DuckDB knows how few they are."""
        self._database.execute(
            f"""CREATE OR REPLACE TABLE couples AS
            WITH mine AS MATERIALIZED (SELECT * FROM placed WHERE block % {portions} = {portion})
            SELECT a."row" AS one, b."row" AS other FROM mine AS a
            JOIN mine AS b ON b.block = a.block AND b.place > a.place
            WHERE a.size <= {_LARGEST} AND b.size <= {_LARGEST} AND (a.fresh OR b.fresh)
            UNION
            SELECT a."row", b."row" FROM mine AS a CROSS JOIN range(1, {_NEIGHBOURS + 1}) AS step(far)
            JOIN mine AS b ON b.block = a.block AND b.place = a.place + far
            WHERE a.size > {_LARGEST} AND b.size > {_LARGEST} AND (a.fresh OR b.fresh)"""
        )

    def _candidates(self) -> str:
        """In SQL, of those pairs the ones that reach the bits if all that may be alike is alike, with their
        values."""
        values = ", ".join([*(f"a.{v}" for v in self._values), *(f"b.{v}" for v in self._values)])
        bits = ", ".join(f"a.{b}" for b in self._bits)
        return f"""
            SELECT one, other, {values}, {bits} FROM couples
            JOIN told AS a ON a."row" = one JOIN told AS b ON b."row" = other
            WHERE {self._most_bits()} >= $bits"""

    def _most_bits(self) -> str:
        """In SQL, what a pair can reach."""
        fields = range(len(self._scheme.fields))
        straight = {number: self._most(number, f"a.v{number}", f"b.v{number}") for number in fields}
        if self._scheme.swapped is None:
            return " + ".join(straight.values())
        first, last = self._scheme.swapped
        crossed = " + ".join(
            self._most(number, f"a.v{number}", f"b.v{place}")
            for number, place in ((first, last), (last, first))
        )
        names = f"greatest({straight.pop(first)} + {straight.pop(last)}, {crossed})"
        return " + ".join([names, *straight.values()])

    def _most(self, number: int, one: str, other: str) -> str:
        """In SQL, what a field says of two values at most. DuckDB compares bytes: texts that are not all
        ASCII may always be alike."""
        kind = self._scheme.fields[number].kind
        may = kind.near.may.format(a=one, b=other)
        near, apart = _near_bits(kind), log2(kind.m_apart)
        may = f"{may} OR strlen({one}) > length({one}) OR strlen({other}) > length({other})"
        return (
            f"(CASE WHEN {one} = '' OR {other} = '' THEN 0 WHEN {one} = {other} THEN a.b{number} "
            f"WHEN {may} THEN {near} ELSE {apart} END)"
        )

    def _compared(self, row: Sequence[Any]) -> list[tuple[str, float]]:
        """How each field compares, and its bits. The row: one's values, the other's, and what being the
        same tells."""
        fields = self._scheme.fields
        one, other, told = row[: len(fields)], row[len(fields) : 2 * len(fields)], row[2 * len(fields) :]

        def field(number: int, place: int) -> tuple[str, float]:
            return _agreement(fields[number].kind, one[number], other[place], told[number])

        straight = [field(number, number) for number in range(len(fields))]
        if self._scheme.swapped is None:
            return straight
        first, last = self._scheme.swapped
        if straight[first][1] > 0 or straight[last][1] > 0:
            return straight
        crossed = list(straight)
        crossed[first], crossed[last] = field(first, last), field(last, first)
        mixed_up = crossed[first][1] + crossed[last][1]
        return crossed if mixed_up > max(0, straight[first][1] + straight[last][1]) else straight

    def pairs(self) -> Iterator[Pair]:
        values = [f"{table}.{value}" for table in "ab" for value in self._values]
        bits = [f"a.{bits}" for bits in self._bits]
        rows = self._database.execute(
            f"""SELECT score, a.key, b.key, {", ".join([*values, *bits])}
            FROM (SELECT one, other, max(score) AS score FROM pairs GROUP BY one, other)
            JOIN told AS a ON a."row" = one JOIN told AS b ON b."row" = other
            ORDER BY score DESC, one, other"""
        )
        while some := rows.fetchmany(_MANY):
            for score, one, other, *rest in some:
                found = [
                    Reason(field.label, how, round(bits, 1))
                    for field, (how, bits) in zip(self._scheme.fields, self._compared(rest), strict=True)
                    if how
                ]
                yield Pair(one, other, score, tuple(sorted(found, key=lambda reason: -abs(reason.bits))))


def _agreement(kind: Kind, one: str, other: str, told: float) -> tuple[str, float]:
    """How two values compare, and the bits of that. told: what being the same tells."""
    if not one or not other:
        return "", 0.0
    if one == other:
        return "the same", told
    if kind.near.holds(one, other):
        return "alike", _near_bits(kind)
    return "different", log2(kind.m_apart)


def _near_bits(kind: Kind) -> float:
    return log2(kind.m_near / kind.near_by_chance)


def _probability(bits: float) -> float:
    return 1 / (1 + 2.0 ** -max(min(bits, 60), -60))
