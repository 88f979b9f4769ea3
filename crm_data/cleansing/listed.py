"""What is said of single rows in a list of findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_data.cleansing.findings import GONE, Group, Row, shown
from crm_data.importers.deleting import Missing
from crm_data.importers.stage import Staged

#: Said of rows that are known by several cells together, where the CRM has none of them.
UNKNOWN = (
    "is not in the CRM yet, nor is any other; if it was imported before, its cells were written otherwise"
)


def gone(row: Missing) -> tuple[Group, Row]:
    """A row that the files have no more; only where the problem is GONE may it be deleted."""
    others = ", ".join(f"{n:,} {other.replace('_', ' ')}" for other, n in sorted(row.referred.items()))
    problem = f"{GONE}, but {others} refer to it" if others else GONE
    if row.unsure:
        problem = "may not be in the files any more; they have broken rows, of which it may be one"
    return Group("gone", row.object, "", problem, 0), of_crm(row.key, row.values)


def repeated(name: str, row: Staged, by: Staged) -> tuple[Group, Row] | None:
    """A row that does not count, since another one has its id; the cell says what is lost of it.

    None: the other one, of another file, only adds to it.
    """
    mine, together = shown(row.values), shown(row.values | by.values)
    lost = [f"{each}: {text}" for each, text in mine.items() if together.get(each) != text]
    if not lost and row.file != by.file:
        return None
    where = "a later row" if row.file == by.file else "a row of a later file"
    problem = f"has the id of {where}, which {'counts, and differs' if lost else 'says the same'}"
    cell = "; ".join([f"id {row.source_id}", *lost])
    return Group("repeated", name, "", problem, 0), Row(row.source_id, None, row.file, row.line, cell, mine)


def of_file(row: Staged, column: str) -> Row:
    values = shown(row.values)
    return Row(row.source_id, None, row.file, row.line, values.get(column, ""), values)


def of_crm(key: int, values: Mapping[Any, Any]) -> Row:
    kept = ("id", "version", "updated_at", "source_system", "source_id", "merged_into_id")
    texts = shown({name: value for name, value in values.items() if name not in kept})
    return Row(str(values.get("source_id") or ""), key, "", 0, "", texts)
