"""What a person at the shell sees: one clear sentence, the right exit code, an untouched database."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_data.engine import ROOT, connect
from crm_data.schema.customers import accounts
from crm_data.schema.sales import opportunities
from tests.importers.conftest import Typist

MAPPING = """
    source = "old"
    [[import]]
    object = "accounts"
    file = "names.csv"
    id = "Id"
    columns = { name = "Name" }
"""


@pytest.fixture
def url(sqlite_template: Path, tmp_path: Path) -> str:
    (tmp_path / "crm.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'crm.db'}"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a mapping and a file of three rows, of which one is bad."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "map.toml").write_text(MAPPING)
    (folder / "names.csv").write_text("Id,Name\n1,Acme [bold]\n2,\n3,Bolt\n")
    return folder


@pytest.fixture
def type_in(type_in: Typist, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Typist:
    """For a database."""

    def run(url: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("CRM_DATABASE_URL", url)
        monkeypatch.setenv("CRM_HOME", str(tmp_path))
        return type_in(*arguments)

    return run


def crm_data(url: str, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CRM_DATABASE_URL": url, "CRM_HOME": str(home), "COLUMNS": "120"}
    command = [sys.executable, "-m", "crm_data", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def names(url: str) -> list[str]:
    engine = connect(url)
    with engine.connect() as connection:
        found = list(connection.scalars(select(accounts.c.name)))
    engine.dispose()
    return found


def test_rejected_rows_are_listed_in_a_file(url: str, files: Path, tmp_path: Path) -> None:
    done = crm_data(url, tmp_path, "import", str(files), "--map", str(files / "map.toml"))
    assert (done.returncode, done.stderr) == (0, "")
    assert names(url) == ["Acme [bold]", "Bolt"]
    assert "Rejected: 1 row." in done.stdout
    report = Path(done.stdout.splitlines()[-1])
    assert report.parent == tmp_path / "imports"
    with report.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == [
            "names.csv",
            "3",
            "accounts",
            "name",
            "",
            "is required but empty",
        ]


def test_json(url: str, files: Path, type_in: Typist) -> None:
    code, out, _ = type_in(url, "import", str(files), "--map", str(files / "map.toml"), "--json")
    said = json.loads(out)
    assert code == 0
    nothing = dict.fromkeys(("updated", "unchanged", "replaced", "merged", "deleted"), 0)
    assert said["objects"] == {"accounts": nothing | {"read": 3, "added": 2, "rejected": 1}}
    assert said["import"] == 1
    assert Path(said["report"]).exists()


def test_a_file_alone(url: str, files: Path, type_in: Typist) -> None:
    assert type_in(url, "import", str(files / "names.csv"), "--map", str(files / "map.toml"))[0] == 0
    assert len(names(url)) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["import"], 2, "Name a folder or files to import"),
        (["import", "FILES", "--source", "x", "--dry-run"], 2, "There is no mapping"),
        (["import", "FILES", "--source", "maven_crm_sale"], 2, "Did you mean 'maven_crm_sales'?"),
        (["import", "FILES", "--source", "x", "--map", "y"], 2, "not allowed with argument"),
        (["import", "FILES", "--map", "FILES/none.toml"], 1, "cannot be read: No such file"),
        (["import", "FILES", "--map", "FILES/names.csv"], 1, "names.csv is not valid TOML"),
        (["import", "FILES/nowhere", "--map", "FILES/map.toml"], 1, "There is no file or folder"),
        (["import", "FILES/map.toml", "--map", "FILES/map.toml"], 1, "no file fits 'names.csv'"),
        (["wrong"], 2, "invalid choice: 'wrong'"),
        ([], 2, "the following arguments are required: COMMAND"),
    ],
    ids=range(10),
)
def test_what_cannot_be_done(
    url: str, files: Path, type_in: Typist, arguments: list[str], code: int, says: str
) -> None:
    done, out, err = type_in(url, *(argument.replace("FILES", str(files)) for argument in arguments))
    assert (done, out) == (code, "")
    assert says in err
    if code == 1:
        assert len(err.splitlines()) == 1
    assert names(url) == []


def test_without_a_mapping_files_are_recognised(
    url: str, files: Path, type_in: Typist, tmp_path: Path
) -> None:
    """Shown first; then saved as a mapping, which imports the same; then imported at once."""
    customers = files / "customers.csv"
    customers.write_text("Id,Company,City,Industry\n1,Acme [bold],Bonn,Tools\n2,,Lyon,\n3,Bolt,Lyon,\n")
    saved = tmp_path / "saved.toml"
    done, out, err = type_in(url, "import", str(customers), "--dry-run", "--save-map", str(saved))
    assert (done, err) == (0, "")
    assert "Company → accounts.name" in out
    assert names(url) == []
    done, out, err = type_in(url, "import", str(customers), "--map", str(saved), "--json")
    assert (done, json.loads(out)["objects"]["accounts"]["added"]) == (0, 2)
    done, out, err = type_in(url, "import", str(customers), "--json")
    assert (done, json.loads(out)["objects"]["accounts"]["unchanged"]) == (0, 2)
    assert "Recognised" in err
    assert names(url) == ["Acme [bold]", "Bolt"]


def test_what_is_not_recognised_is_said(url: str, files: Path, type_in: Typist) -> None:
    (files / "names.csv").write_text("a,b\n1,2\n")
    done, _, err = type_in(url, "import", str(files))
    assert done == 1
    assert "None of these files is recognised" in err
    assert "docs/import.md" in err
    assert type_in(url, "recognise", str(files))[0] == 1


def test_recognition_as_json(url: str, files: Path, type_in: Typist) -> None:
    (files / "names.csv").write_text("Deal - ID,Deal - Title,Deal - Status,Deal - Value\n1,One,Won,5\n")
    done, out, err = type_in(url, "recognise", str(files), "--json")
    assert (done, err) == (0, "")
    (found,) = [each for each in json.loads(out) if each["file"] == "names.csv"]
    assert (found["system"], found["object"], found["fills"]) == ("pipedrive", "Deals", "opportunities")
    assert found["confidence"] > 0.8
    becomes = {column["heading"]: column["becomes"] for column in found["columns"]}
    assert becomes["Deal - Value"] == ["opportunities.amount"]


def test_the_currency_and_the_order_of_dates_can_be_said(url: str, files: Path, type_in: Typist) -> None:
    (files / "names.csv").write_text(
        "Deal ID,Deal name,Stage,Amount,Close date\n1,One,Won,5,03/04/2026\n2,Two,Lost,6,05/06/2026\n"
    )
    done, _, err = type_in(url, "import", str(files), "--currency", "QQQ")
    assert done == 1
    assert "'QQQ' is not a currency code" in err
    arguments = ("import", str(files), "--currency", "chf", "--day-first", "--json")
    assert type_in(url, *arguments)[0] == 0
    engine = connect(url)
    with engine.connect() as connection:
        deals = connection.execute(select(opportunities.c.currency, opportunities.c.closed_on)).all()
    engine.dispose()
    assert [(currency, day.isoformat()) for currency, day in deals] == [
        ("CHF", "2026-04-03"),
        ("CHF", "2026-06-05"),
    ]


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("sqlite:////nowhere/at/all.db", "cannot be opened"),
        ("postgresql://127.0.0.1:1/crm", "cannot be used: connection"),
        ("mysql://localhost/crm", "Only SQLite and PostgreSQL can be used"),
        ("rubbish", "is not a database address"),
    ],
    ids=["folder", "server", "kind", "address"],
)
def test_a_database_that_cannot_be_used(files: Path, type_in: Typist, address: str, says: str) -> None:
    code, _, err = type_in(address, "import", str(files), "--map", str(files / "map.toml"))
    assert code == 1
    assert says in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", [[], ["import"]], ids=["all", "import"])
def test_help(url: str, type_in: Typist, command: list[str]) -> None:
    code, out, _ = type_in(url, *command, "--help")
    assert code == 0
    assert "import" in out


def test_help_comes_without_loading_the_commands() -> None:
    program = "import sys, crm_data.__main__ as m\ntry: m.main(['--help'])\nexcept SystemExit: pass\n"
    program += "print([name for name in sys.modules if name.startswith(('sqlalchemy', 'rich', 'duckdb'))])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_bar_on_a_terminal(url: str, files: Path, tmp_path: Path) -> None:
    """On a terminal progress is drawn on stderr, and stdout stays clean."""
    (files / "names.csv").write_text("Id,Name\n" + "".join(f"{i},Firm {i}\n" for i in range(5000)))
    terminal, side = pty.openpty()
    environment = os.environ | {"CRM_DATABASE_URL": url, "CRM_HOME": str(tmp_path), "TERM": "xterm"}
    command = [
        sys.executable,
        "-m",
        "crm_data",
        "import",
        str(files),
        "--map",
        str(files / "map.toml"),
        "--json",
    ]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=side) as process:
        os.close(side)
        drawn = b""
        try:
            while block := os.read(terminal, 65536):
                drawn += block
        except OSError:  # the other side has closed
            pass
        assert process.stdout is not None
        assert json.loads(process.stdout.read())["objects"]["accounts"]["added"] == 5000
    os.close(terminal)
    assert b"accounts" in drawn or b"names.csv" in drawn


def test_what_a_file_is_can_be_said(url: str, files: Path, type_in: Typist) -> None:
    (files / "names.csv").write_text("Full name,Mail\nAnn Archer,ann@example.com\n")
    path = str(files / "names.csv")
    assert type_in(url, "import", path)[0] == 1
    done, out, _ = type_in(url, "import", path, "--as", "names.csv=generic:contacts", "--json")
    assert (done, json.loads(out)["objects"]["contacts"]["added"]) == (0, 1)
    assert "there is no file 'x.csv'" in type_in(url, "import", path, "--as", "x.csv=generic:contacts")[2]
    assert type_in(url, "import", path, "--as", "contacts")[0] == 2
