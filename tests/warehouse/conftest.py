"""A small CRM to fill by hand, and the facts that it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from crm_data.schema import metadata
from crm_data.warehouse import Copy, open_copy

NOW = datetime(2025, 7, 1, 9, 30, tzinfo=UTC)


def add(crm: Engine, table: str, **values: Any) -> int:
    """Insert a row; gives its key."""
    with crm.begin() as connection:
        key = connection.execute(insert(metadata.tables[table]).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def sql(crm: Engine, statement: str) -> None:
    """Plain SQL, as another program would write it."""
    with crm.begin() as connection:
        connection.exec_driver_sql(statement)


def rows(copy: Copy, question: str) -> list[tuple[Any, ...]]:
    with copy.reading() as connection:
        return connection.execute(question).fetchall()


@pytest.fixture
def facts(crm: Engine, tmp_path: Path) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Answers of the copy, brought up to date as of NOW before each."""
    with open_copy(crm, tmp_path / "copy.duckdb", refresh=False) as copy:

        def ask(question: str, now: datetime = NOW) -> list[tuple[Any, ...]]:
            copy.refresh(now=now)
            return rows(copy, question)

        yield ask
