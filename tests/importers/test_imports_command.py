"""Imports from a shell: findings first, mergers and deletions by option, the list, one in full, undo."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import select, update

from crm_data.__main__ import main
from crm_data.engine import connect
from crm_data.schema.customers import accounts
from tests.importers.conftest import Typist

MAPPING = """
    source = "old"
    full = true
    [[import]]
    object = "accounts"
    file = "firms.csv"
    id = "Id"
    columns = { name = "Name", domain = "Domain", phone = "Phone" }
"""
FIRMS = "Id,Name,Domain,Phone\n1,Acme GmbH,acme.example,+=cmd\n2,ACME,www.acme.example,\n3,Bolt [b],,\n"


@pytest.fixture
def home(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "crm.db").write_bytes(sqlite_template.read_bytes())
    (tmp_path / "map.toml").write_text(MAPPING)
    (tmp_path / "firms.csv").write_text(FIRMS)
    monkeypatch.setenv("CRM_DATABASE_URL", f"sqlite:///{tmp_path / 'crm.db'}")
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    monkeypatch.setenv("CRM_USER", "Mia")
    return tmp_path


@pytest.fixture
def type_in(home: Path, type_in: Typist) -> Typist:
    def import_or(*arguments: str) -> tuple[int, str, str]:
        if arguments[0] == "import":
            arguments = (*arguments, str(home / "firms.csv"), "--map", str(home / "map.toml"))
        return type_in(*arguments)

    return import_or


def names(home: Path) -> list[str]:
    engine = connect(f"sqlite:///{home / 'crm.db'}")
    with engine.connect() as connection:
        found = list(connection.scalars(select(accounts.c.name).order_by(accounts.c.id)))
    engine.dispose()
    return found


def test_findings_are_listed_and_nothing_is_imported(home: Path, type_in: Typist) -> None:
    code, out, _ = type_in("import", "--findings")
    assert code == 0
    assert "Likely duplicates" in out
    assert names(home) == []
    with Path(out.splitlines()[-1]).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["line"], row["id"]) for row in rows] == [
        ("phone", "2", "1"),
        ("duplicate", "3", "2"),
    ]
    assert "domain: the same" in rows[1]["why"]
    assert rows[0]["cell"] == "'+=cmd"  # no formula


def test_merged_listed_and_undone(home: Path, type_in: Typist) -> None:
    code, out, _ = type_in("import", "--merge", "0.9", "--json")
    assert (code, json.loads(out)["objects"]["accounts"]["merged"]) == (0, 1)
    assert names(home) == ["Acme GmbH", "Bolt [b]"]
    listed = json.loads(type_in("imports", "--json")[1])
    assert [(one["import"], one["source_system"], one["actor"]) for one in listed] == [(1, "old", "Mia")]
    assert "2 accounts" in type_in("imports")[1]
    one = json.loads(type_in("imports", "1", "--json")[1])
    assert one["mapping"] == MAPPING
    assert one["merged rows"] == 1
    assert [merge["other"] for merge in one["decisions"]["merges"]] == ["2"]
    assert MAPPING.strip().splitlines()[0] in type_in("imports", "1")[1]
    assert type_in("imports", "undo", "1")[1] == "Import no. 1 is undone: removed 2 accounts.\n"
    assert names(home) == []


def test_rows_gone_from_a_full_export(home: Path, type_in: Typist) -> None:
    type_in("import")
    (home / "firms.csv").write_text("Id,Name,Domain,Phone\n3,Bolt [b],,\n")
    type_in("import")
    assert len(names(home)) == 3
    type_in("import", "--delete-gone")
    assert names(home) == ["Bolt [b]"]
    (home / "map.toml").write_text(MAPPING.replace("full = true", ""))
    code, _, err = type_in("import", "--delete-gone")
    assert code == 1
    assert "full = true" in err


def test_what_was_changed_since_is_named(home: Path, type_in: Typist) -> None:
    type_in("import")
    engine = connect(f"sqlite:///{home / 'crm.db'}")
    with engine.begin() as connection:
        connection.execute(update(accounts).where(accounts.c.id == 3).values(name="Bolt AG"))
    engine.dispose()
    code, out, err = type_in("imports", "undo", "1")
    assert (code, out) == (1, "")
    assert "accounts no. 3 was changed since" in err
    assert "--skip or --all" in err
    assert json.loads(type_in("imports", "undo", "1", "--skip", "--json")[1])["removed"] == {"accounts": 2}
    assert names(home) == ["Bolt AG"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["imports", "9"], 1, "There is no import no. 9"),
        (["imports", "undo", "9"], 1, "There is no import no. 9"),
        (["imports", "undo"], 2, "imports undo ID"),
        (["imports", "redo", "9"], 2, "imports undo ID"),
        (["imports", "undo", "1", "--skip", "--all"], 2, "not allowed with"),
        (["import", "--merge", "0.5"], 2, "a score lies between"),
    ],
)
def test_what_cannot_be_done(type_in: Typist, arguments: list[str], code: int, says: str) -> None:
    done, out, err = type_in(*arguments)
    assert (done, out) == (code, "")
    assert says in err


def test_a_database_as_source(home: Path, type_in: Typist) -> None:
    with sqlite3.connect(home / "shop.db") as database:
        database.execute("CREATE TABLE firm (id, name)")
        database.execute("INSERT INTO firm VALUES (1, 'Acme')")
    database.close()
    asked = MAPPING.replace('file = "firms.csv"', 'query = "SELECT id, name FROM firm"')
    (home / "map.toml").write_text(asked.replace(', domain = "Domain", phone = "Phone"', ""))
    arguments = ["--from", f"sqlite:///{home / 'shop.db'}", "--map", str(home / "map.toml")]
    assert main(["import", *arguments]) == 0
    assert names(home) == ["Acme"]
