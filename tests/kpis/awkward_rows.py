"""Reading and changing rows of the CRM database by key, for planting awkward ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

DAY = timedelta(days=1)


def every(crm: Connection, table: Table, step: int, first: int) -> Iterator[Any]:
    """The rows whose key leaves this remainder."""
    rows = crm.execute(select(table).where(table.c.id % step == first % step).order_by(table.c.id)).mappings()
    yield from rows.all()


def put(crm: Connection, table: Table, key: int, **values: Any) -> None:
    """Change a row."""
    crm.execute(update(table).where(table.c.id == key).values(**values))


def put_every(crm: Connection, table: Table, step: int, first: int, **values: Any) -> None:
    """Change the rows whose key leaves this remainder."""
    crm.execute(update(table).where(table.c.id % step == first % step).values(**values))


def add(crm: Connection, table: Table, **values: Any) -> int:
    """Add a row; gives its key."""
    key = crm.execute(insert(table).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def instant(day: date, hour: int, minute: int = 30) -> datetime:
    """In UTC. Late at night it is the next day in Berlin: in summer from ten, in winter from eleven on."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
