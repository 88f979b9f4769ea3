"""Files of any encoding and dialect are read as they were meant, or not at all."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from crm_data.importers import excel_file
from crm_data.importers.errors import ImportStopped
from crm_data.importers.files import Found, find_files, locate, matching
from crm_data.importers.formats import FileFormat
from crm_data.importers.opening import open_table
from tests.importers.desk import write_workbook

NAMES = ["Zoë", "Ångström", "Müller & Söhne", "Café Über"]


def table(path: Path, needed: tuple[str, ...] = (), **layout: object) -> tuple[list[str], list[list[object]]]:
    """The headings and the rows of a file."""
    opened = open_table(Found(path, path.name), FileFormat(**layout), needed)  # type: ignore[arg-type]
    return opened.headings, [list(row.cells) for row in opened.rows()]


def lines(path: Path) -> list[tuple[int, int]]:
    opened = open_table(Found(path, path.name), FileFormat(), ())
    return [(row.line, row.last_line) for row in opened.rows()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "!", "^"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_dialects_are_found_by_the_headings(tmp_path: Path, delimiter: str, end: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    rows = [["Id", "Full name", "Note"], ["1", "Ann, B; C|D", 'say "hi"'], ["2", "Zoë", "two\nlines"]]
    writer.writerows(rows)
    path = tmp_path / "a.csv"
    path.write_bytes(text.getvalue().encode())
    headings, found = table(path, ("Id", "Full name"))
    assert headings == rows[0]
    assert found == rows[1:]


def test_quotes_escaped_with_a_backslash(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('Id,Note\n1,"He said \\"yes, please\\" twice"\n2,"plain"\n' * 5)
    assert table(path, ("Id",))[1][0] == ["1", 'He said "yes, please" twice']


def test_single_quotes_where_the_mapping_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Id;Note\n1;'a;b'\n")
    assert table(path, ("Id",), quote="'") == (["Id", "Note"], [["1", "a;b"]])
    path.write_text('Id;Note\n1;6" pipe\n2;5" pipe\n')
    assert table(path, ("Id",), quote="")[1] == [["1", '6" pipe'], ["2", '5" pipe']]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_found(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\n".join(["Name", *NAMES]).encode(encoding))
    assert table(path, ("Name",)) == (["Name"], [[name] for name in NAMES])


def test_a_western_file_is_guessed_and_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("Name\n" + "\n".join(NAMES * 20)).encode("cp1252"))
    opened = open_table(Found(path, "a.csv"), FileFormat(), ("Name",))
    assert [row.cells for row in opened.rows()][:4] == [[name] for name in NAMES]
    assert opened.remark is not None
    assert "a.csv was read as cp1252, which is a guess. It gives Zoë, Ångström, Müller" in opened.remark


@pytest.mark.parametrize("encoding", ["cp1252", "cp1250", "shift_jis", "mac-roman", "utf-7"])
def test_a_declared_encoding_is_used(tmp_path: Path, encoding: str) -> None:
    text = {"shift_jis": "山田太郎"}.get(encoding, "Müller")
    path = tmp_path / "a.csv"
    path.write_bytes(f"Name\n{text}\n".encode(encoding))
    assert table(path, ("Name",), encoding=encoding)[1] == [[text]]


def test_a_wrongly_declared_encoding_stops(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Name\nAnn\nZoë\n".encode("cp1252"))
    with pytest.raises(ImportStopped, match=r"a\.csv is not utf-8, as the mapping says: see line 3"):
        table(path, ("Name",), encoding="utf-8")
    path.write_bytes("Name\nAnn\nZoë\n".encode())
    with pytest.raises(ImportStopped, match="is UTF-8, but the mapping says cp1252"):
        table(path, ("Name",), encoding="cp1252")


def test_a_damaged_wide_file_stops(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("Name\nAnn\n".encode("utf-16") + b"\x00")
    with pytest.raises(ImportStopped, match="is not utf-16, as its byte order mark says"):
        table(path, ("Name",))


def test_lines_are_physical_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'"Id","No\nte"\r\n1,x\r\n\r\n2,"a\nb\r\nc"\r\n,\r\n3,y')
    assert lines(path) == [(3, 3), (5, 7), (9, 9)]


def test_headings_further_down(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Report of deals\nPrinted today\nId,Name\n1,One\n")
    assert table(path, ("Id",), heading_line=3) == (["Id", "Name"], [["1", "One"]])


def test_an_unclosed_quotation_mark_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_data.importers.csv_file._LONGEST", 100)
    path = tmp_path / "a.csv"
    path.write_text('Id,Name\n1,One\n2,"Two\n' + "3,Three\n" * 50)
    with pytest.raises(ImportStopped, match=r"a\.csv, line 3: .*A quotation mark is probably missing"):
        table(path, ("Id",))


@pytest.mark.parametrize(
    "content", [b"", b"\n\n\n", b"\xef\xbb\xbf", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"<html></html>"]
)
def test_no_table_at_all(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    def opened() -> None:
        headings, _ = table(path, ("Id",))
        locate(["Id"], headings, "a.csv")

    with pytest.raises(ImportStopped, match=r"is empty|no headings|no column 'Id'|is not text|is a web page"):
        opened()


def test_a_heading_that_is_missing_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ImportStopped) as stopped:
        locate(["Close Date"], ["Id", "Closed Date", "Amount"], "deals.csv")
    assert str(stopped.value) == (
        "deals.csv: there is no column 'Close Date'. Did you mean 'Closed Date'? "
        "The file has 'Id', 'Closed Date', 'Amount'."
    )


def test_capitals_and_spaces_of_headings_do_not_matter() -> None:
    assert locate(["Est. revenue", "ID"], ["Id", "Est.  Revenue"], "x") == {"Est. revenue": 1, "ID": 0}
    assert locate(["id"], ["ID", "id"], "x") == {"id": 1}, "but an exact heading is preferred"
    with pytest.raises(ImportStopped, match="2 columns are headed 'id'"):
        locate(["id"], ["ID", "Id"], "x")


def test_ten_thousand_headings(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"c{i}" for i in range(10_000)) + "\n" + ",".join("x" * 10_000) + "\n")
    started = time.process_time()
    headings, rows = table(path, ("c9999",))
    assert (len(headings), len(rows[0])) == (10_000, 10_000)
    with pytest.raises(ImportStopped) as stopped:
        locate(["d"], headings, "a.csv")
    assert "and 9,980 more" in str(stopped.value)
    assert len(str(stopped.value)) < 400
    assert time.process_time() - started < 5


def test_files_by_pattern(tmp_path: Path) -> None:
    for name in ("2024/deals.csv", "2025/deals.csv", "accounts.csv", ".hidden/deals.csv", ".deals.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("Id\n")
    files = find_files([tmp_path, tmp_path / "accounts.csv"])
    assert [file.name for file in files] == ["2024/deals.csv", "2025/deals.csv", "accounts.csv"]
    assert [f.name for f in matching(files, "deals.csv", "x", False)] == ["2024/deals.csv", "2025/deals.csv"]
    assert [f.name for f in matching(files, "2025/*.csv", "x", False)] == ["2025/deals.csv"]
    assert matching(files, "leads.csv", "x", True) == []
    with pytest.raises(ImportStopped, match=r"no file fits 'account\.csv'.+mean 'accounts\.csv'"):
        matching(files, "account.csv", "x", False)
    with pytest.raises(ImportStopped, match="There is no file or folder"):
        find_files([tmp_path / "nowhere"])


def test_a_spreadsheet(tmp_path: Path) -> None:
    day, moment = date(2026, 1, 2), datetime(2026, 1, 2, 9, 30)  # noqa: DTZ001
    rows: list[list[object]] = [
        [None, "title"],
        ["Id", "When", "At", "Sum", "Ok"],
        ["1", day, moment, 1100.04, True],
        [],
        [2, None, None, "x", False],
    ]
    path = write_workbook(tmp_path / "export.csv", rows)  # told by its content, not its name
    headings, found = table(path, ("Id",), sheet="Deals", heading_line=2)
    assert headings == ["Id", "When", "At", "Sum", "Ok"]
    assert found == [["1", day, moment, 1100.04, True], [2.0, "", "", "x", False]]
    opened = open_table(Found(path, path.name), FileFormat(sheet="Deals", heading_line=2), ("Id",))
    assert [row.line for row in opened.rows()] == [3, 5]


def test_spreadsheets_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [["Id"], [1]])
    with pytest.raises(ImportStopped, match=r"has no sheet 'Deal'.+mean 'Deals'"):
        table(path, sheet="Deal")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImportStopped, match="is damaged"):
        table(path)
    path.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(1000))
    with pytest.raises(ImportStopped, match="cannot be read as a spreadsheet"):
        table(path)


def test_a_spreadsheet_that_unpacks_to_too_much(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(excel_file.LARGEST_UNPACKED + 1))
    assert path.stat().st_size < 1_000_000
    started = time.process_time()
    with pytest.raises(ImportStopped, match="unpacks to 500 MB"):
        table(path)
    assert time.process_time() - started < 1


Published = Callable[[str], Path]


def test_data_loaders_own_files(published: Published) -> None:
    folder = published("sf_dataloader")
    wanted = (["column1", "column2", "column3"], [[f"row{r}-{c}" for c in (1, 2, 3)] for r in (1, 2)])
    for name in ("csvtext", "csvtext_BOM_UTF8", "csvtext_BOM_UTF16BE", "csvtext_BOM_UTF16LE"):
        assert table(folder / f"{name}.csv", ("column2",)) == wanted, name
    for name in ("csvtext_BOM_UTF32BE", "csvtext_BOM_UTF32LE"):  # their mark is that of UTF-16
        headings, _ = table(folder / f"{name}.csv")
        with pytest.raises(ImportStopped):
            locate(["column2"], headings, name)
    assert table(folder / "csvEscapedQuotes.csv", ("column1",))[1][0] == ['"The Best" Account', "bla"]


def test_csv_spectrum(published: Published) -> None:
    folder = published("dirty") / "csv-spectrum"
    for file in sorted((folder / "csvs").glob("*.csv")):
        wanted = json.loads((folder / "json" / f"{file.stem}.json").read_text())
        headings, rows = table(file)
        found = [dict(zip(headings, row, strict=True)) for row in rows]
        assert found == wanted, file.name


def test_rfc_4180_files(published: Published) -> None:
    """These have no headings: their first row is taken as such."""
    folder = published("dirty") / "csv-test-data"
    for wanted_file in sorted((folder / "json").glob("*.json")):
        wanted = json.loads(wanted_file.read_text())
        file = folder / "csv" / f"{wanted_file.stem}.csv"
        if wanted_file.stem.startswith(("header-", "all-empty", "empty-one-column", "quotes-empty")):
            continue
        headings, rows = table(file)
        stripped = [[cell.strip() if row is wanted[0] else cell for cell in row] for row in wanted]
        assert [headings, *rows] == [row for row in stripped if any(row)], file.name


def test_every_published_file_opens(published: Published) -> None:
    """Whatever vendors export opens, and has headings."""
    folders = [
        "sf_data_cloud_workshop",
        "sf_gen_ai_demo",
        "sf_stomita_migration",
        "sf_dev_org_powerbi",
        "ifood_campaign",
    ]
    files = [file for name in folders for file in sorted(published(name).glob("*.csv"))]
    assert len(files) > 20
    for file in files:
        headings, rows = table(file)
        assert len(headings) > 1, file
        assert rows, file
