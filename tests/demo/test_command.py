"""python -m crm_data demo, as people type it."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
import time
from argparse import ArgumentParser
from contextlib import closing
from pathlib import Path

import pytest

from crm_data.demo.command import add_arguments
from crm_data.engine import ROOT

COMMAND = [sys.executable, "-m", "crm_data", "demo", "--today", "2026-11-21"]


def run(url: str, *options: str, limit: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess[str]:
    """`limit`: the most bytes that a file may have, as on a full disk."""

    def shrink() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [*COMMAND, *options],
        cwd=ROOT,
        env={**os.environ, "CRM_DATABASE_URL": url},
        capture_output=True,
        text=True,
        preexec_fn=shrink,
        timeout=120,
        check=False,
    )


def test_it_says_what_it_made_and_does_not_make_it_twice(crm_url: str) -> None:
    made = run(crm_url, "--events", "300")
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("Made a demo CRM of ")
    assert "300 e-mails" in made.stdout

    again = run(crm_url, "--events", "300")
    assert again.returncode == 1
    assert "a demo already (seed 4). Nothing was changed." in again.stderr
    assert "Traceback" not in again.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--events", "12"], "give 200 to 50,000,000"),
        (["--events", "many"], "'many' is not a whole number"),
        (["--today", "tomorrow"], "'tomorrow' is not a date like 2026-11-21"),
        (["--today", "0001-01-01"], "give a day from 1975 to 2200"),
        (["--seed", "-1"], "give 0 to 2,147,483,647"),
    ],
)
def test_it_refuses_what_makes_no_sense(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parser = ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit, match="2"):
        parser.parse_args(options)
    assert message in capsys.readouterr().err


def test_a_full_disk_leaves_the_database_as_it_was(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "crm.db"
    file.write_bytes(sqlite_template.read_bytes())
    failed = run(f"sqlite:///{file}", "--events", "20000", limit=8_000_000)
    assert failed.returncode == 1
    assert "The database is as it was before." in failed.stderr
    assert "Traceback" not in failed.stderr
    _is_empty(file)


def test_a_killed_run_leaves_nothing_and_can_be_done_again(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "crm.db"
    file.write_bytes(sqlite_template.read_bytes())
    url = f"sqlite:///{file}"
    # Big enough to be written out before it is finished.
    with subprocess.Popen(
        [*COMMAND, "--events", "100000"],
        cwd=ROOT,
        env={**os.environ, "CRM_DATABASE_URL": url},
        stderr=subprocess.DEVNULL,
    ) as process:
        until = time.monotonic() + 300
        while file.stat().st_size < 30_000_000 and time.monotonic() < until:
            time.sleep(0.02)
        assert process.poll() is None, "it was over too soon"
        process.kill()
    assert file.stat().st_size >= 30_000_000
    _is_empty(file)
    assert run(url, "--events", "300").returncode == 0


def _is_empty(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = connection.execute(
            "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        assert len(tables) > 30
        for (table,) in tables:
            if table != "alembic_version":
                assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_if_empty_leaves_data_alone_and_makes_up_for_an_interrupted_start(crm_url: str) -> None:
    first = run(crm_url, "--events", "2000", "--if-empty")  # the tables are there, but nothing in them
    assert "Made a demo CRM" in first.stdout
    again = run(crm_url, "--events", "2000", "--if-empty")
    assert (again.returncode, again.stdout) == (0, "")
