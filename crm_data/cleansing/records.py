"""What is compared to find duplicates, how, and what is found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from crm_data.cleansing.compare import Kind


@dataclass(frozen=True)
class Field:
    """A field that is compared. `label`: its name in an explanation. clean: from a folded text to what is
    compared."""

    name: str
    label: str
    kind: Kind
    clean: Callable[[str], str] = str


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
    """`values`: folded texts without double spaces, in the order of the scheme's fields, empty where there is
    none.

    Two records that are not `fresh` are not compared: what is old was judged before.
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
