"""From the files of another CRM to figures that can be proven, and back to the demo as it was."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import make_demo, refresh
from tests.browser.server import serve
from tests.browser.watch import settle

SALESFORCE = Path(__file__).resolve().parents[1] / "data" / "salesforce"


@pytest.fixture
def beside(tmp_path: Path) -> Iterator[str]:
    """The address of a running app with a small demo CRM in `tmp_path`, to import beside."""
    make_demo(tmp_path, 200)
    refresh(tmp_path)
    with serve(tmp_path) as address:
        yield address


def asked(file: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as crm:
        return crm.execute(sql).fetchall()


def everything(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Each table's rows, but for when the app last looked at the alert rules."""
    tables = asked(file, "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    tables.remove(("alert_watch",))
    return {str(name): asked(file, f'SELECT * FROM "{name}"') for (name,) in tables}


def won() -> Decimal:
    """What the file itself says."""
    with (SALESFORCE / "Opportunity.csv").open(encoding="utf-8-sig", newline="") as file:
        return sum((Decimal(row["Amount"]) for row in csv.DictReader(file) if row["IsWon"] == "1"), Decimal())


def button(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button").click()


def test_from_salesforce_to_the_overview_and_back(open_page: OpenPage, beside: str, tmp_path: Path) -> None:
    before = everything(tmp_path / "crm.db")
    page = open_page("/import", server=beside)
    elsewhere = open_page("/", server=beside)
    expect(page.get_by_text("is a demo and stays as it is")).to_be_visible()
    page.locator("input[type=file]").set_input_files(sorted(SALESFORCE.glob("*.csv")))

    files = page.locator(".files")
    expect(files.get_by_role("row", name="Opportunity.csv")).to_contain_text("Salesforce · Opportunity")
    expect(files.get_by_role("row", name="AccountContactRelation.csv")).to_contain_text("not imported")
    expect(page.get_by_text("Likely duplicates: 1")).to_be_visible()
    expect(page.get_by_text("Impossible days: 15")).to_be_visible()
    pair = page.locator("[class*=st-key-alike-pair]").first
    expect(pair).to_contain_text("telephone number the same")
    pair.get_by_text("Merge", exact=True).click()
    expect(pair.get_by_role("switch")).to_be_checked()
    settle(page)

    button(page, "load")
    expect(page.get_by_text("are the same in the files and in the CRM")).to_be_hidden()
    expect(page.get_by_text("7 · Reconcile")).to_be_visible()
    expect(page.get_by_text("427 rows are in the CRM. Differences: 1, each explained below.")).to_be_visible()
    expect(page.get_by_text("43,603,545.98 USD").first).to_be_visible()
    page.get_by_label("Their value").fill("24 %")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Their figure is deals won ÷ all deals, open ones included")).to_be_visible()
    assert asked(tmp_path / "own.db", "SELECT count(*) FROM contacts") == [(101,)]
    assert asked(
        tmp_path / "own.db", "SELECT sum(amount) / 10000.0 FROM opportunities WHERE status = 'won'"
    ) == [(float(won()),)]

    expect(elsewhere.locator(".brand")).to_have_text("My organisation")
    page.get_by_text("See it on the Overview").click()
    expect(page.locator("h1")).to_have_text("Overview")
    settle(page)
    expect(page.locator(".brand")).to_have_text("My organisation")
    expect(page.locator(".figure-revenue_won")).to_contain_text(f"${won() / 1_000_000:.1f}M")

    page.locator("nav.wide a", has_text="Import").click()
    expect(page.locator("h1")).to_have_text("Import")
    settle(page)
    button(page, "undo-1")
    expect(page.get_by_text("the demo is shown")).to_be_visible()
    expect(page.get_by_text("is a demo and stays as it is")).to_be_visible()
    expect(elsewhere.locator(".brand")).to_have_text("Lighthouse Relay (demo)")
    assert asked(tmp_path / "own.db", "SELECT count(*) FROM contacts") == [(0,)]
    assert everything(tmp_path / "crm.db") == before
