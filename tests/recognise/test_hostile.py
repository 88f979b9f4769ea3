"""Broken and hostile files: a clear sentence, little memory, an untouched database."""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from crm_data.engine import ROOT
from crm_data.importers.errors import ImportStopped
from crm_data.importers.recognise import propose, recognise
from crm_data.importers.recognise.toml import inline
from crm_data.importers.run import run_import
from crm_data.schema import metadata
from tests.recognise.conftest import Load, problem

t = metadata.tables


def test_two_thousand_columns(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "Account.csv"
    extra = [f"Field_{i}__c" for i in range(2000)]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Id", "Name", "OwnerId", "ParentId", *extra])
        for i in range(3):
            writer.writerow([f"00100000000000{i}AAA", f"Acme {i}", "", "", *(f"v{n}" for n in range(2000))])
    outcome, _ = load(path)
    assert outcome.report is None
    with own.connect() as connection:
        custom = connection.execute(select(t["accounts"].c.custom)).scalars().first()
    assert len(custom or {}) == 2000


def test_the_same_heading_twice_is_taken_for_neither(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("Company,Country,City,City\nAcme,DE,Bonn,Rome\n")
    (found,) = recognise([path])
    assert {c.why for c in found.columns if c.heading == "City"} == {
        "several columns have this heading, so none is taken"
    }
    outcome, _ = load(path)
    assert outcome.report is None


def test_a_truncated_file_keeps_its_broken_row_out(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "Account.csv"
    path.write_text("Id,Name,OwnerId,ParentId\n001000000000001AAA,Acme,,\n001000000000002AAA,Bo")
    outcome, _ = load(path)
    assert outcome.objects["accounts"].rejected == 1
    assert "cut off" in (outcome.report or path).read_text()


def test_a_quotation_mark_that_never_ends(own: Engine, tmp_path: Path) -> None:
    path = tmp_path / "Account.csv"
    path.write_text('Id,Name,OwnerId,ParentId\n001000000000001AAA,"Acme,,\n' + "x,y,z,w\n" * 2_000_000)
    assert "A quotation mark is probably missing" in problem(path)


def test_a_line_of_100_mb_takes_little_memory(tmp_path: Path) -> None:
    """In a process of its own, which may not take more than 1 GiB."""
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("Company,Country\nAcme,")
        for _ in range(100):
            file.write("x" * 1_000_000)
        file.write("\n")
    program = "import sys; from crm_data.__main__ import main; sys.exit(main(['recognise', sys.argv[1]]))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "200", "PATH": "/usr/bin", "CRM_HOME": str(tmp_path), "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)),
    )
    assert "is longer than" in done.stdout, done.stderr
    assert done.returncode == 1


def test_nul_bytes_and_nested_quotes(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "Account.csv"
    path.write_bytes(
        b'Id,Name,OwnerId,ParentId\n001000000000001AAA,"A ""very ""deep"""" one",,\n'
        b"001000000000002AAA,B\0lt,,\n"
    )
    outcome, _ = load(path)
    assert outcome.objects["accounts"].rejected == 1
    with own.connect() as connection:
        assert list(connection.execute(select(t["accounts"].c.name)).scalars()) == ['A "very "deep"" one']


def test_headings_that_try_to_be_something_else(own: Engine, load: Load, tmp_path: Path) -> None:
    """Quotes, TOML, templates and formulas in headings are only names."""
    nasty = [
        '"]]\n[[import]]',
        "{Company}",
        "=1+1",
        "<b>x</b>",
        "שלום",
        "👩‍👩‍👧",
        "a\\b",
        "\u202egnp",
        "x" * 300,
    ]
    path = tmp_path / "customers.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Company", "Country", "City", "Industry", "Phone", *nasty])
        writer.writerow(["Acme", "DE", "Bonn", "Tools", "1", *(f"v{i}" for i in range(len(nasty)))])
    outcome, _ = load(path)
    assert outcome.report is None
    with own.connect() as connection:
        custom = connection.execute(select(t["accounts"].c.custom)).scalars().one()
    assert sorted((custom or {}).values()) == [f"v{i}" for i in range(len(nasty))]


def test_naughty_strings_come_through(
    own: Engine, load: Load, published: Callable[[str], Path], tmp_path: Path
) -> None:
    """As names of contacts and in a custom column, unchanged but for spaces at their ends."""
    strings = json.loads((published("dirty") / "naughty-strings" / "blns.json").read_text(encoding="utf-8"))
    path = tmp_path / "Contact.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["Id", "LastName", "AccountId", "ReportsToId", "Note__c"])
        for i, text in enumerate(strings):
            writer.writerow([f"003{i:012d}AAA", "x", "", "", text])
    outcome, _ = load(path)
    assert outcome.report is None
    query = select(t["contacts"].c.source_id, t["contacts"].c.custom)
    with own.connect() as connection:
        found = {key: (custom or {}).get("Note__c") for key, custom in connection.execute(query)}
        assert connection.scalar(select(func.count()).select_from(t["contacts"])) == len(strings)
    for i, text in enumerate(strings):
        assert found[f"003{i:012d}AAA"] == (unicodedata.normalize("NFC", text.strip()) or None)


def test_a_failed_import_leaves_the_crm_as_it_was(own: Engine, tmp_path: Path) -> None:
    path = tmp_path / "Opportunity.csv"
    path.write_text(
        "Id,Name,StageName,Amount,CurrencyIsoCode,CloseDate\n"
        "006000000000001AAA,A,Closed Won,1,QQQ,2026-01-01\n"
    )
    proposal = propose(recognise([path]))
    assert any("'QQQ' is no currency" in remark for remark in proposal.remarks)
    with pytest.raises(ImportStopped, match="no currency code"):
        run_import(own, proposal.mapping, [path], tmp_path, lambda *_: None)
    with own.connect() as connection:
        assert all(
            connection.scalar(select(func.count()).select_from(table)) == 0
            for table in metadata.sorted_tables
            if "version" in table.c
        )


@pytest.mark.parametrize("text", ['"', "\\", "\x00\x1f\x7f\x80", "\u2028", "é", "\ufeff", "a\tb\nc", "😀"])
def test_text_survives_being_written_as_toml(text: str) -> None:
    assert tomllib.loads(f"a = {inline(text)}")["a"] == text
    assert tomllib.loads(f"a = {inline({text: [text]})}")["a"] == {text: [text]}


def test_a_guess_is_not_imported_unasked(tmp_path: Path) -> None:
    """A log of bounced mails has an id, a status and a category: that does not make it a list of deals."""
    path = tmp_path / "bounces.csv"
    path.write_text("bounced,caused_by_id,id,status,category,response\n1,2,3,451,x,y\n")
    (found,) = recognise([path])
    assert found.system is None or found.problem
    with pytest.raises(ImportStopped, match="None of these files"):
        propose([found])


@pytest.mark.parametrize(
    "headings", ["id,date", "date,temperature,city,humidity", "a,b", "value", "id,value"]
)
def test_tables_of_other_things_are_not_taken_for_a_crms(tmp_path: Path, headings: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(headings + "\n" + ",".join("1" for _ in headings.split(",")) + "\n")
    (found,) = recognise([path])
    assert found.system is None or found.problem
