"""Files that are no table, damaged archives and workbooks: a clear sentence, whatever they are called."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from crm_data.engine import ROOT
from crm_data.importers import archive
from crm_data.importers.errors import ImportStopped
from crm_data.importers.recognise import propose, recognise
from tests.importers.desk import write_workbook
from tests.recognise.conftest import problem

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    assert problem(path) == "empty.csv is empty."


@pytest.mark.parametrize("content", [b"\n\n\n", b"\xef\xbb\xbf", b",,,,\n,,,\n"])
def test_a_file_of_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "nothing.csv"
    path.write_bytes(content)
    assert "has no headings" in problem(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xef\xbb\xbf\n<!DOCTYPE html><table><tr><td>Id</td></tr></table>", "a web page"),
        (b"<html><body><table><tr><td>Id</td><td>Name</td></tr></table>", "a web page"),
        (b'<?xml version="1.0"?><Workbook></Workbook>', "an XML document"),
        (b'[{"Id": 1}]', "a JSON document"),
        (b"%PDF-1.4\n", "a PDF"),
    ],
)
def test_what_other_programs_call_a_spreadsheet(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "report.xls"
    path.write_bytes(content)
    assert problem(path).startswith(f"report.xls is {what}, not a table.")


def test_a_folder_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match="There is no file to import"):
        propose(recognise([tmp_path]))


def test_a_workbook_that_was_cut_off(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "deals.xlsx", [["Id", "Name"], ["1", "One"]])
    path.write_bytes(path.read_bytes()[:-30])
    assert problem(path).startswith("deals.xlsx is damaged: it begins as an archive or a workbook and ends")


@pytest.mark.parametrize("name", ["letter.csv", "letter.xlsx"])
def test_a_file_that_is_something_else(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj <</Type /Catalog>>\nendobj\n" * 50)
    (found,) = recognise([path])
    assert found.system is None
    with pytest.raises(ImportStopped, match="None of these files"):
        propose([found])


def test_a_workbook_called_csv_and_a_csv_called_xlsx(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Company", "Country"])
    book.active.append(["Acme", "DE"])
    book.save(tmp_path / "a.csv")
    (tmp_path / "b.xlsx").write_text("Company;Country\nAcme;DE\n")
    assert [one.object for one in recognise([tmp_path])] == ["accounts", "accounts"]


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what comes out of it, whatever it says that it holds; nothing of it is left."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("Account.csv", b"0" * 30_000_000)
    monkeypatch.setattr(archive, "LARGEST_UNPACKED", 10_000_000)
    assert path.stat().st_size < 100_000
    room = tmp_path / "room"
    room.mkdir()
    with pytest.raises(ImportStopped, match="unpacks to more than an archive may"):
        archive.unpacked([path], room)
    assert sum(file.stat().st_size for file in room.rglob("*") if file.is_file()) <= 10_000_000


@pytest.mark.parametrize("damage", ["cut", "flipped", "nested", "locked"])
def test_archives_that_cannot_be_unpacked(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as nested:
            nested.writestr("a.txt", "x")
        made.writestr("inner.zip" if damage == "nested" else "Account.csv", inner.getvalue() * 40)
    whole = bytearray(path.read_bytes())
    if damage == "cut":
        whole = whole[: len(whole) // 2]
    elif damage == "flipped":
        whole[60] ^= 0xFF
    elif damage == "locked":
        whole[6] |= 1
        whole[whole.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(whole)
    room = tmp_path / "room"
    room.mkdir()
    words = {"cut": "damaged", "flipped": "damaged", "nested": "another archive", "locked": "password"}
    if (
        damage == "cut"
    ):  # without its list of contents it is no archive any more, but a broken workbook perhaps
        assert words[damage] in problem(path)
        return
    with pytest.raises(ImportStopped, match=words[damage]):
        archive.unpacked([path], room)


def test_a_workbook_that_takes_too_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read by a process that has a limit, and whose end is a sentence here."""
    program = tmp_path / "small.py"
    source = (ROOT / "crm_data" / "importers" / "workbook_process.py").read_text()
    program.write_text(source.replace("_MEMORY = 4 << 30", "_MEMORY = 1 << 27"))
    monkeypatch.setattr("crm_data.importers.workbook_process.__file__", str(program))
    monkeypatch.setattr("crm_data.importers.excel_file._STANDSTILL", 2)
    path = tmp_path / "big.xlsx"
    write_workbook(path, [["Company"]], "Big")
    cells = "".join(f'<row><c t="inlineStr"><is><t>{"x" * 200}{i}</t></is></c></row>' for i in range(300_000))
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    with zipfile.ZipFile(path) as archive_of_it:
        parts = {name: archive_of_it.read(name) for name in archive_of_it.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive_of_it:
        for name, content in parts.items():
            archive_of_it.writestr(name, sheet if "sheet" in name and "worksheets/" in name else content)
    assert "more memory" in problem(path)
