"""What facts show of an account that is edited: the right thing, written where the rows are."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from crm_data.engine import connect
from crm_data.warehouse import Copy, of_account, open_copy
from tests.warehouse import random_crm
from tests.warehouse.conftest import add, rows, sql
from tests.warehouse.random_crm import NOW
from tests.warehouse.test_refresh import contents

SEGMENTS = "SELECT id, segment FROM invoice_lines ORDER BY id"


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sqlite_template, tmp_path / "crm.db"))


@pytest.fixture
def crm(file: Path) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{file}")
    yield engine
    engine.dispose()


@pytest.fixture
def copy(crm: Engine, tmp_path: Path) -> Iterator[Copy]:
    with open_copy(crm, tmp_path / "copy.duckdb", refresh=False) as copy:
        yield copy


def _account(crm: Engine, **values: Any) -> int:
    return add(crm, "accounts", name="A", **values)


def _line(crm: Engine, account: int, day: date) -> int:
    dated = {"issued_on": day, "due_on": day + timedelta(days=30)}
    bill = add(crm, "invoices", account_id=account, currency="EUR", kind="invoice", **dated)
    return add(crm, "invoice_lines", invoice_id=bill, amount=10)


def _moved(crm: Engine, account: int, at: datetime, segment: str) -> None:
    add(crm, "account_history", account_id=account, changed_at=at, segment=segment)


def _follow(copy: Copy) -> dict[str, int]:
    done = copy.refresh(now=NOW)
    assert done.loaded == "incremental"
    return done.facts


def test_rows_stay_where_they_are(crm: Engine, copy: Copy) -> None:
    edited, other = (_account(crm, size="small") for _ in range(2))
    for month in range(1, 13):
        for account in (edited, other):
            _line(crm, account, date(2024, month, 1))
    places = "SELECT rowid, id FROM invoice_lines ORDER BY rowid"
    copy.refresh(now=NOW)
    before = rows(copy, places)
    sql(crm, f"UPDATE accounts SET size = 'large', acquisition_channel = 'fair' WHERE id = {edited}")
    assert _follow(copy)["invoice_lines"] == 12
    assert rows(copy, places) == before
    for fact in ("invoice_lines", "receivable_spells"):
        assert rows(copy, f"SELECT DISTINCT account, size, channel FROM {fact} ORDER BY account") == [
            (edited, "large", "fair"),
            (other, "small", None),
        ]


def test_an_account_that_moves_leaves_its_past_as_it_was(crm: Engine, copy: Copy) -> None:
    account = _account(crm, segment="Retail")
    _moved(crm, account, datetime(2024, 1, 1, tzinfo=UTC), "Retail")
    early, late = (_line(crm, account, date(2024, month, 1)) for month in (3, 9))
    won = {"stage": "Won", "status": "won", "closed_on": date(2024, 3, 1)}
    add(crm, "opportunities", account_id=account, **won)
    copy.refresh(now=NOW)
    sql(crm, f"UPDATE accounts SET segment = 'Trade' WHERE id = {account}")
    _moved(crm, account, datetime(2024, 6, 1, 12, tzinfo=UTC), "Trade")
    found = _follow(copy)
    assert found["invoice_lines"] == 1
    assert "deals" not in found, "nothing of it has become other"
    assert rows(copy, SEGMENTS) == [(early, "Retail"), (late, "Trade")]


def test_the_segment_says_for_how_long_a_buyer_is_a_customer(crm: Engine, copy: Copy) -> None:
    for segment, days in (("Retail", 30), ("Trade", 300)):
        add(crm, "silence_thresholds", segment=segment, days=days, basis="by hand")
    account = _account(crm, segment="Retail")
    _line(crm, account, date(2024, 3, 1))
    add(crm, "activities", account_id=account, kind="call", happened_at=datetime(2024, 6, 1, 12, tzinfo=UTC))
    then = "SELECT segment, with_customer FROM activities"
    copy.refresh(now=NOW)
    assert rows(copy, then) == [("Retail", 0)]
    sql(crm, f"UPDATE accounts SET segment = 'Trade' WHERE id = {account}")
    _follow(copy)
    assert rows(copy, then) == [("Trade", 1)]


def test_an_account_that_another_program_deletes_and_puts_back(file: Path, crm: Engine, copy: Copy) -> None:
    account = _account(crm, segment="Retail")
    line = _line(crm, account, date(2024, 3, 1))
    copy.refresh(now=NOW)
    with closing(sqlite3.connect(file)) as program, program:  # which enforces no foreign keys
        program.execute(f"DELETE FROM accounts WHERE id = {account}")
    _follow(copy)
    assert rows(copy, SEGMENTS) == [(line, None)]
    _account(crm, id=account, segment="Trade")
    _follow(copy)
    assert rows(copy, SEGMENTS) == [(line, "Trade")]


def test_all_that_an_account_shows(
    crm: Engine, copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written where it is, and computed again as it is for very many accounts."""
    random_crm.fill(crm, 5, rows=14)
    copy.refresh(now=NOW)
    with open_copy(crm, tmp_path / "fresh.duckdb", refresh=False) as fresh:
        for changes in (
            [*_everywhere("industry = 'Another', segment = 'Another'"), "accounts SET size = 'another'"],
            ["accounts SET country = 'XX'"],
            ["accounts SET acquisition_channel = 'another'"],
            _everywhere("owner_id = (SELECT max(id) FROM users), region_id = (SELECT max(id) FROM regions)"),
            None,
        ):
            if changes is None:
                monkeypatch.setattr(of_account, "_FEW", 0)
                changes = [*_everywhere("industry = NULL, owner_id = NULL"), "accounts SET size = NULL"]
            for change in changes:
                sql(crm, f"UPDATE {change}")
            _follow(copy)
            fresh.refresh(now=NOW, full=True)
            found, expected = contents(copy), contents(fresh)
            assert {table for table in expected if found[table] != expected[table]} == set(), changes


def _everywhere(change: str) -> list[str]:
    return [f"accounts SET {change}", f"account_history SET {change}"]
