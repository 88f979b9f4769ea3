"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Numeric
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

#: Primary and foreign keys: 64 bit everywhere; SQLite wants INTEGER for its rowid.
Key = BigInteger().with_variant(Integer, "sqlite")

#: None is NULL, not the JSON word `null`.
Json = JSON(none_as_null=True)

MONEY_SCALE = 10_000


class Money(TypeDecorator[Decimal]):
    """An exact amount with four decimals.

    NUMERIC(19, 4) on PostgreSQL. SQLite has no decimals, so it holds whole ten-thousandths:
    1054.00 is stored as 10540000, and SUM stays exact.
    """

    impl = Numeric(19, 4)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(19, 4))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError(f"money must be exact: give Decimal or int, not the float {value!r}")
        if dialect.name != "sqlite":
            return value
        scaled = Decimal(value) * MONEY_SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than four decimals")
        return int(scaled)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value) / MONEY_SCALE if dialect.name == "sqlite" else Decimal(value)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Naive values are refused going in; what comes out is aware, in UTC.

    TIMESTAMP WITH TIME ZONE on PostgreSQL; `2026-11-21 09:30:00.000000` in UTC on SQLite.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class db_now(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function that it is
    """The database's own clock, written as UTCDateTime writes.

    SQLite's CURRENT_TIMESTAMP stops at the second and PostgreSQL's stands still during a
    transaction; rows stamped so would sort before changes that they follow.
    """

    type = UTCDateTime()
    inherit_cache = True


@compiles(db_now, "sqlite")
def _sqlite_now(_element: db_now, _compiler: Any, **_options: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


@compiles(db_now)
def _now(_element: db_now, _compiler: Any, **_options: Any) -> str:
    return "clock_timestamp()"
