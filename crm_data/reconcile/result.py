"""What a reconciliation found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

#: Differences that are kept one by one; beyond, they are only counted and added up.
MOST = 2000


@dataclass
class Tally:
    """Rows of one object. read = found + merged + rejected + replaced + missing.

    `parts`: rows of further files that complete rows of the first; they are no rows of their own.
    """

    object: str
    read: int = 0  # in the files
    found: int = 0  # of them, in the CRM now, each as a row of its own
    merged: int = 0  # part of another row of the CRM, or hidden behind one
    rejected: int = 0  # kept out by the import
    replaced: int = 0  # by a later row with the same id
    parts: int = 0
    missing: int = 0  # not in the CRM for another reason, which is listed
    crm: int = 0  # all rows of this source that the CRM holds now
    elsewhere: int = 0  # of those, rows that these files do not have


@dataclass
class Share:
    """The rows of one object with one status or month, and one currency: in the files and in the CRM.

    Only rows that these files have; among them are those that are not in the CRM, or replaced there by a
    later one with the same id. `currency` is empty where the object has no amounts.
    """

    object: str
    by: str  # status, month
    key: str
    currency: str
    rows: int = 0
    amount: Decimal = Decimal(0)
    crm_rows: int = 0
    crm_amount: Decimal = Decimal(0)

    @property
    def agrees(self) -> bool:
        return (self.rows, self.amount) == (self.crm_rows, self.crm_amount)


@dataclass(frozen=True)
class Difference:
    """A row that is not the same in both. `effect`: what it adds to the CRM's sum; None: nothing to add.

    `explained`: the reason is known. Otherwise the import or the CRM has to be looked at.
    """

    object: str
    source_id: str
    file: str
    line: int
    what: str  # row, amount, currency, status, month
    in_file: str
    in_crm: str
    reason: str
    explained: bool
    currency: str = ""
    effect: Decimal | None = None


@dataclass
class Cause:
    """All differences of one object with one reason and currency, added up."""

    object: str
    reason: str
    explained: bool
    currency: str
    rows: int = 0
    effect: Decimal = Decimal(0)


@dataclass
class Reconciliation:
    source: str
    objects: list[Tally] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    causes: list[Cause] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # what could not be read again

    @property
    def unexplained(self) -> int:
        """Rows that differ for no reason that is known."""
        return sum(cause.rows for cause in self.causes if not cause.explained)

    @property
    def agrees(self) -> bool:
        """Each row of the files is the same in the CRM, but for those that say nothing of their own."""
        return not self.causes

    @property
    def replaced(self) -> int:
        """Rows that do not count, since a later one has their id."""
        return sum(one.replaced for one in self.objects)

    def totals(self) -> Iterator[Share]:
        """For each object and currency, the amounts of all rows."""
        found: dict[tuple[str, str], Share] = {}
        for one in self.shares:
            if one.by == "status" and (one.currency or one.amount or one.crm_amount):
                total = found.setdefault(
                    (one.object, one.currency), Share(one.object, "all", "", one.currency)
                )
                total.rows += one.rows
                total.amount += one.amount
                total.crm_rows += one.crm_rows
                total.crm_amount += one.crm_amount
        yield from found.values()

    def as_json(self) -> dict[str, Any]:
        document = asdict(self) | {
            "totals": [asdict(one) for one in self.totals()],
            "agrees": self.agrees,
            "unexplained": self.unexplained,
            "replaced": self.replaced,
        }
        found: dict[str, Any] = _plain(document)
        return found


def _plain(value: Any) -> Any:
    """Amounts as text, so that no digit is lost."""
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value
