"""An import that is killed, that finds the disk full or that loses the database leaves no trace."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, text

from crm_data.engine import ROOT, CrmUnavailable, connect
from crm_data.importers import stage
from crm_data.importers.errors import ImportStopped
from crm_data.importers.mapping import parse_mapping
from crm_data.importers.outcome import Outcome
from crm_data.importers.run import run_import
from crm_data.schema.customers import account_history, accounts
from crm_data.schema.organisation import organisation
from crm_data.schema.sales import opportunities, opportunity_history
from crm_data.schema.system import audit_log, import_added, import_changes, imports
from tests.importers.desk import Desk, counts

MAPPING = """
    source = "old"
    currency = "EUR"
    [organisation]
    base_currency = "EUR"
    [[import]]
    object = "accounts"
    file = "accounts.csv"
    id = "Id"
    columns = { name = "Name", parent_id = { heading = "Parent", missing = "keep" } }
    [[import]]
    object = "opportunities"
    file = "deals.csv"
    id = "Id"
    columns = { account_id = "Account", stage = "Stage", status = { value = "open" }, amount = "Amount" }
"""


def write_files(folder: Path, deals: int, stage_name: str = "New") -> None:
    firms = [f"{i},Firm {i},{i + 1}" for i in range(50)]
    (folder / "accounts.csv").write_text("\n".join(["Id,Name,Parent", *firms]) + "\n")
    lines = [f"{i},{i % 50},{stage_name},{i}.25" for i in range(deals)]
    (folder / "deals.csv").write_text("\n".join(["Id,Account,Stage,Amount", *lines]) + "\n")


def do_import(crm: Engine, folder: Path) -> Outcome:
    return run_import(crm, parse_mapping(MAPPING), [folder], folder / "reports", lambda *_: None)


def in_child(work: Callable[[], object]) -> int:
    """Run in a process of its own that does not come back to pytest. Gives its process id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def state(desk: Desk) -> list[Any]:
    """Every row of every table that these imports write."""
    written = (
        organisation,
        accounts,
        account_history,
        opportunities,
        opportunity_history,
        imports,
        import_added,
        import_changes,
        audit_log,
    )
    return [desk.rows(table, *table.c.keys()) for table in written]


def test_a_kill_at_any_statement(desk: Desk, crm_url: str) -> None:
    """The import of a changed export is killed before its 1st, 3rd, … last statement."""
    write_files(desk.folder, 60)
    do_import(desk.crm, desk.folder)
    write_files(desk.folder, 80, "Won")
    before = state(desk)
    desk.crm.dispose()

    def die_at(number: int) -> None:
        engine, seen = connect(crm_url), 0

        @event.listens_for(engine, "before_cursor_execute")
        def count(*_: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)

        do_import(engine, desk.folder)

    killed = 0
    for number in range(1, 200, 2):
        _, status = os.waitpid(in_child(lambda number=number: die_at(number)), 0)  # type: ignore[misc]
        if not os.WIFSIGNALED(status):
            break
        killed += 1
        assert state(desk) == before, f"killed at statement {number}"
        desk.crm.dispose()
    assert killed > 15
    assert len(desk.rows(imports, "id")) == 2
    assert desk.rows(opportunities, "stage") == [("Won",)] * 80


def test_kills_at_random_times(desk: Desk, crm_url: str) -> None:
    """Twenty-five on each database, between the first file that is opened and the last row written."""
    write_files(desk.folder, 400)
    desk.crm.dispose()
    begun = time.monotonic()
    os.waitpid(in_child(lambda: do_import(connect(crm_url), desk.folder)), 0)
    lasts = time.monotonic() - begun
    assert len(desk.rows(opportunities, "id")) == 400
    done, dice = 1, random.Random(5)
    for kill in range(25):
        write_files(desk.folder, 400, f"Stage {kill}")
        before = state(desk)
        desk.crm.dispose()
        child = in_child(lambda: do_import(connect(crm_url), desk.folder))
        time.sleep(dice.uniform(0.02, lasts))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        imported = len(desk.rows(imports, "id"))
        if imported == done:
            assert state(desk) == before
        else:
            assert set(desk.rows(opportunities, "stage")) == {(f"Stage {kill}",)}
            done = imported
        desk.crm.dispose()
    outcome = do_import(desk.crm, desk.folder)
    assert counts(outcome, "opportunities")[0] == 400
    assert len(desk.rows(imports, "id")) == done + 1


@pytest.mark.parametrize("crm_url", ["sqlite"], indirect=True)
def test_a_full_database(desk: Desk) -> None:
    write_files(desk.folder, 1500)
    room = 0
    with desk.crm.begin() as connection:
        connection.execute(insert(accounts).values(name="Old"))
    before = state(desk)
    desk.crm.dispose()

    @event.listens_for(desk.crm, "connect")
    def limit(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + room}")

    for room in (0, 1, 5, 20, 40):  # noqa: B007 - read by `limit`
        with pytest.raises(CrmUnavailable, match=r"has no room left on its disk\. Nothing was saved"):
            do_import(desk.crm, desk.folder)
        assert state(desk) == before
        desk.crm.dispose()


def test_a_full_disk_from_the_command_line(sqlite_template: Path, tmp_path: Path) -> None:
    write_files(tmp_path, 3000)
    database = tmp_path / "crm.db"
    database.write_bytes(sqlite_template.read_bytes())
    (tmp_path / "map.toml").write_text(MAPPING)

    def limit() -> None:
        size = 400_000  # the log of changes outgrows it
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = subprocess.run(
        [sys.executable, "-m", "crm_data", "import", str(tmp_path), "--map", str(tmp_path / "map.toml")],
        cwd=ROOT,
        env=os.environ | {"CRM_DATABASE_URL": f"sqlite:///{database}", "CRM_HOME": str(tmp_path)},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Nothing was saved" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    engine = connect(f"sqlite:///{database}")
    desk = Desk(engine, tmp_path, tmp_path)
    assert desk.rows(opportunities, "id") == desk.rows(accounts, "id") == []
    do_import(engine, tmp_path)
    assert len(desk.rows(opportunities, "id")) == 3000
    engine.dispose()


def test_no_room_for_temporary_files(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(desk.folder, 3000)
    monkeypatch.setattr(stage, "_TABLES", "PRAGMA max_page_count = 20;" + stage._TABLES)
    with pytest.raises(ImportStopped, match="There is no room for temporary files"):
        do_import(desk.crm, desk.folder)
    assert desk.rows(accounts, "id") == []


@pytest.mark.parametrize("crm_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_a_server_that_goes_away(desk: Desk) -> None:
    write_files(desk.folder, 100)

    @event.listens_for(desk.crm, "before_cursor_execute")
    def cut(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO opportunities"):
            own = connection.connection.dbapi_connection.info.backend_pid
            engine = connect(desk.crm.url)
            with engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            engine.dispose()

    with pytest.raises(CrmUnavailable, match="cannot be used"):
        do_import(desk.crm, desk.folder)
    assert desk.rows(accounts, "id") == []


def test_two_imports_at_once_wait_for_each_other(desk: Desk, crm_url: str) -> None:
    write_files(desk.folder, 500)
    desk.crm.dispose()
    children = [in_child(lambda: do_import(connect(crm_url), desk.folder)) for _ in range(3)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert len(desk.rows(opportunities, "id")) == 500
    assert len(desk.rows(imports, "id")) == 3
    assert counts(do_import(desk.crm, desk.folder), "opportunities")[3] == 500
