"""`python -m kpis report`: the same report without a browser."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from pypdf import PdfReader

from kpis.__main__ import main
from tests.reports.conftest import Written

WINDOW = ("--from", "2026-01-01", "--to", "2026-11-22", "--today", "2026-11-21")


@pytest.fixture(autouse=True)
def _home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_HOME", str(home))
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)


def test_files(tmp_path: Path, written: Written) -> None:
    files = {kind: tmp_path / f"churn.{kind}" for kind in ("pdf", "xlsx", "csv")}
    wanted = [text for kind, path in files.items() for text in (f"--{kind}", str(path))]
    assert main(["report", "churn", *WINDOW, *wanted]) == 0
    assert len(PdfReader(io.BytesIO(files["pdf"].read_bytes())).pages) >= 2
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"].read_bytes()))
    rate = next(row[2] for row in book["Summary"].iter_rows(values_only=True) if row[1] == "churn_rate")
    tile = next(one for one in written("churn").readings if one.key == "churn_rate")
    assert rate == pytest.approx(tile.value)
    assert files["csv"].read_bytes().startswith(b"\xef\xbb\xbfsection,")


def test_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "sales", *WINDOW, "--where", "region=EMEA"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Sales performance: ")
    assert "Region: EMEA" in out
    assert "Revenue won came to " in out


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "satisfaction", *WINDOW, "--json", "--compare", "none"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["report"] == "satisfaction"
    assert found["sections"][0]["title"] == "What customers say"


def test_a_file_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "sales", *WINDOW, "--csv", str(tmp_path / "no" / "x.csv")]) == 1
    assert "cannot be written" in capsys.readouterr().err
