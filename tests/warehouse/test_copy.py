"""The copy's file: shared with other processes, killed, damaged, read while it is written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Engine, String, create_engine, func, select

from crm_data.engine import ROOT, CrmUnavailable, connect
from crm_data.warehouse import CopyError, facts, open_copy, publish, store
from crm_data.warehouse.build import category_of
from crm_data.warehouse.builds import FACTS
from tests.warehouse import random_crm
from tests.warehouse.conftest import add, rows, sql
from tests.warehouse.random_crm import NOW
from tests.warehouse.test_refresh import contents

#: What another program does with the copy at argv[2] of the CRM at argv[1].
_OTHER = """
import json, os, signal, sys
from pathlib import Path
from crm_data.engine import connect
from crm_data.warehouse import open_copy, state
from sqlalchemy import select, func
from crm_data.warehouse.facts import leads

engine, path = connect(sys.argv[1]), Path(sys.argv[2])
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
{body}
"""
_COUNT = """
with open_copy(engine, path) as copy:
    n = copy.run(select(func.count()).select_from(leads)).column(0)[0].as_py()
    print(json.dumps([n, copy.private, copy.state.loaded, copy.state.version]))
"""


def other(crm_url: str, path: Path, body: str = _COUNT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _OTHER.format(body=body), crm_url, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_other_processes_answer_while_one_holds_the_copy(crm: Engine, crm_url: str, tmp_path: Path) -> None:
    path = tmp_path / "copies" / "copy.duckdb"
    path.parent.mkdir()
    add(crm, "leads", created_at=NOW)
    with open_copy(crm, path) as mine:
        add(crm, "leads", created_at=NOW)
        found = other(crm_url, path)
        assert json.loads(found.stdout) == [2, True, "incremental", 2], found.stderr
        assert mine.state.rows["leads"] == 1, "the other one refreshed its own copy"
        mine.refresh()
        assert mine.state.rows["leads"] == 2
    assert sorted(file.name for file in path.parent.iterdir()) == ["copy.duckdb", "copy.snapshot.duckdb"]
    found = other(crm_url, path)
    assert json.loads(found.stdout) == [2, False, "incremental", 2], found.stderr


def test_another_process_needs_no_published_copy(crm: Engine, crm_url: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.duckdb"
    add(crm, "leads", created_at=NOW)
    with open_copy(crm, path):
        path.with_suffix(".snapshot.duckdb").unlink()
        found = other(crm_url, path)
        assert json.loads(found.stdout) == [1, True, "full", 1], found.stderr


def test_a_start_with_a_good_copy_loads_nothing(crm: Engine, tmp_path: Path) -> None:
    random_crm.fill(crm, 1)
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        before = copy.state
    with open_copy(crm, tmp_path / "copy.duckdb", refresh=False) as copy:
        assert copy.state == before
        assert copy.behind(), "nobody knows what happened meanwhile"
        assert not copy.refresh().changed
        assert not copy.behind()
        assert copy.state.version == before.version


@pytest.mark.parametrize("moment", ["full", "incremental"])
def test_killed_in_the_middle_of_a_refresh(crm: Engine, crm_url: str, tmp_path: Path, moment: str) -> None:
    path = tmp_path / "copy.duckdb"
    random_crm.fill(crm, 1)
    if moment == "incremental":
        open_copy(crm, path).close()
        random_crm.change(crm, 2, steps=40)
    killed = other(crm_url, path, "state.save = die\nopen_copy(engine, path)")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with (
        open_copy(crm, path, refresh=False) as copy,
        open_copy(crm, tmp_path / "b.duckdb", refresh=False) as b,
    ):
        assert copy.state.version == (1 if moment == "incremental" else 0)
        copy.refresh(now=NOW)
        b.refresh(now=NOW)
        assert copy.state.loaded == moment
        assert contents(copy) == contents(b)


@pytest.mark.parametrize("damage", ["noise", "cut", "empty", "log"])
def test_a_damaged_copy_is_made_anew(
    crm: Engine, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "copy.duckdb"
    add(crm, "leads", created_at=NOW)
    open_copy(crm, path).close()
    if damage == "noise":
        path.write_bytes(os.urandom(50_000))
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:20_000])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.with_name("copy.duckdb.wal").write_bytes(os.urandom(5_000))
    with open_copy(crm, path) as copy:
        assert copy.state.rows["leads"] == 1
    assert "made anew" in caplog.text or damage == "log"


def test_a_copy_of_another_format_is_made_anew(
    crm: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "copy.duckdb"
    add(crm, "leads", created_at=NOW)
    open_copy(crm, path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE work.format SET digest = 'older'; DROP TABLE leads")
    with open_copy(crm, path) as copy:
        assert copy.state.rows["leads"] == 1
    assert "made by another version" in caplog.text


def test_a_file_that_is_no_copy_is_not_touched(crm: Engine, tmp_path: Path) -> None:
    file = tmp_path / "accounts.db"
    file.write_text("precious")
    with pytest.raises(CopyError, match="not touched"):
        open_copy(crm, file)
    assert file.read_text() == "precious"


def test_each_database_has_a_copy_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    urls = [
        "sqlite:////a/crm.db",
        "sqlite:////b/crm.db",
        "postgresql+psycopg://me:one@host/crm",
        "postgresql+psycopg://me:one@host/other",
    ]
    paths = {store.path_for(create_engine(url).url) for url in urls}
    assert len(paths) == len(urls)
    assert store.path_for(create_engine("postgresql+psycopg://me:two@host/crm").url) in paths


def test_databases_that_cannot_be_copied(tmp_path: Path) -> None:
    with pytest.raises(CrmUnavailable, match="in memory"):
        open_copy(create_engine("sqlite://"), tmp_path / "copy.duckdb")
    with pytest.raises(CrmUnavailable, match="is not there"):
        open_copy(create_engine(f"sqlite:///{tmp_path / 'gone.db'}"), tmp_path / "copy.duckdb")
    assert not (tmp_path / "gone.db").exists()


def test_readers_see_whole_versions_while_the_copy_is_refreshed(crm: Engine, tmp_path: Path) -> None:
    """Each change moves an amount from one line to another, so that the total never changes."""
    account = add(crm, "accounts", name="A")
    invoice = add(crm, "invoices", account_id=account, issued_on=NOW.date(), currency="EUR")
    for _ in range(2):
        add(crm, "invoice_lines", invoice_id=invoice, amount=1_000_000)
    total = select(func.sum(facts.invoice_lines.c.amount_cents), func.count()).select_from(
        facts.invoice_lines
    )
    seen: set[tuple[int, int]] = set()
    problems: list[BaseException] = []
    stop = threading.Event()
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:

        def read() -> None:
            try:
                while not stop.is_set():
                    answer = copy.run(total)
                    seen.add((int(answer.column(0)[0].as_py()), answer.column(1)[0].as_py()))
                    copy.members("product")
            except BaseException as problem:
                problems.append(problem)

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        for _ in range(8):
            with crm.begin() as connection:
                for key, change in ((1, "- 10000"), (2, "+ 10000")):
                    connection.exec_driver_sql(
                        f"UPDATE invoice_lines SET amount = amount {change} WHERE id = {key}"
                    )
            assert copy.refresh().changed
        add(crm, "products", name="Widens a category")
        copy.refresh(full=True)
        stop.set()
        for reader in readers:
            reader.join()
    assert not problems
    assert seen == {(200_000_000, 2)}


def test_publishing_takes_little_of_the_time(
    crm: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = []

    def slow_copy(source: Path, target: Path) -> None:
        published.append(time.monotonic())
        time.sleep(0.05)
        shutil.copy(source, target)

    monkeypatch.setattr(publish, "copy_open_file", slow_copy)
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        for _ in range(5):
            add(crm, "leads", created_at=NOW)
            copy.refresh()
        assert len(published) == 1, "the next one is due in 0.05 s / 3 %"
    assert len(published) == 2, "the last state is published at the end"


def test_a_full_disk_keeps_the_old_snapshot(
    crm: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "copy.duckdb"
    open_copy(crm, path).close()
    before = path.with_suffix(".snapshot.duckdb").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "copy_open_file", full)
    with open_copy(crm, path) as copy:
        add(crm, "leads", created_at=NOW)
        assert copy.refresh().changed
        assert rows(copy, "SELECT count(*) FROM leads") == [(1,)]
    assert path.with_suffix(".snapshot.duckdb").read_bytes() == before


def test_the_copy_holds_no_personal_data(crm: Engine, tmp_path: Path) -> None:
    """Whatever is written into names, addresses and texts, none of it is in the file."""
    mark = "Zaphod"
    account = add(crm, "accounts", name=f"{mark} Ltd", domain=f"{mark}.example", city=mark, phone=mark)
    user = add(crm, "users", name=mark, email=f"{mark}@a.example")
    contact = add(crm, "contacts", first_name=mark, last_name=mark, email=mark, account_id=account)
    add(crm, "leads", created_at=NOW, first_name=mark, company=mark, email=mark, owner_id=user)
    add(crm, "cases", subject=mark, description=mark, opened_at=NOW, contact_id=contact, account_id=account)
    survey = add(crm, "surveys", name="S", kind="CSAT", scale_min=1, scale_max=5)
    add(crm, "survey_answers", survey_id=survey, answered_at=NOW, comment=mark, score=5)
    add(crm, "opportunities", name=mark, stage="New", status="open", account_id=account)
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        assert mark not in repr(contents(copy))
    assert mark.encode() not in (tmp_path / "copy.duckdb").read_bytes()


def test_an_empty_database_gets_its_tables(empty_url: str, tmp_path: Path) -> None:
    engine = connect(empty_url)
    with engine.connect():
        pass  # SQLite makes the file
    with open_copy(engine, tmp_path / "copy.duckdb") as copy:
        assert (copy.state.version, copy.state.newest_day) == (1, None)
    engine.dispose()


def test_state_says_what_the_copy_knows(crm: Engine, tmp_path: Path) -> None:
    sql(crm, "INSERT INTO organisation (id, name, time_zone) VALUES (1, 'Us', 'Asia/Tokyo')")
    with open_copy(crm, tmp_path / "copy.duckdb", refresh=False) as copy:
        assert (copy.state.version, copy.state.newest_day, copy.organisation.name) == (
            0,
            None,
            "My organisation",
        )
        copy.refresh(now=NOW)
        assert (copy.state.version, copy.state.loaded, copy.organisation.name) == (1, "full", "Us")
        add(crm, "leads", created_at=NOW.replace(hour=16))  # tomorrow in Tokyo
        add(crm, "leads", created_at=NOW.replace(day=1, hour=3), updated_at=NOW.replace(year=2199))
        copy.refresh(now=NOW)
        state = copy.state
        assert (state.version, state.loaded, state.rows["leads"]) == (2, "incremental", 2)
        assert (state.newest_day, state.today) == (NOW.date(), NOW.date())
        assert (state.refreshed_at, state.changed_at) == (NOW, NOW.replace(year=2199))


def test_every_category_of_the_facts_is_an_enum() -> None:
    """Text would be half as fast; `bad` is a sentence that is nearly always missing."""
    text = {
        f"{build.name}.{column.name}"
        for build in FACTS
        for column in build.table.columns
        if isinstance(column.type, String) and not category_of(column)
    }
    assert text == {
        "deal_spells.bad",
        "customer_spells.bad",
        "targets.kpi",
        "targets.dimension",
        "targets.member",
    }
