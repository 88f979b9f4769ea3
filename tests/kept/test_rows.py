"""Row sets by themselves: digests, differences, and what is packed comes back."""

from __future__ import annotations

from collections import Counter
from json import dumps
from typing import Any
from zlib import compress

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from crm_data.kept import NotKept
from kpis.kept.pack import pack, unpack
from kpis.kept.rows import digest, moves, packed, unpacked

KINDS = {
    "number": pa.int32(), "id": pa.int64(), "day": pa.date32(), "each": pa.int64(), "per": pa.int64(),
    "owner": pa.int64(), "region": pa.string(),
}  # fmt: skip

ROW = some.tuples(
    some.integers(0, 1),
    some.integers(1, 3),
    some.none() | some.dates(),
    some.integers(-2, 2),
    some.just(1),
    some.none() | some.integers(1, 2),
    some.none() | some.sampled_from(["EMEA", "", "مبيعات", "a\x00b", "🙂"]),
)
ROWS = some.lists(ROW, max_size=8)


def table(rows: list[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(KINDS)
    named = zip(KINDS.items(), columns, strict=True)
    found = pa.table({name: pa.array(list(values), kind) for (name, kind), values in named})
    return found.sort_by([(name, "ascending") for name in found.column_names]).combine_chunks()


@settings(max_examples=50)
@given(ROWS, ROWS)
def test_the_difference_is_that_of_the_counts(before: list[Any], after: list[Any]) -> None:
    found = moves(table(before), table(after))
    net: Counter[tuple[Any, ...]] = Counter()
    for move in found.all:
        for row, sign in ((move.before, -1), (move.after, 1)):
            if row:
                net[tuple(row[name] for name in KINDS)] += sign
    expected = Counter(after)
    expected.subtract(Counter(before))
    assert {row: n for row, n in net.items() if n} == {row: n for row, n in expected.items() if n}


@settings(max_examples=50)
@given(ROWS, some.randoms())
def test_the_digest_depends_on_the_rows_alone(rows: list[Any], random: Any) -> None:
    mixed = list(rows)
    random.shuffle(mixed)
    assert digest(table(rows)) == digest(table(mixed)) == digest(unpacked(packed(table(rows))))


@settings(max_examples=50)
@given(ROWS, ROWS)
def test_other_rows_have_another_digest(rows: list[Any], other: list[Any]) -> None:
    assert (digest(table(rows)) == digest(table(other))) == (Counter(rows) == Counter(other))


def test_what_cannot_be_read_is_said() -> None:
    for broken in (b"", b"not packed", pack({"found": ()})[:-3]):
        with pytest.raises(NotKept, match="another version"):
            unpack(broken)
    with pytest.raises(NotKept, match="another version"):
        unpack(compress(dumps({"~": "Something of tomorrow", "of": 1}).encode()))
