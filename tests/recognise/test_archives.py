"""Archives and workbooks that would take all memory or disk, or cannot be unpacked."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from crm_data.engine import ROOT
from crm_data.importers import archive
from crm_data.importers.errors import ImportStopped
from crm_data.importers.recognise import recognise
from crm_data.schema import metadata
from tests.importers.desk import write_workbook

t = metadata.tables

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def problem(path: Path) -> str:
    (found,) = recognise([path])
    assert found.system is None
    return found.problem or ""


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
