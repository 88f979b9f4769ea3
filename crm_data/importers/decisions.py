"""What a person decided about an import before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Merge:
    """The row `other` of the files becomes part of another row instead of a row of its own.

    `into` is the source id of another row of the same object and import, or the key (a whole number) of
    a row that the CRM has. What that row lacks is filled from `other`; with `wins`, what `other` has
    counts even where both have something.
    """

    object: str
    other: str
    into: str | int
    wins: bool = False


@dataclass(frozen=True)
class Decisions:
    """`delete`: object -> keys of rows that the CRM has and a full export has no more."""

    merges: tuple[Merge, ...] = ()
    delete: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "merges": [asdict(merge) for merge in self.merges],
            "delete": {name: sorted(keys) for name, keys in self.delete.items() if keys},
        }
