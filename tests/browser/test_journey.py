"""The weekly review: from the whole to one customer's wrong telephone number, and back."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.watch import settle


def arrived(page: Page, place: str, title: str | None = None) -> str:
    """Wait for the page, with its title where that is known; gives its address."""
    page.wait_for_url(re.compile(rf"/{place}(\?|$)"))
    if title:
        expect(page.locator("h1")).to_have_text(title)
    settle(page)
    address: str = page.evaluate("location.href")
    return address


def test_from_the_overview_to_a_contact_and_back(open_page: OpenPage, own_app: str, own_home: Path) -> None:
    page = open_page("/?region=EMEA", server=own_app)
    page.locator(".globe [aria-label^='Germany: ']").click()
    address = arrived(page, "rows")
    assert "region=EMEA" in address
    assert "at=country%3ADE" in address

    page.locator(".st-key-bar").get_by_role("link", name="Sales", exact=True).click()
    assert "region=EMEA" in arrived(page, "sales", "Sales"), "the bar keeps the filters"

    board = page.get_by_role("region", name="Representatives")
    heads = [head.strip() for head in board.locator("thead th").all_inner_texts()]
    lost = board.locator("tbody tr").first.locator("th, td").nth(heads.index("Deals lost"))
    lost.get_by_role("link").click()
    address = arrived(page, "rows", "Deals lost")
    assert "kpi=deals_lost" in address
    assert "at=owner%3A" in address
    assert "region=EMEA" in address
    expect(page.locator("h1")).to_have_text("Deals lost")
    expect(page.get_by_text("Added up just now")).to_be_visible()

    page.locator("table a[href*='customer?']").first.click()
    address = arrived(page, "customer")
    account = int(re.findall(r"account=(\d+)", address)[0])
    expect(page.get_by_text("Health", exact=True)).to_be_visible()

    with sqlite3.connect(own_home / "crm.db") as crm:
        (contact,) = crm.execute("SELECT min(id) FROM contacts WHERE account_id = ?", (account,)).fetchone()
        (known,) = crm.execute("SELECT coalesce(max(id), 0) FROM audit_log").fetchone()
    assert contact, "the account has a contact"
    page.locator(f"a[href*='contacts?'][href*='contact={contact}']").first.click()
    arrived(page, "contacts", "Contacts")
    page.get_by_label("Job title", exact=True).fill("Keeper of the light")
    page.locator(".st-key-card-details").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator(".deed").first).to_contain_text("Keeper of the light")

    data = open_page("/data", server=own_app)
    expect(data.get_by_text("contacts no. " + str(contact)).first).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    with sqlite3.connect(own_home / "crm.db") as crm:
        acts = crm.execute(
            "SELECT table_name, action FROM audit_log WHERE id > ? ORDER BY id", (known,)
        ).fetchall()
    assert acts == [("contacts", "update"), ("contacts", "undo")]
