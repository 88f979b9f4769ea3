"""What a refusal of the database means, in words."""

from __future__ import annotations

import re

from sqlalchemy import CheckConstraint, Table, UniqueConstraint
from sqlalchemy.exc import DBAPIError


def explained(table: Table, error: DBAPIError) -> tuple[str, str]:
    """The columns concerned, and the reason."""
    said = str(error.orig)
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None) or _named(said)
    for constraint in table.constraints:
        if str(constraint.name) == name:
            if isinstance(constraint, CheckConstraint):
                return "", f"breaks the rule that {constraint.sqltext}"
            if isinstance(constraint, UniqueConstraint):
                return _same(constraint.columns.keys())
    for index in table.indexes:
        if index.unique and index.name == name:
            return _same(index.columns.keys())
    if unique := re.match(r"UNIQUE constraint failed: (.+)", said):
        return _same([column.rpartition(".")[2] for column in unique[1].split(", ")])
    return "", f"was refused by the database: {said.splitlines()[0]}"


def _named(said: str) -> str:
    """SQLite names a CHECK constraint at the end of its message."""
    return said.rpartition(": ")[2] if said.startswith("CHECK") else ""


def _same(columns: list[str]) -> tuple[str, str]:
    return ", ".join(columns), "is the same as in another row, where it must differ"
