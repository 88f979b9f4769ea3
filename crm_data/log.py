"""What was done to the CRM: imports, and the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from crm_data.schema.system import audit_log
from crm_data.schema.system import imports as imports_table


@dataclass(frozen=True)
class Import:
    """counts: object -> what became of its rows (read, added, …), or only how many there are.

    `can_be_undone`: what it changed was written down, and it was not undone yet.
    """

    key: int
    source: str
    finished_at: datetime
    files: tuple[str, ...]
    counts: dict[str, dict[str, int]]
    can_be_undone: bool
    undone_at: datetime | None
    undone_by: str | None


@dataclass(frozen=True)
class Entry:
    """A line of the audit log. `fields`: what was changed."""

    at: datetime
    actor: str
    action: str
    table: str
    row: int | None
    fields: tuple[str, ...]


def imports(connection: Connection, *, limit: int = 10) -> list[Import]:
    """The last imports, the latest first."""
    newest = select(imports_table).order_by(imports_table.c.id.desc()).limit(limit)
    return [
        Import(
            row.id,
            row.source_system,
            row.finished_at,
            tuple(file["name"] for file in row.files or ()),
            _counts(row.counts),
            row.mapping is not None and row.undone_at is None,
            row.undone_at,
            row.undone_by,
        )
        for row in connection.execute(newest)
    ]


def _counts(counts: Any) -> dict[str, dict[str, int]]:
    found = {}
    for name, each in (counts or {}).items():
        found[name] = each if isinstance(each, dict) else {"added": int(each)}
    return found


def entries(connection: Connection, *, offset: int = 0, limit: int = 25) -> tuple[list[Entry], int]:
    """The audit log, the latest first, and how many lines there are."""
    newest = select(audit_log).order_by(audit_log.c.id.desc()).limit(limit).offset(offset)
    found = [
        Entry(row.at, row.actor, row.action, row.table_name, row.row_id, tuple(row.after or row.before or ()))
        for row in connection.execute(newest)
    ]
    return found, connection.scalar(select(func.count()).select_from(audit_log)) or 0
