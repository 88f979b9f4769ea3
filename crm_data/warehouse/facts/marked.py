"""The custom columns that were marked as dimensions."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ColumnElement, FromClause, String, Table

from crm_data.custom import OWNERS
from crm_data.warehouse.facts.base import facts

# What a record has in a marked custom column, as it is now. Not a fact: nothing is counted here. id is the
# record's; dimension: the mark's key, which begins with what the record is; word: never empty.
marked = Table("marked", facts, Column("id", BigInteger), Column("dimension", String), Column("word", String))

#: The facts whose id is the key of such a record.
_BY_ID = {
    "opportunities": ("deals", "deal_spells", "stage_visits", "close_dates", "attributions"),
    "leads": ("leads",),
}
#: The column of a fact that holds it, where one does.
_BY_COLUMN = {"accounts": "account", "contacts": "contact"}

_TABLES = {word: table for table, word in OWNERS.items()}


def owner_of(dimension: str) -> str | None:
    """The table whose rows have the marked column; None for a key that is no mark's."""
    word, dot, _ = dimension.partition(".")
    return _TABLES.get(word) if dot else None


def carrier(fact: FromClause, dimension: str) -> ColumnElement[int] | None:
    """The column of a fact that says whose marked column it is; None where the fact knows no such record."""
    owner = owner_of(dimension)
    if owner in _BY_COLUMN:
        return fact.c.get(_BY_COLUMN[owner])
    return fact.c.id if getattr(fact, "name", "") in _BY_ID.get(owner or "", ()) else None
