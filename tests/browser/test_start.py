"""From nothing but a CRM to the whole Overview."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from kpis import HEADLINE
from tests.browser.demo import make_demo
from tests.browser.server import serve
from tests.browser.watch import settle, watch


def test_the_overview_is_complete_after_the_first_start(tmp_path: Path, browser: Browser) -> None:
    """There is no copy yet: it is made while the page waits, and the page goes on by itself."""
    make_demo(tmp_path, 20_000)
    with serve(tmp_path) as address:
        page = browser.new_page()
        problems = watch(page, address)
        page.goto(address)
        expect(page.locator(".tiles svg[role=img]")).to_have_count(len(HEADLINE))
        settle(page)
        page.close()
    assert problems == []
