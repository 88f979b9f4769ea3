"""The app's thread that follows the CRM database."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.engine import connect
from crm_data.warehouse import Keeper, open_copy
from tests.warehouse.conftest import add, rows, sql
from tests.warehouse.random_crm import NOW

PATIENCE = 60.0  # seconds


@pytest.fixture
def keeper(crm: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    monkeypatch.setenv("CRM_HOME", str(tmp_path / "home"))
    keeper = Keeper(crm)
    keeper.start()
    yield keeper
    keeper.stop()


def within(reached: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it comes to that; a keeper takes a second, a busy machine longer."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if reached():
            return True
        time.sleep(0.02)
    return False


def leads(keeper: Keeper) -> int:
    assert keeper.copy is not None
    return keeper.copy.state.rows["leads"]


def test_a_change_by_anybody_is_seen(crm: Engine, keeper: Keeper) -> None:
    assert within(lambda: keeper.copy is not None)
    assert keeper.progress == 1.0
    for n in (1, 2):
        sql(crm, f"INSERT INTO leads (created_at) VALUES ('2025-07-0{n} 12:00:00')")
        assert within(lambda: leads(keeper) == n), keeper.error  # noqa: B023 - called at once
    assert keeper.error is None
    keeper.stop()
    with open_copy(crm) as copy:
        assert not copy.private, "the keeper has let go"
        assert copy.state.rows["leads"] == 2


def test_a_keeper_that_is_hurried_has_what_was_just_written(
    crm: Engine, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert within(lambda: keeper.copy is not None)
    monkeypatch.setattr("crm_data.warehouse.keeper._EVERY", 60)
    keeper.hurry(PATIENCE)  # the look after this one would come in a minute
    sql(crm, "INSERT INTO leads (created_at) VALUES ('2025-07-01 12:00:00')")
    keeper.hurry(PATIENCE)
    assert leads(keeper) == 1


def test_a_missing_rate_is_said_until_there_is_one(crm: Engine, keeper: Keeper) -> None:
    assert within(lambda: keeper.copy is not None)
    add(crm, "spend", spent_on=date(2025, 2, 3), amount=10, currency="CHF")
    assert within(lambda: keeper.error is not None)
    assert keeper.error is not None
    assert "from CHF to EUR on or before 2025-02-03" in keeper.error
    for _ in range(2):
        keeper.hurry(PATIENCE)  # another look at an unchanged database does not make it better
    assert keeper.error is not None
    assert keeper.copy is not None
    assert rows(keeper.copy, "SELECT count(*) FROM spend") == [(0,)]
    add(crm, "exchange_rates", currency="CHF", valid_on=date(2025, 1, 1), rate=Decimal("1.05"))
    assert within(lambda: keeper.error is None)
    assert rows(keeper.copy, "SELECT amount_cents FROM spend") == [(1050,)]


def test_the_last_good_copy_answers_while_the_crm_is_gone(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_HOME", str(tmp_path / "home"))
    file, away = tmp_path / "crm.db", tmp_path / "away.db"
    shutil.copy(sqlite_template, file)
    crm = connect(f"sqlite:///{file}")
    add(crm, "leads", created_at=NOW)
    keeper = Keeper(crm)
    keeper.start()
    try:
        assert within(lambda: keeper.copy is not None)
        crm.dispose()
        file.rename(away)
        assert within(lambda: keeper.error is not None)
        assert "is not there" in str(keeper.error)
        assert keeper.copy is not None
        assert rows(keeper.copy, "SELECT count(*) FROM leads") == [(1,)]
        assert not file.exists(), "looking for it does not make an empty one"
        away.rename(file)
        assert within(lambda: keeper.error is None)
        add(crm, "leads", created_at=NOW)
        assert within(lambda: leads(keeper) == 2)
    finally:
        keeper.stop()
        crm.dispose()


def test_it_waits_for_a_crm_that_is_not_there_yet(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_HOME", str(tmp_path / "home"))
    crm = connect(f"sqlite:///{tmp_path / 'crm.db'}")
    keeper = Keeper(crm)
    keeper.start()
    try:
        assert within(lambda: keeper.error is not None)
        assert keeper.copy is None
        shutil.copy(sqlite_template, tmp_path / "crm.db")
        assert within(lambda: keeper.copy is not None and keeper.error is None)
    finally:
        keeper.stop()
        crm.dispose()


def test_a_look_after_which_pages_would_show_something_else_is_told(crm: Engine, keeper: Keeper) -> None:
    told: list[object] = []
    assert within(lambda: keeper.copy is not None)
    keeper.hurry(10)
    keeper.listener = lambda: told.append(keeper.shown)
    keeper.hurry(10)
    assert told == [], "nothing has changed"
    sql(crm, "INSERT INTO leads (created_at) VALUES ('2025-07-01 12:00:00')")
    assert within(lambda: bool(told))
    assert told == [keeper.shown]
