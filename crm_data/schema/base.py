"""What every table of the CRM has in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    column,
)
from sqlalchemy.schema import SchemaItem

from crm_data.schema.types import Key, Money, UTCDateTime, db_now

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def utc_now() -> datetime:
    return datetime.now(UTC)


def record(name: str, *columns: SchemaItem, **options: Any) -> Table:
    """A table whose rows come from people or other systems.

    `source_system` and `source_id` say which row of which system it is; together they are unique.
    `version` counts changes, so that two editors notice each other; `updated_at` lets the copy find
    what changed. Triggers keep both right when somebody writes past this package.
    """
    return Table(
        name,
        metadata,
        Column("id", Key, primary_key=True),
        *columns,
        Column("source_system", String(40), nullable=False, server_default="app"),
        Column("source_id", String(200)),
        Column("version", Integer, nullable=False, server_default="1"),
        Column(
            "updated_at",
            UTCDateTime,
            nullable=False,
            index=True,
            default=utc_now,
            server_default=db_now(),
        ),
        UniqueConstraint("source_system", "source_id"),
        sqlite_autoincrement=True,  # a tombstone's key must never come back as another row
        **options,
    )


def reference(name: str, table: str, *, required: bool = False) -> Column[Any]:
    """A foreign key. Rows that others refer to cannot be deleted; merge or reassign first."""
    return Column(name, Key, ForeignKey(f"{table}.id"), nullable=not required, index=True)


def money(name: str, *, required: bool = False) -> Column[Any]:
    """An amount in the row's `currency`."""
    return Column(name, Money, nullable=not required)


def currency(*, required: bool = False) -> Column[Any]:
    """An ISO 4217 code."""
    return Column("currency", String(3), nullable=not required)


def one_of(column: str, *values: str) -> CheckConstraint:
    """The column holds one of these words (or nothing, where it may be empty)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column, info={"column": column, "words": values})


def unique_without(empty: str, name: str, *columns: str) -> Index:
    """At most one row with these columns where `empty` is NULL, which UNIQUE holds to differ from NULL."""
    only_where = column(empty).is_(None)
    return Index(name, *columns, unique=True, sqlite_where=only_where, postgresql_where=only_where)
