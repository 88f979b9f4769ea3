"""Probabilities as shares, percentages and with a percent sign: the same in the CRM, or said."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from crm_data.importers.formats import CellFormat
from crm_data.importers.recognise import propose, recognise
from crm_data.importers.recognise.shares import PERCENT, factor
from tests.recognise.conftest import Load, rows

SALESFORCE = "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date"
HEADINGS = {
    "salesforce": (SALESFORCE, "Probability (%)", "0065g00000ABCDEAA{i},A,Acme,Ann,Prospecting,1,2026-09-01"),
    "pipedrive": (
        "Deal - ID,Deal - Title,Deal - Organization,Deal - Owner,Deal - Stage,Deal - Status,Deal - Value",
        "Deal - Probability",
        "{i},A,Acme,Ann,Lead in,Open,1",
    ),
    "hubspot": (
        "Record ID,Deal Name,Deal Stage,Amount,Close Date,Create Date,Deal owner,Associated Contact IDs",
        "Deal probability",
        "{i},A,Proposal,1,2026-09-01,2026-01-01,Ann,77",
    ),
    "generic": ("Deal ID,Deal Name,Stage,Amount,Close Date", "Probability", "{i},A,Demo,1,2026-09-01"),
}


def deals(folder: Path, system: str, *cells: str) -> Path:
    headings, probability, row = HEADINGS[system]
    path = folder / "deals.csv"
    lines = [f"{headings},{probability}", *(f"{row.format(i=i)},{cell}" for i, cell in enumerate(cells, 1))]
    path.write_text("\n".join(lines))
    (found,) = recognise([path])
    assert found.system == system
    return path


@pytest.mark.parametrize("system", HEADINGS)
@pytest.mark.parametrize(
    "cells", [("60", "25", "1"), ("60%", "25 %", "1%"), ("0.6", "0.25", "0.01"), ("60%", "25", "1%")]
)
def test_a_probability_is_a_share(
    own: Engine, load: Load, tmp_path: Path, system: str, cells: tuple[str, ...]
) -> None:
    outcome, _ = load(deals(tmp_path, system, *cells, ""))
    assert outcome.report is None
    assert [share for (share,) in rows(own, "opportunities", "probability")] == [0.6, 0.25, 0.01, None]


def test_a_workbooks_percentages_are_shares(own: Engine, load: Load, tmp_path: Path) -> None:
    """A cell that is shown as 60 % holds 0.6."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([*SALESFORCE.split(","), "Probability (%)"])
    for i, share in enumerate((0.6, 1.0), 1):
        day = datetime(2026, 9, 1)  # noqa: DTZ001 - a spreadsheet has no zone
        sheet.append([f"0065g00000ABCDEAA{i}", "A", "Acme", "Ann", "Prospecting", 1, day, share])
        sheet.cell(i + 1, 8).number_format = "0%"
    book.save(tmp_path / "report.xlsx")
    _, proposal = load(tmp_path / "report.xlsx")
    assert rows(own, "opportunities", "probability") == [(0.6,), (1.0,)]
    assert any("taken as shares, not as percentages" in remark for remark in proposal.remarks)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("0", "1"), "1 could be 1% or 100%; it is taken as 100%, which is a guess"),
        (("0.5", "60"), "0.5 stands beside 60; all are taken as percentages, so 0.5 is 0.5%"),
        (("0", "0"), ""),
        (("0", "100"), ""),
    ],
)
def test_what_could_be_either_is_said(tmp_path: Path, cells: tuple[str, ...], said: str) -> None:
    remarks = propose(recognise([deals(tmp_path, "generic", *cells)])).remarks
    found = [remark for remark in remarks if "probability" in remark]
    assert found == ([f"deals.csv, probability: {said}."] if said else [])


def test_one_that_is_none_does_not_cost_the_row(own: Engine, load: Load, tmp_path: Path) -> None:
    outcome, _ = load(deals(tmp_path, "generic", "60", "250", "-5", "likely"))
    assert outcome.report is None
    assert rows(own, "opportunities", "probability") == [(0.6,), (None,), (None,), (None,)]
    assert sum(note.rows for note in outcome.notes if note.column == "probability") == 3


def test_only_the_end_of_a_long_column_tells(tmp_path: Path) -> None:
    proposal = propose(recognise([deals(tmp_path, "generic", *["0"] * 20_000, "60")]))
    assert "times = 0.01" in proposal.text


def test_a_number_beyond_100_tells_nothing() -> None:
    assert factor(["0.5", "0.25", "120"], CellFormat(), percent=False) == (None, "")
    assert factor(["50", "25", "120"], CellFormat(), percent=False) == (PERCENT, "")
