"""What goes wrong around an edit: others hold the database, it is gone, the program dies in the middle."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data import edits
from crm_data.edits import act
from crm_data.engine import CrmUnavailable, connect, writing
from tests.edits.conftest import ALL, everything, rows

ROOT = Path(__file__).resolve().parents[2]

#: Dies between the first changed row of a merger and the last.
DIES = """
import os, sys
from crm_data import edits
from crm_data.engine import connect
from kpis.question import EVERYONE
sys.modules['crm_data.edits.merge']._move = lambda *_: os._exit(9)
edits.merge(connect(sys.argv[1]), EVERYONE, 1, 2, ["title"], versions=(1, 1))
"""


def test_an_edit_does_not_wait_for_ever(desk: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(act, "PATIENCE", 0.3)
    before = everything(desk)
    with writing(desk):
        other = connect(desk.url)
        with pytest.raises(CrmUnavailable, match="held by another program"):
            edits.resolve(other, ALL, 1)
        other.dispose()
    assert everything(desk) == before
    edits.resolve(desk, ALL, 1)


def test_a_program_that_dies_in_the_middle_leaves_nothing(desk: Engine) -> None:
    before = everything(desk)
    address = desk.url.render_as_string(hide_password=False)
    died = subprocess.run([sys.executable, "-c", DIES, address], cwd=ROOT, capture_output=True, text=True)
    assert died.returncode == 9, died.stderr
    assert everything(desk) == before
    assert rows(desk, "audit_log") == []
    edits.merge(desk, ALL, 1, 2, ["title"], versions=(1, 1))


def test_a_database_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(CrmUnavailable):
        edits.resolve(connect(f"sqlite:///{tmp_path / 'gone' / 'crm.db'}"), ALL, 1)
    (tmp_path / "crm.db").write_text("not a database")
    with pytest.raises(CrmUnavailable, match="not an SQLite database"):
        edits.resolve(connect(f"sqlite:///{tmp_path / 'crm.db'}"), ALL, 1)


def test_the_one_who_edits_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_USER", "  Olga\n Berg ")
    assert edits.actor() == "Olga Berg"
    monkeypatch.delenv("CRM_USER")
    assert edits.actor()
