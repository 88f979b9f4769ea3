"""Keys in words: the copy holds keys, the CRM database the names that belong to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crm_data.engine import CrmUnavailable, reported
from crm_data.reads import labels
from kpis import DIMENSIONS, Rows
from ui import cache
from ui.formats import NONE, Formats

#: What the keys in the column "id" are keys of stands in each row's column "record".
_RECORD = "id"

Row = Mapping[str, object]


@dataclass(frozen=True)
class Known:
    """The names behind the keys of some rows, by dimension or table."""

    names: Mapping[str, Mapping[int, str]]

    def has(self, column: str) -> bool:
        return column == _RECORD or _by_key(column)

    def name(self, column: str, row: Row) -> str:
        """The name behind the row's key; empty where there is none."""
        place = str(row["record"]) if column == _RECORD else column
        key = row[column]
        return self.names.get(place, {}).get(key, "") if isinstance(key, int) else ""


def names_of(found: Rows) -> Known:
    """The names for all keys of the rows."""
    keys: dict[str, set[int]] = defaultdict(set)
    for values in found.rows:
        row = dict(zip(found.columns, values, strict=True))
        for column, value in row.items():
            if isinstance(value, int) and (column == _RECORD or _by_key(column)):
                keys[str(row["record"]) if column == _RECORD else column].add(value)
    return Known({place: _labels(place, wanted) for place, wanted in keys.items()})


def members_in_words(dimension: str, members: Iterable[object], formats: Formats) -> list[str]:
    """The members of a dimension by name."""
    listed = list(members)
    if not _by_key(dimension):
        return [formats.member(dimension, member) for member in listed]
    found = _labels(dimension, {member for member in listed if isinstance(member, int)})
    return [NONE if member is None else found.get(member, f"No. {member}") for member in listed]  # type: ignore[call-overload]


def _by_key(column: str) -> bool:
    return column in DIMENSIONS and DIMENSIONS[column].by_key


def _labels(place: str, keys: set[int]) -> Mapping[int, str]:
    """Names by key, from the CRM database. While it cannot be read there are none, and keys stay keys."""
    engine = cache.crm()
    try:
        with reported(engine), engine.connect() as crm:
            return labels(crm, place, sorted(keys))
    except CrmUnavailable:
        return {}
