"""Rows as files: complete, exact, and nothing in them is run."""

from __future__ import annotations

import csv
import gc
import io
import os
from datetime import datetime

import openpyxl
import pytest

import kpis
from crm_data.warehouse import Copy
from kpis import LEFT_OUT, NoRows, Period, Question, Rows
from tests.pages.conftest import TODAY, Open
from ui import download, take
from ui.download import Kept, csv_file, made, xlsx_file

YEAR = Period(TODAY.replace(year=2025), TODAY)
WON = Question(("revenue_won",), YEAR, TODAY)


@pytest.mark.parametrize("key", ["revenue_won", "cac", "churn_rate", "quota_attainment"])
@pytest.mark.parametrize("which", [kpis.COUNTED, LEFT_OUT])
def test_portions_are_the_same_rows(copy: Copy, key: str, which: str) -> None:
    question = Question((key,), YEAR, TODAY)
    whole = kpis.rows(copy, question, which, limit=None)
    portions = list(kpis.stream(copy, question, which, size=7))
    assert tuple(row for one in portions for row in one.rows) == whole.rows
    assert {(one.columns, one.total) for one in portions} <= {(whole.columns, whole.total)}


def test_a_question_without_rows_is_refused(copy: Copy) -> None:
    future = Period(TODAY.replace(year=2030), TODAY.replace(year=2031))
    with pytest.raises(NoRows):
        list(kpis.stream(copy, Question(("revenue_won",), future, TODAY)))


def test_a_workbook_has_the_lines_of_the_table(copy: Copy) -> None:
    seen: list[float] = []
    with made(csv_file, kpis.stream(copy, WON, size=50), seen.append) as file:
        lines = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))
    assert seen[-1] == 1.0
    assert seen == sorted(seen)
    with made(xlsx_file, kpis.stream(copy, WON, size=50)) as file:
        rows = list(openpyxl.load_workbook(file)["Rows"].iter_rows(values_only=True))
    head, first = list(rows[0]), dict(zip(rows[0], rows[1], strict=True))
    assert head == lines[0]
    assert len(rows) == len(lines)
    assert isinstance(first["day"], datetime)
    place = head.index("counts_for")
    total = kpis.ask(copy, WON)[0][0].value
    assert sum(row[place] for row in rows[1:]) == pytest.approx(total)
    assert sum(float(line[place]) for line in lines[1:]) == pytest.approx(total)
    assert first["account_name"]


def test_texts_are_never_run(monkeypatch: pytest.MonkeyPatch, copy: Copy) -> None:
    hostile = ("=1+1", "@SUM(A1)", "-1+1", "\t=1", "http://example.com", "<b>", "'", "مبيعات", "🙂", "")
    page = Rows("deals_won", "", ("segment", "counts_for"), tuple((one, 1) for one in hostile), len(hostile))
    with made(csv_file, [page]) as file:
        lines = [line[0] for line in csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline=""))]
    assert lines[1:5] == ["'=1+1", "'@SUM(A1)", "'-1+1", "'\t=1"]
    with made(xlsx_file, [page]) as file:
        cells = [row[0] for row in openpyxl.load_workbook(file)["Rows"].iter_rows(min_row=2)]
    assert [cell.value or "" for cell in cells] == list(hostile)
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not [cell for cell in cells if cell.hyperlink]
    monkeypatch.setattr(download, "SHEET", 3)
    with made(xlsx_file, [page]) as file:
        assert openpyxl.load_workbook(file)["Rows"].max_row == 4, "no more than a sheet holds"


def test_many_rows_are_prepared_first(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    test = open_page("rows", kpi="deals_won", **{"from": "2025-01-01", "to": "2026-01-01"})
    assert len(test.get("download_button")) == 2
    assert not [button for button in test.button if button.label.startswith("Prepare")]
    monkeypatch.setattr(take, "_AT_ONCE", 5)
    test.run()
    prepare = next(button for button in test.button if button.label.endswith("(Excel)"))
    assert prepare.label.startswith("Prepare ")
    prepare.click().run()
    assert not test.exception
    (ready,) = test.get("download_button")
    assert ready.proto.label == prepare.label.replace("Prepare", "Download")


def test_what_was_prepared_is_read_again_and_goes_with_its_last_reference() -> None:
    with made(csv_file, [Rows("deals_won", "", ("counts_for",), ((1,),), 1)]) as file:
        kept = Kept(file)
    assert kept.read() == kept.read() != b""
    descriptor = kept._descriptor
    del kept
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
