"""What is said of single rows in a list of findings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crm_data.cleansing.findings import GONE, Group, Row, shown
from crm_data.importers.stage import Staged


def gone(name: str, referred: Mapping[str, int]) -> Group:
    others = ", ".join(f"{number:,} {other.replace('_', ' ')}" for other, number in sorted(referred.items()))
    return Group("gone", name, "", f"{GONE}, but {others} refer to it" if others else GONE, 0)


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
