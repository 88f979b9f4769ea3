"""Members and records in words. Keys get their names from the CRM database, for those who may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from crm_data import reads
from kpis.dimensions import DIMENSIONS
from kpis.formats import NONE, Formats


class Names:
    """Looks up names in the CRM database; without one keys stay keys."""

    def __init__(self, crm: Connection | None, formats: Formats) -> None:
        self._crm = crm
        self._formats = formats

    def of(self, dimension: str, members: Iterable[object]) -> Mapping[object, str]:
        """Each member in words."""
        wanted = list(members)
        if not (dimension in DIMENSIONS and DIMENSIONS[dimension].by_key):
            return {member: self._formats.member(dimension, member) for member in wanted}
        keys = [member for member in wanted if isinstance(member, int)]
        known: Mapping[Any, str] = reads.labels(self._crm, dimension, keys) if self._crm else {}
        return {member: NONE if member is None else known.get(member, f"No. {member}") for member in wanted}

    def records(self, table: str, keys: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
        """Title and details of records by key; those that are gone are left out."""
        if self._crm is None or not table:
            return {}
        return {row["id"]: row for row in reads.records(self._crm, table, keys)}
