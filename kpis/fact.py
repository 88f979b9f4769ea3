"""A table of the copy, what one row of it is, and what its rows are told apart by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Table

from crm_data.warehouse.facts import carrier
from kpis.dimensions import DIMENSIONS


def has_member(table: Table, dimension: str) -> bool:
    """Each row of the table has a member of the dimension, known or not."""
    return dimension in table.c or carrier(table, dimension) is not None


@dataclass(frozen=True, eq=False)
class Fact:
    """A table of the copy and what one row of it is."""

    table: Table
    one: str  # in words: "deal"
    many: str
    record: str  # the CRM table that `id` is a key of
    undated: str  # in words, what a row without a clock date lacks
    times: Column[Any] | None = None  # how many things one row stands for; None: one. They are the n

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Its columns, and the marked custom columns of the records that its rows belong to."""
        marked = (one.key for one in DIMENSIONS.marked if carrier(self.table, one.key) is not None)
        return (*self._columns, *marked)

    @cached_property
    def _columns(self) -> tuple[str, ...]:
        return tuple(key for key in DIMENSIONS if key in self.table.c)

    @property
    def key(self) -> str:
        return self.table.name

    @property
    def c(self) -> Any:
        return self.table.c
