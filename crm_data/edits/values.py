"""Values on their way into the audit log and back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Date, Table

from crm_data.schema.types import Money, UTCDateTime

Row = dict[str, Any]


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
    return Decimal(value) if isinstance(column.type, Money) else value


def written_row(row: Row) -> Row:
    return {name: written(value) for name, value in row.items()}


def read_row(table: Table, row: Row) -> Row:
    return {name: read(table.c[name], value) for name, value in row.items()}
