"""A small demo on each database, and one of the documented size: for tests that only read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.demo.document import DOCUMENTED_DAY
from crm_data.demo.make import make_demo
from crm_data.demo.plan import DEFAULT_EVENTS, DEFAULT_SEED, Plan
from crm_data.engine import connect
from tests.conftest import ENGINES

SMALL = Plan(2_000, date(2026, 11, 21), 7)


def make(engine: Engine, plan: Plan = SMALL, *, replace: bool = False) -> dict[str, int]:
    return make_demo(engine, events=plan.events, today=plan.today, seed=plan.seed, replace=replace)


@pytest.fixture(scope="session", params=ENGINES)
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The small demo. Tests that change it use `crm` and `make` instead."""
    if request.param == "sqlite":
        engine = _file(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("demo"))
    else:
        admin = request.getfixturevalue("postgres_server")
        with admin.connect() as connection:
            connection.exec_driver_sql("CREATE DATABASE small_demo TEMPLATE template_crm")
        engine = connect(admin.url.set(database="small_demo"))
    make(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def documented(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The demo that docs/demo.md describes."""
    engine = _file(sqlite_template, tmp_path_factory.mktemp("documented"))
    make(engine, Plan(DEFAULT_EVENTS, DOCUMENTED_DAY, DEFAULT_SEED))
    yield engine
    engine.dispose()


def _file(template: Path, folder: Path) -> Engine:
    shutil.copy(template, folder / "crm.db")
    return connect(f"sqlite:///{folder / 'crm.db'}")
