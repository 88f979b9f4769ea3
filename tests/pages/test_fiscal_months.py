"""A 4-4-5 calendar on the pages: no two months of a year are called alike, and January is not December."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import update

from crm_data.engine import connect
from crm_data.schema import organisation
from tests.pages.conftest import loaded, run_page
from ui import links, shell
from ui.pages import PAGES, Entry

GALLERY = Path(__file__).parent / "gallery.py"

#: Fiscal 2025: its months begin on 30 Dec, 27 Jan, 24 Feb, 31 Mar, 28 Apr, 26 May, 30 Jun, ...
YEAR = {"from": "2024-12-30", "to": "2025-12-29"}
MONTHS = [f"{month} 2025" for month in "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec".split()]


@pytest.fixture
def retail(own_home: Path, demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo with a 4-4-5 calendar, and the page with every card."""
    shutil.copy(demo_home / "crm.db", own_home / "crm.db")
    engine = connect(f"sqlite:///{own_home / 'crm.db'}")
    with engine.begin() as connection:
        connection.execute(update(organisation.organisation).values(fiscal_calendar="445", week_start=1))
    engine.dispose()
    loaded()
    monkeypatch.setattr(shell, "PAGES", (*PAGES, Entry("gallery", "Gallery")))
    real = links.script
    for module in (shell, links):
        monkeypatch.setattr(module, "script", lambda name: GALLERY if name == "gallery" else real(name))


def body(page: str) -> str:
    test = run_page(**YEAR).switch_page(page).run()
    assert not test.exception
    return " ".join(unescape(one.value) for one in test.markdown)


@pytest.mark.usefixtures("retail")
def test_each_fiscal_month_has_its_own_name() -> None:
    gallery = body(str(GALLERY))
    axes = re.findall(r'class="plot".*?</div>', gallery, re.DOTALL)
    assert axes
    for axis in axes:
        assert re.findall(r'class="time"[^>]*>([^<]*)<', axis) == MONTHS[::3]
    tables = gallery.split("<table")
    assert MONTHS in [re.findall(r"<th[^>]*>(\w+ 202[45])</th>", table) for table in tables]
    quarters = re.findall(r"<th[^>]*>(\w+ 202[45]) · ", body("../pages/customers.py"))
    assert quarters[-4:] == ["Jan 2025", "Apr 2025", "Jul 2025", "Oct 2025"]
    report = run_page("reports", report="sales", **YEAR)
    drawn = " ".join(one.value for one in report.markdown)
    assert re.findall(r"<text[^>]*>(\w+ 202[45])</text>", drawn) == 2 * MONTHS[::2]  # of two curves
    (course,) = [json.loads(one.proto.spec) for one in run_page("rows", kpi="deals_won").get("plotly_chart")]
    times = course["layout"]["xaxis"]
    for middle, name in zip(times["tickvals"], times["ticktext"], strict=True):
        assert name[:3] == f"{date.fromisoformat(middle):%b}"
