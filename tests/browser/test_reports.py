"""Reports in a real browser: opened, read, exported; the files have the figures of the tiles."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from kpis.reports import REPORTS
from tests.browser.conftest import OpenPage
from tests.browser.watch import settle, settle_width

WINDOW = "from=2026-01-01&to=2026-11-22"


def exported(page: Page, ending: str) -> bytes:
    with page.expect_download() as waiting:
        page.locator(f".st-key-export-{ending} button").click()
    assert waiting.value.suggested_filename.endswith(f"_2026-01-01_2026-11-22.{ending}")
    return Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize("name", REPORTS)
def test_each_report_is_read_and_taken_away(visit: OpenPage, name: str) -> None:
    report = REPORTS[name]
    page = visit(f"/reports?{WINDOW}")
    page.get_by_role("link", name=report.title).click()
    page.wait_for_url(f"**/reports?*report={name}*")
    settle(page)
    expect(page.locator("h1")).to_have_text(report.title)
    expect(page.locator(".report section").first).to_be_visible()
    said = page.locator(".report a.figure").first.text_content() or ""
    assert any(sign.isdigit() for sign in said)

    book = openpyxl.load_workbook(io.BytesIO(exported(page, "xlsx")))
    key = report.headline[0]
    total = next(row[2] for row in book["Summary"].iter_rows(values_only=True) if row[1] == key)
    lines = csv.DictReader(io.StringIO(exported(page, "csv").decode("utf-8-sig")))
    assert float(next(lines)["value"]) == pytest.approx(total)
    paper = PdfReader(io.BytesIO(exported(page, "pdf")))
    assert report.title in paper.pages[0].extract_text()

    visit(f"/rows?{WINDOW}&kpi={key}")
    tile = page.locator(".st-key-card-number .huge").text_content() or ""
    digits = "".join(sign for sign in tile if sign.isdigit())
    scale = 100 if "%" in tile else 1
    assert digits
    assert f"{total * scale:.1f}".replace(".", "").startswith(digits[:3]) or digits == f"{total * scale:.0f}"


def test_a_figure_leads_to_its_rows(visit: OpenPage) -> None:
    page = visit(f"/reports?report=sales&{WINDOW}")
    page.locator(".report a.figure").first.click()
    page.wait_for_url("**/rows?*kpi=revenue_won*")
    settle(page)
    expect(page.locator("h1")).to_have_text("Revenue won")


def test_nothing_is_wider_than_a_phone(open_page: OpenPage) -> None:
    page = open_page(f"/reports?report=segments&{WINDOW}", width=390, theme="dark")
    settle_width(page)
    assert page.locator(".report svg").count() >= 1
