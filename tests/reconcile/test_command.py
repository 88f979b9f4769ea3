"""python -m crm_data reconcile, and an import beside the demo, as people type them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from crm_data.active import file_url
from crm_data.engine import active_file, connect, prepare
from crm_data.schema.base import utc_now
from crm_data.schema.organisation import organisation
from crm_data.schema.sales import opportunities
from tests.importers.conftest import Typist

MAPPING = """
source = "old"
currency = "EUR"
[[import]]
object = "opportunities"
file = "deals.csv"
id = "Id"
columns = { name = "Name", stage = "Stage", status = "Status", amount = "Amount", closed_on = "Closed" }
"""
DEALS = """Id,Name,Stage,Status,Amount,Closed
1,A,Won,won,10.50,2026-01-02
2,=B(),Lost,lost,,2026-02-03
3,C,X,maybe,1,
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose CRM is a demo."""
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    engine = connect()
    prepare(engine)
    with engine.begin() as crm:
        crm.execute(insert(organisation).values(id=1, name="Invented", demo_seed=4))
    engine.dispose()
    return tmp_path


@pytest.fixture
def imported(home: Path, type_in: Typist) -> Path:
    """The folder of the files that were imported beside the demo."""
    folder = home / "files"
    folder.mkdir()
    (folder / "deals.csv").write_text(DEALS)
    (home / "map.toml").write_text(MAPPING)
    code, _, said = type_in("import", str(folder), "--map", str(home / "map.toml"))
    assert code == 0
    assert "The demo stays as it was" in said
    assert active_file() == home / "own.db"
    return folder


def test_the_last_import_agrees_but_for_what_was_rejected(imported: Path, type_in: Typist) -> None:
    code, out, _ = type_in("reconcile")
    assert code == 0
    assert "opportunities: 11.5 EUR in the files, CRM 10.5" in out
    assert "1 × rejected: status is none of 'open', 'won', 'lost'" in out
    assert "Every difference is explained." in out

    code, out, _ = type_in("reconcile", "1", "--json")
    found = json.loads(out)
    assert (code, found["import"], found["unexplained"], found["agrees"]) == (0, 1, 0, False)
    assert [(one["read"], one["found"], one["rejected"]) for one in found["objects"]] == [(3, 2, 1)]
    assert [one["effect"] for one in found["differences"]] == ["-1"]


def test_what_nothing_explains_has_its_exit_code(imported: Path, type_in: Typist) -> None:
    engine = connect(file_url(own=True))
    with engine.begin() as crm:
        crm.execute(insert(opportunities).values(
            name="Z", stage="Won", status="won", source_system="old", source_id="9"))  # fmt: skip
        crm.execute(update(opportunities).where(opportunities.c.source_id == "1").values(
            amount=12, updated_at=utc_now()))  # fmt: skip
    engine.dispose()
    assert type_in("reconcile")[0] == 0, "changed since, and a row that the files never had"
    engine = connect(file_url(own=True))
    with engine.begin() as crm:
        crm.execute(update(opportunities).where(opportunities.c.source_id == "2").values(source_id="2b"))
    engine.dispose()
    code, out, _ = type_in("reconcile")
    assert code == 3
    assert "Not explained: 1." in out


def test_files_that_are_gone_or_changed(imported: Path, type_in: Typist) -> None:
    moved = imported.rename(imported.parent / "moved")
    code, _, said = type_in("reconcile")
    assert code == 1
    assert "deals.csv is not there any more" in said
    assert type_in("reconcile", "--files", str(moved))[0] == 0
    code, out, said = type_in("reconcile")
    assert code == 0, "what was found last is kept"
    assert "This is what was found on" in said
    assert "11.5 EUR" in out
    (moved / "deals.csv").write_text(DEALS + "4,D,Won,won,5,\n")
    code, _, said = type_in("reconcile", "--files", str(moved))
    assert code == 1
    assert "is not there any more as it was imported" in said


def test_there_is_nothing_to_compare(home: Path, type_in: Typist) -> None:
    assert type_in("reconcile")[::2] == (1, "Nothing was imported yet.\n")
    assert type_in("reconcile", "7")[::2] == (1, "There is no import no. 7 in this CRM.\n")


def test_the_same_file_under_two_names(home: Path, type_in: Typist, tmp_path: Path) -> None:
    folder = tmp_path / "twice"
    folder.mkdir()
    for name in ("deals.csv", "deals copy.csv"):
        (folder / name).write_text("Deal ID,Deal Name,Stage,Amount\n1,A,Won,10\n2,B,Lost,5\n")
    assert type_in("import", str(folder))[0] == 0
    code, out, _ = type_in("reconcile")
    assert code == 0
    assert "opportunities: 15 USD in the files, the same" in out


def test_files_of_an_archive(home: Path, type_in: Typist, tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("Data/deals.csv", "Deal ID,Deal Name,Stage,Amount\n1,A,Won,10\n")
    assert type_in("import", str(archive))[0] == 0
    code, out, _ = type_in("reconcile", "--files", str(archive))
    assert (code, "Every count and sum agrees" in out) == (0, True)
