"""The copy's file: shared with other processes, killed, damaged, read while it is written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest
from sqlalchemy import Engine, create_engine, func, select

from crm_data.engine import ROOT, CrmUnavailable
from crm_data.warehouse import CopyError, facts, open_copy, publish, store
from tests.warehouse import random_crm
from tests.warehouse.conftest import Copies, add, rows
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


@pytest.fixture
def path(copies: Copies, tmp_path: Path) -> Path:
    """Where the copy is, of the CRM before there are rows in it."""
    return Path(shutil.copy(copies.of_nothing, tmp_path / "copy.duckdb"))


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


def test_another_process_needs_no_published_copy(crm: Engine, crm_url: str, path: Path) -> None:
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


def test_killed_in_the_middle_of_publishing(crm: Engine, crm_url: str, tmp_path: Path) -> None:
    path = tmp_path / "copy.duckdb"
    random_crm.fill(crm, 1)
    open_copy(crm, path).close()
    published = path.with_suffix(".snapshot.duckdb").read_bytes()
    random_crm.change(crm, 2, steps=40)
    torn = """
def torn(source, target):
    target.write_bytes(source.read_bytes()[:5000])
    die()
publish.copy_open_file = torn
open_copy(engine, path)
"""
    killed = other(crm_url, path, f"from crm_data.warehouse import publish\n{torn}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert path.with_suffix(".snapshot.duckdb").read_bytes() == published
    with (
        open_copy(crm, path, refresh=False) as copy,
        open_copy(crm, tmp_path / "b.duckdb", refresh=False) as b,
    ):
        assert copy.state.version == 2, "what was refreshed before is kept"
        copy.refresh(now=NOW)
        b.refresh(now=NOW)
        assert contents(copy) == contents(b)
        assert json.loads(other(crm_url, path).stdout)[1], "another process takes what was published"


@pytest.mark.parametrize("damage", ["noise", "cut", "empty", "log"])
def test_a_damaged_copy_is_made_anew(
    crm: Engine, path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
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
    crm: Engine, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    add(crm, "leads", created_at=NOW)
    open_copy(crm, path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE work.format SET digest = 'older'; DROP TABLE leads")
    with open_copy(crm, path) as copy:
        assert copy.state.rows["leads"] == 1
        assert copy.remade == "was made by another version of this program"
    assert "made by another version" in caplog.text
    with open_copy(crm, path) as copy:
        assert copy.remade is None


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
    published, seconds = [], iter(range(100))  # each look at the clock takes one

    def counted_copy(source: Path, target: Path) -> None:
        published.append(target)
        shutil.copy(source, target)

    monkeypatch.setattr(publish, "copy_open_file", counted_copy)
    monkeypatch.setattr(publish, "time", SimpleNamespace(monotonic=lambda: next(seconds)))
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        for _ in range(5):
            add(crm, "leads", created_at=NOW)
            copy.refresh()
        assert len(published) == 1, "it took 1 s, so the next one is due in 1 s / 3 %"
    assert len(published) == 2, "the last state is published at the end"


def test_a_full_disk_keeps_the_old_snapshot(crm: Engine, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
