"""From nothing but a CRM to the whole Overview."""

from __future__ import annotations

import os
import time
from pathlib import Path

from playwright.sync_api import Browser, expect

from kpis import HEADLINE
from tests.browser.server import make_demo, serve
from tests.browser.watch import settle, watch

PROMISED = 15  # seconds from the server's start, on a machine that does nothing else


def share_of_the_machine() -> float:
    """How many times slower things are because others want the processor too."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def test_the_overview_is_complete_soon_after_the_first_start(tmp_path: Path, browser: Browser) -> None:
    """There is no copy yet: it is made while the page waits, and the page goes on by itself."""
    make_demo(tmp_path, "--events", "20000", "--today", "2026-11-21")
    began = time.monotonic()
    with serve(tmp_path) as address:
        page = browser.new_page()
        problems = watch(page, address)
        page.goto(address)
        tiles = page.locator(".tiles svg[role=img]")
        expect(tiles).to_have_count(len(HEADLINE), timeout=4 * PROMISED * 1000)
        settle(page)
        took = time.monotonic() - began
        page.close()
    assert problems == []
    assert took < PROMISED * share_of_the_machine()
