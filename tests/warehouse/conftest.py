"""A small CRM to fill by hand, and the facts that it makes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from crm_data.engine import connect
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


@dataclass(frozen=True)
class Copies:
    """Files of copies to begin with: making one takes longer than filling it."""

    never_loaded: Path
    of_nothing: Path  # loaded from a CRM without rows


@pytest.fixture(scope="session")
def copies(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    folder = tmp_path_factory.mktemp("copies")
    made = Copies(folder / "never.duckdb", folder / "nothing.duckdb")
    engine = connect(f"sqlite:///{shutil.copy(sqlite_template, folder)}")
    with open_copy(engine, made.never_loaded, refresh=False):
        pass
    with open_copy(engine, made.of_nothing, refresh=False) as copy:
        copy.refresh(now=NOW)
    engine.dispose()
    return made


@pytest.fixture
def copy(crm: Engine, copies: Copies, tmp_path: Path) -> Iterator[Copy]:
    """The copy of the CRM before there are rows in it, as of NOW."""
    path = tmp_path / "copy.duckdb"
    shutil.copy(copies.of_nothing, path)
    with open_copy(crm, path, refresh=False) as opened:
        yield opened


@pytest.fixture
def facts(crm: Engine, copies: Copies, tmp_path: Path) -> Iterator[Callable[[str], list[tuple[Any, ...]]]]:
    """Answers of the copy, brought up to date as of NOW before each.

    What is in the CRM by the first question is loaded whole from SQLite, and comes as a change from
    PostgreSQL: both ways have to make the same facts.
    """
    path = tmp_path / "facts.duckdb"
    shutil.copy(copies.never_loaded if crm.dialect.name == "sqlite" else copies.of_nothing, path)
    with open_copy(crm, path, refresh=False) as copy:

        def ask(question: str, now: datetime = NOW) -> list[tuple[Any, ...]]:
            copy.refresh(now=now)
            return rows(copy, question)

        yield ask
