"""What others do to the CRM database shows on an open page; names that try to be more than text do not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import make_demo, refresh
from tests.browser.server import serve
from tests.browser.watch import settle, wait
from tests.pages.readings import HOSTILE

#: What a name would have become part of the page as.
LOADED = "[data-testid=stMain] img, [data-testid=stMain] a[href^='http://evil']"
_MILLION = 1_000_000 * 10_000  # money is stored in ten-thousandths


@pytest.fixture(scope="module")
def crm_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo CRM of this module's own, in which everything has a hostile name."""
    folder = tmp_path_factory.mktemp("live")
    make_demo(folder, 3000)
    with sqlite3.connect(folder / "crm.db") as crm:
        crm.execute("UPDATE organisation SET name = ?", [HOSTILE[0]])
        for table, column in (
            ("accounts", "name"),
            ("users", "name"),
            ("teams", "name"),
            ("opportunities", "name"),
        ):
            for place, name in enumerate(HOSTILE):
                crm.execute(
                    f"UPDATE {table} SET {column} = ? || ' ' || id WHERE id % ? = ?",
                    [name, len(HOSTILE), place],
                )
        for column, among in (("segment", "accounts"), ("acquisition_channel", "accounts")):
            for place, name in enumerate(HOSTILE):
                crm.execute(f"UPDATE {among} SET {column} = ? WHERE id % ? = ?", [name, len(HOSTILE), place])
        for place, (key,) in enumerate(
            crm.execute("SELECT id FROM regions WHERE parent_id IS NULL").fetchall()
        ):
            crm.execute("UPDATE regions SET name = ? WHERE id = ?", [HOSTILE[place], key])
    refresh(folder)
    return folder


@pytest.fixture(scope="module")
def server(crm_home: Path) -> Iterator[str]:
    with serve(crm_home) as address:
        yield address


def test_hostile_names_are_shown_as_text(open_page: OpenPage, server: str) -> None:
    page = open_page("/", server=server)
    page.on("dialog", lambda dialog: pytest.fail(f"a name ran as a script: {dialog.message}"))
    for name in HOSTILE[:4]:  # the four sales regions
        expect(page.locator(".world")).to_contain_text(name)
    expect(page.locator(".brand")).to_have_text(HOSTILE[0])
    page.locator(".st-key-chip-segment button").click()
    options = page.locator("[data-testid=stPopoverBody]")
    for name in HOSTILE:
        expect(options).to_contain_text(name)
    page.keyboard.press("Escape")
    assert page.locator(LOADED).count() == 0


def test_hostile_names_in_rows_and_chips_are_text_too(open_page: OpenPage, server: str) -> None:
    page = open_page("/", server=server)
    page.locator(".list-segment-active_customers a").first.click()
    page.wait_for_url("**/rows?**")
    settle(page)
    chips = page.locator(".st-key-narrowed")
    wait(page, lambda: any(name in chips.inner_text() for name in HOSTILE), "no chip has a name")
    rows = page.locator(".st-key-rows .table")
    wait(page, lambda: any(name in "".join(rows.all_inner_texts()) for name in HOSTILE), "no name is listed")
    assert page.locator(LOADED).count() == 0


def test_a_change_by_another_process_shows(open_page: OpenPage, server: str, crm_home: Path) -> None:
    page = open_page("/rows?kpi=revenue_won&from=2025-01-01&to=2026-01-01", server=server)
    before = page.locator(".huge").inner_text()
    with sqlite3.connect(crm_home / "crm.db") as crm:
        changed = crm.execute(
            "UPDATE opportunities SET amount = amount + ? WHERE id = (SELECT max(id) FROM opportunities "
            "WHERE status = 'won' AND amount > 0 AND closed_on BETWEEN '2025-01-01' AND '2025-12-31')",
            [_MILLION],
        )
        assert changed.rowcount == 1
    expect(page.locator(".huge")).not_to_have_text(before)


def test_the_page_says_when_the_database_is_gone_and_when_it_is_back(
    open_page: OpenPage, server: str, crm_home: Path
) -> None:
    page = open_page("/", server=server)
    kept, gone = crm_home / "crm.db", crm_home / "gone.db"
    value = page.locator(".figure-deals_won .big").inner_text()
    with sqlite3.connect(kept) as crm:
        crm.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept.rename(gone)
    kept.write_text("not a database")
    expect(page.get_by_text("These numbers are as of")).to_be_visible()
    expect(page.locator(".figure-deals_won .big")).to_have_text(value)
    kept.unlink()
    gone.rename(kept)
    expect(page.get_by_text("These numbers are as of")).to_be_hidden()
