"""The audit log: a line for each change, whoever made it; and values on their way into it and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, Date, Numeric, Table, insert

from crm_data.schema.system import audit_log
from crm_data.schema.types import Money, UTCDateTime

Row = dict[str, Any]


def note(
    connection: Connection,
    at: datetime,
    actor: str,
    action: str,
    table: str,
    row: int | None,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    act: int | None = None,
    undoes: int | None = None,
    deed: str | None = None,
) -> int:
    """One line, in the caller's transaction; gives its key."""
    values = {
        "at": at,
        "actor": actor,
        "action": action,
        "table_name": table,
        "row_id": row,
        "before": None if before is None else written_row(before),
        "after": None if after is None else written_row(after),
        "act": act,
        "undoes": undoes,
        "deed": deed,
    }
    return int(connection.execute(insert(audit_log).values(**values).returning(audit_log.c.id)).scalar_one())


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Row, Row]:
    """Both, so far as they differ: what the log keeps of an update."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def written(value: Any) -> Any:
    """A column's value as JSON has it: instants and days as ISO text, amounts as decimal text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read(column: Column[Any], value: Any) -> Any:
    """The value that `written` wrote."""
    if value is None or not isinstance(value, str):
        return value
    if isinstance(column.type, UTCDateTime):
        return datetime.fromisoformat(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return Decimal(value) if isinstance(column.type, Money | Numeric) else value


def written_row(row: Mapping[str, Any]) -> Row:
    return {name: written(value) for name, value in row.items()}


def read_row(table: Table, row: Row) -> Row:
    return {name: read(table.c[name], value) for name, value in row.items()}
