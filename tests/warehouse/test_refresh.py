"""What incremental refreshes make equals what a full load makes, row for row."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, update

from crm_data.engine import connect
from crm_data.schema import metadata
from crm_data.warehouse import Copy, changes, heads, open_copy
from crm_data.warehouse.build_calendar import BUSINESS_DAYS
from crm_data.warehouse.builds import BUILDS
from crm_data.warehouse.mirror import MIRROR
from tests.warehouse import random_crm
from tests.warehouse.conftest import add, rows, sql
from tests.warehouse.random_crm import NOW
from tests.warehouse.sweeping import SWEEPING

CALENDAR = BUSINESS_DAYS.name
PARTS = 4  # for as many of pytest's processes


def contents(copy: Copy) -> dict[str, list[tuple[object, ...]]]:
    tables = [f"crm.{table}" for table in MIRROR] + [build.name for build in BUILDS] + ["marked"]
    asked = {table: f"SELECT * FROM {table}" for table in tables}
    asked[CALENDAR] = f"SELECT bit_xor(hash(d)) FROM {CALENDAR} AS d"  # seventy years of days
    with copy.reading() as cursor:
        return {table: sorted(cursor.execute(one).fetchall(), key=repr) for table, one in asked.items()}


@pytest.mark.parametrize("seed", range(2))
def test_refreshed_is_what_a_full_load_makes(crm: Engine, tmp_path: Path, seed: int) -> None:
    random_crm.fill(crm, seed)
    with (
        open_copy(crm, tmp_path / "a.duckdb", refresh=False) as copy,
        open_copy(crm, tmp_path / "b.duckdb", refresh=False) as fresh,
    ):
        copy.refresh(now=NOW)
        for step in range(6):
            random_crm.change(crm, seed * 1000 + step)
            now = NOW + timedelta(days=20 * step)
            copy.refresh(now=now)
            fresh.refresh(now=now, full=True)
            found, expected = contents(copy), contents(fresh)
            assert copy.state.marked == fresh.state.marked
            assert (copy.state.loaded, fresh.state.loaded) == ("incremental", "full")
            for table, made in expected.items():
                assert found[table] == made, f"{table}, step {step}"


def test_many_rows_come_as_streams(crm: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random_crm.fill(crm, 7)
    with open_copy(crm, tmp_path / "few.duckdb", refresh=False) as few:
        few.refresh(now=NOW)
        monkeypatch.setattr(changes, "FEW", 0)
        with open_copy(crm, tmp_path / "many.duckdb", refresh=False) as many:
            many.refresh(now=NOW)
            assert contents(many) == contents(few)
            random_crm.change(crm, 70)
            many.refresh(now=NOW)
            assert many.state.loaded == "incremental"
            few.refresh(now=NOW, full=True)
            assert contents(many) == contents(few)


def test_what_nobody_changed_is_not_computed_again(crm: Engine, tmp_path: Path) -> None:
    random_crm.fill(crm, 1)
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        before = copy.state
        assert not copy.refresh().changed
        assert copy.state.version == before.version
        sql(crm, "UPDATE accounts SET name = 'Another name' WHERE id = 1")
        assert not copy.refresh().changed, "the copy holds no names"
        sql(crm, "UPDATE emails SET bounced_at = sent_at WHERE id = 1")
        done = copy.refresh()
        assert (done.tables, done.facts) == ({"emails": 1}, {"emails": 1})
        assert copy.state.version == before.version + 1


def test_a_key_that_comes_back_is_another_row(crm: Engine, copy: Copy) -> None:
    first = add(crm, "leads", created_at=NOW, channel="web")
    copy.refresh(now=NOW)
    for channel in ("fair", "web", "fair"):
        sql(crm, "DELETE FROM leads")
        add(crm, "leads", id=first, created_at=NOW, channel=channel)
        copy.refresh(now=NOW)
        assert rows(copy, "SELECT id, channel FROM leads") == [(first, channel)]
    sql(crm, "DELETE FROM leads")
    copy.refresh(now=NOW)
    assert rows(copy, "SELECT id FROM leads") == []
    add(crm, "leads", id=first, created_at=NOW, channel="fair")
    copy.refresh(now=NOW)
    sql(crm, "DELETE FROM leads")
    copy.refresh(now=NOW)
    assert rows(copy, "SELECT id FROM leads") == []


def test_all_rows_deleted_and_others_put_in_their_place(crm: Engine, tmp_path: Path) -> None:
    random_crm.fill(crm, 2)
    with open_copy(crm, tmp_path / "copy.duckdb", refresh=False) as copy:
        copy.refresh(now=NOW)
        with crm.begin() as connection:
            for table in reversed(random_crm.ORDER):
                if table == "regions":
                    connection.exec_driver_sql("UPDATE regions SET parent_id = NULL")
                connection.exec_driver_sql(f"DELETE FROM {table}")
        copy.refresh(now=NOW)
        assert set(copy.state.rows.values()) == {0}
        assert not any(found for table, found in contents(copy).items() if table != CALENDAR)
        random_crm.fill(crm, 3)
        copy.refresh(now=NOW)
        assert copy.state.loaded == "incremental"
        with open_copy(crm, tmp_path / "fresh.duckdb", refresh=False) as fresh:
            fresh.refresh(now=NOW)
            assert contents(copy) == contents(fresh)


def test_a_new_word_widens_its_category(crm: Engine, copy: Copy) -> None:
    for channel in ("web", "fair"):
        add(crm, "leads", created_at=NOW, channel=channel)
    copy.refresh(now=NOW)
    assert copy.members("channel") == ["fair", "web"]
    hostile = 'it\'s a "test"; DROP TABLE leads; --'
    for channel in ("mail", hostile, "", "é🙂"):
        add(crm, "leads", created_at=NOW, channel=channel)
        assert copy.refresh(now=NOW).loaded == "incremental"
    assert copy.members("channel") == sorted(["fair", "web", "mail", hostile, "", "é🙂"])
    in_order = rows(copy, "SELECT channel FROM leads ORDER BY channel")
    assert [channel for (channel,) in in_order] == copy.members("channel")
    with pytest.raises(ValueError, match="no category is called 'account'"):
        copy.members("account")


def test_a_stamp_in_the_future_hides_nothing(crm: Engine, copy: Copy) -> None:
    key = add(crm, "leads", created_at=NOW, channel="web")
    add(crm, "leads", created_at=NOW, updated_at=datetime(2199, 1, 1, tzinfo=UTC))
    copy.refresh(now=NOW)
    for channel in ("fair", "mail"):
        sql(crm, f"UPDATE leads SET channel = '{channel}' WHERE id = {key}")
        copy.refresh(now=NOW)
        assert rows(copy, f"SELECT channel FROM leads WHERE id = {key}") == [(channel,)]


def test_a_row_with_an_old_stamp_is_seen(crm: Engine, copy: Copy) -> None:
    add(crm, "leads", created_at=NOW)
    copy.refresh(now=NOW)
    add(crm, "leads", created_at=NOW, updated_at=datetime(2001, 1, 1, tzinfo=UTC))
    assert copy.refresh(now=NOW).tables == {"leads": 1}


def test_an_import_is_read_from_its_beginning(
    crm: Engine, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "OVERLAP", timedelta(0))
    began = datetime.now(UTC) - timedelta(hours=1)
    keys = [add(crm, "leads", created_at=NOW, channel="web", updated_at=began) for _ in range(2)]
    copy.refresh(now=NOW)
    sql(crm, f"UPDATE leads SET channel = 'late' WHERE id = {keys[0]}")
    copy.refresh(now=NOW)
    with crm.begin() as connection:
        leads = metadata.tables["leads"]
        stamp = began + timedelta(minutes=1)
        connection.execute(update(leads).where(leads.c.id == keys[1]).values(channel="new", updated_at=stamp))
        done = {"source_system": "x", "files": [], "counts": {}, "started_at": began}
        connection.execute(insert(metadata.tables["imports"]).values(**done, finished_at=datetime.now(UTC)))
    copy.refresh(now=NOW)
    assert rows(copy, f"SELECT channel FROM leads WHERE id = {keys[1]}") == [("new",)]


def test_a_transaction_that_commits_late_is_seen(
    crm: Engine, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    if crm.dialect.name == "sqlite":
        return  # SQLite has one writer at a time, so stamps follow commits
    monkeypatch.setattr(heads, "OVERLAP", timedelta(0))
    slow, quick = (add(crm, "leads", created_at=NOW, channel="web") for _ in range(2))
    copy.refresh(now=NOW)
    with crm.connect() as late:
        late.exec_driver_sql(f"UPDATE leads SET channel = 'late' WHERE id = {slow}")
        sql(crm, f"UPDATE leads SET channel = 'quick' WHERE id = {quick}")
        copy.refresh(now=NOW)
        assert rows(copy, "SELECT channel FROM leads ORDER BY id") == [("web",), ("quick",)]
        assert not copy.behind(NOW)
        late.commit()
        assert copy.behind(NOW)
        copy.refresh(now=NOW)
        assert rows(copy, "SELECT channel FROM leads ORDER BY id") == [("late",), ("quick",)]


def test_rows_deleted_past_the_triggers_are_missed_at_the_next_start(crm: Engine, tmp_path: Path) -> None:
    keys = [add(crm, "leads", created_at=NOW) for _ in range(3)]
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        assert copy.state.rows["leads"] == 3
    if crm.dialect.name == "sqlite":
        sql(crm, "DROP TRIGGER leads_bury")
    else:
        sql(crm, "DROP TRIGGER leads_bury ON leads")
    sql(crm, f"DELETE FROM leads WHERE id = {keys[0]}")
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        assert (copy.state.rows["leads"], copy.state.loaded) == (2, "full")


def test_a_database_put_in_the_place_of_another(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "crm.db"
    crm = connect(f"sqlite:///{file}")
    shutil.copy(sqlite_template, file)
    add(crm, "leads", created_at=NOW, channel="old")
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        shutil.copy(sqlite_template, tmp_path / "other.db")
        other = connect(f"sqlite:///{tmp_path / 'other.db'}")
        add(other, "leads", created_at=NOW, channel="new", updated_at=datetime(2020, 1, 1, tzinfo=UTC))
        other.dispose()
        for left in ("crm.db-wal", "crm.db-shm"):
            (tmp_path / left).unlink(missing_ok=True)
        (tmp_path / "other.db").replace(file)
        assert copy.behind()
        copy.refresh()
        assert rows(copy, "SELECT channel FROM leads") == [("new",)]
    crm.dispose()


@pytest.mark.parametrize("part", range(PARTS))
def test_a_change_reaches_all_that_hangs_on_it(sqlite_template: Path, tmp_path: Path, part: int) -> None:
    """Only one way leads from some changes to some facts; forgetting it must not go unnoticed.

    The changes follow on each other. A part begins where the one before it ends.
    """
    begin, end = (len(SWEEPING) * edge // PARTS for edge in (part, part + 1))
    shutil.copy(sqlite_template, tmp_path / "crm.db")
    crm = connect(f"sqlite:///{tmp_path / 'crm.db'}")
    random_crm.fill(crm, 11, rows=14)
    member = add(crm, "accounts", name="Only a member", region_id=1)
    buyer = add(crm, "accounts", name="Only deals")
    add(crm, "memberships", account_id=member, started_on=date(2025, 1, 1))
    add(crm, "opportunities", account_id=buyer, stage="Won", status="won", closed_on=date(2025, 1, 1))
    for account in (member, buyer):
        add(crm, "leads", created_at=NOW - timedelta(days=700), converted_account_id=account)
    with (
        open_copy(crm, tmp_path / "copy.duckdb", refresh=False) as copy,
        open_copy(crm, tmp_path / "fresh.duckdb", refresh=False) as fresh,
    ):
        for change in SWEEPING[:begin]:
            sql(crm, f"UPDATE {change}")
        copy.refresh(now=NOW)
        for change in SWEEPING[begin:end]:
            sql(crm, f"UPDATE {change}")
            copy.refresh(now=NOW)
            fresh.refresh(now=NOW, full=True)
            found, expected = contents(copy), contents(fresh)
            assert {table for table in expected if found[table] != expected[table]} == set(), change
            assert copy.state.loaded == "incremental"
        years_later = NOW + timedelta(days=900)
        copy.refresh(now=years_later)
        fresh.refresh(now=years_later, full=True)
        assert contents(copy) == contents(fresh)
    crm.dispose()
