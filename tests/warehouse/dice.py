"""Random values and keys, for making rows of a CRM database."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from crm_data.schema import metadata

NOW = datetime(2025, 7, 1, 9, 30, tzinfo=UTC)
CURRENCIES = ("EUR", "USD", "GBP")
_FIRST = date(2024, 1, 1)


class Dice:
    """Random values, and keys that exist."""

    def __init__(self, seed: int, connection: Connection) -> None:
        self.random = random.Random(seed)
        self.connection = connection

    def maybe(self, value: Any, chance: float = 0.75) -> Any:
        return value if self.random.random() < chance else None

    def of(self, *values: Any) -> Any:
        return self.random.choice(values)

    def key(self, table: str) -> int | None:
        keys = self.connection.execute(select(metadata.tables[table].c.id)).scalars().all()
        return self.random.choice(keys) if keys else None

    def day(self) -> date:
        return _FIRST + timedelta(days=self.random.randrange(600))

    def instant(self) -> datetime:
        return datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=self.random.randrange(600 * 86400))

    def money(self) -> Decimal:
        return Decimal(self.random.randrange(-200_000, 20_000_000)) / 10_000


#: Makes a random row, or None where a parent is missing.
Make = Callable[[Dice], dict[str, Any] | None]


def under(parent: str, column: str, make: Callable[[Dice], dict[str, Any]]) -> Make:
    """A row with a key of `parent` in `column`."""

    def made(d: Dice) -> dict[str, Any] | None:
        key = d.key(parent)
        return None if key is None else {column: key, **make(d)}

    return made
