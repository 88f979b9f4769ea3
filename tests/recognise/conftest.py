"""A CRM to import into, on SQLite: what recognition makes of files does not hang on the database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from crm_data.engine import connect
from crm_data.importers.outcome import Outcome
from crm_data.importers.recognise import Proposal, propose, recognise
from crm_data.importers.run import run_import
from crm_data.schema import metadata

Load = Callable[..., tuple[Outcome, Proposal]]


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, without a vocabulary of the machine's owner."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("CRM_HOME", str(folder))
    return folder


@pytest.fixture
def own(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    shutil.copy(sqlite_template, tmp_path / "own.db")
    engine = connect(f"sqlite:///{tmp_path / 'own.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
def load(own: Engine, tmp_path: Path) -> Load:
    """Import files as they are recognised."""

    def run(*paths: Path, **hints: object) -> tuple[Outcome, Proposal]:
        proposal = propose(recognise(paths), **hints)  # type: ignore[arg-type]
        return run_import(own, proposal.mapping, paths, tmp_path / "reports", lambda *_: None), proposal

    return run


def rows(engine: Engine, table: str, *columns: str) -> list[tuple[Any, ...]]:
    query = select(*(metadata.tables[table].c[name] for name in columns)).order_by(
        metadata.tables[table].c.id
    )
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def problem(path: Path) -> str:
    """Why nothing is recognised."""
    (found,) = recognise([path])
    assert found.system is None
    return found.problem or ""
