"""What the first revisions' tables have in common. Frozen: later revisions spell out their own columns."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, UniqueConstraint, text
from sqlalchemy.schema import SchemaItem

from crm_data.schema.types import Key, UTCDateTime, db_now


def record(name: str, *columns: SchemaItem) -> None:
    """A table of rows from people or other systems, with their source, version and last change."""
    op.create_table(
        name,
        Column("id", Key, primary_key=True),
        *columns,
        Column("source_system", String(40), nullable=False, server_default="app"),
        Column("source_id", String(200)),
        Column("version", Integer, nullable=False, server_default="1"),
        Column("updated_at", UTCDateTime, nullable=False, index=True, server_default=db_now()),
        UniqueConstraint("source_system", "source_id"),
        sqlite_autoincrement=True,
    )


def reference(name: str, table: str, *, required: bool = False) -> Column[Any]:
    return Column(name, Key, ForeignKey(f"{table}.id"), nullable=not required, index=True)


def one_of(column: str, *values: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def unique_without(empty: str, name: str, table: str, *columns: str) -> None:
    """At most one row with these columns where `empty` is NULL."""
    only_where = text(f"{empty} IS NULL")
    op.create_index(
        name, table, list(columns), unique=True, sqlite_where=only_where, postgresql_where=only_where
    )


def drop(*tables: str) -> None:
    for table in tables:
        op.drop_table(table)
