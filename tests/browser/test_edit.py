"""Correcting a contact and resolving a case where they are seen, by one person and by two at once."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.watch import Runs, settle, wait


def asked(own_home: Path, sql: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(own_home / "crm.db") as crm:
        return crm.execute(sql).fetchall()


def type_into(page: Page, label: str, text: str) -> None:
    page.locator(".st-key-card-details").get_by_label(label, exact=True).fill(text)


def save(page: Page) -> None:
    page.locator(".st-key-card-details").get_by_role("button", name="Save").click()


def test_correct_a_contact_see_the_audit_row_undo(open_page: OpenPage, own_app: str, own_home: Path) -> None:
    ((email,),) = asked(own_home, "SELECT email FROM contacts WHERE email IS NOT NULL ORDER BY id LIMIT 1")
    page = open_page("/contacts", server=own_app)
    page.get_by_label("Find contacts").fill(str(email))
    page.keyboard.press("Enter")
    expect(page.locator(".records tbody tr")).to_have_count(1)
    page.locator(".records tbody a").first.click()
    page.wait_for_url("**/contacts?contact=**")
    settle(page)
    assert "@" not in page.url
    assert str(email).split("@")[0] not in page.url
    key = page.url.split("contact=")[1]
    ((before,),) = asked(own_home, f"SELECT title FROM contacts WHERE id = {key}")

    type_into(page, "E-mail", "not an address")
    type_into(page, "Job title", "Lighthouse keeper")
    save(page)
    expect(page.get_by_text("This is no e-mail address")).to_be_visible()
    expect(page.get_by_label("Job title")).to_have_value("Lighthouse keeper")
    type_into(page, "E-mail", str(email))
    save(page)
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator(".deed").first).to_contain_text("Lighthouse keeper")
    ((table, action),) = asked(own_home, "SELECT table_name, action FROM audit_log ORDER BY id DESC LIMIT 1")
    assert (table, action) == ("contacts", "update")

    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(page.get_by_label("Job title")).to_have_value(str(before or ""))
    assert asked(own_home, f"SELECT title FROM contacts WHERE id = {key}") == [(before,)]


def test_two_people_edit_one_contact(open_page: OpenPage, own_app: str, own_home: Path) -> None:
    first = open_page("/contacts?contact=2", server=own_app)
    second = open_page("/contacts?contact=2", server=own_app)
    type_into(second, "Last name", "Typed second")
    type_into(first, "Last name", "Saved first")
    type_into(first, "Language", "xx")
    save(first)
    expect(first.get_by_text("Saved.")).to_be_visible()
    drawn = Runs.done_by(second)
    with sqlite3.connect(own_home / "crm.db") as crm:
        crm.execute("UPDATE cases SET priority = CASE priority WHEN 'low' THEN 'high' ELSE 'low' END")
    wait(second, lambda: Runs.done_by(second) > drawn, "what others do draws the page again")
    expect(second.get_by_label("Last name")).to_have_value("Typed second")
    save(second)
    expect(second.get_by_text("Somebody else changed the same")).to_be_visible()
    expect(second.get_by_text("Theirs: Saved first")).to_be_visible()
    second.get_by_text("Mine: Typed second").click()
    second.get_by_role("button", name="Save what I chose").click()
    expect(second.get_by_text("that is kept")).to_be_visible()
    assert asked(own_home, "SELECT last_name, language FROM contacts WHERE id = 2") == [
        ("Typed second", "xx")
    ]


def test_a_resolved_case_leaves_the_backlog_at_once(
    open_page: OpenPage, own_app: str, own_home: Path
) -> None:
    ((key,),) = asked(own_home, "SELECT min(id) FROM cases WHERE status = 'open'")
    number = open_page("/rows?kpi=backlog", server=own_app)
    before = int(number.locator(".huge").inner_text().replace(",", ""))
    page = open_page(f"/cases?case={key}", server=own_app)
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("The case is resolved.")).to_be_visible()
    expect(number.locator(".huge")).to_have_text(f"{before - 1:,}")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(number.locator(".huge")).to_have_text(f"{before:,}")


def test_a_database_that_another_program_holds_keeps_what_was_typed(
    open_page: OpenPage, own_app: str, own_home: Path
) -> None:
    page = open_page("/contacts?contact=3", server=own_app)
    type_into(page, "Job title", "Typed in vain")
    with sqlite3.connect(own_home / "crm.db", isolation_level=None) as crm:
        crm.execute("BEGIN IMMEDIATE")
        save(page)
        expect(page.get_by_text("is held by another program")).to_be_visible()
        crm.execute("ROLLBACK")
    expect(page.get_by_label("Job title")).to_have_value("Typed in vain")
    save(page)
    expect(page.get_by_text("Saved.")).to_be_visible()
