"""What every browser test relies on: a page that misbehaves is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser

from tests.browser.watch import wait, watch

PAGES = {
    "calm": "<p>Nothing to see</p>",
    "error": "<script>console.error('it broke')</script>",
    "exception": "<script>null.property</script>",
    "picture": "<img src='http://elsewhere.example/spy.png'>",
    "socket": "<script>new WebSocket('ws://elsewhere.example/')</script>",
    "missing": "<img src='/no-such.png'>",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("site")
    for name, body in PAGES.items():
        (folder / f"{name}.html").write_text(f"<!doctype html><link rel='icon' href='data:,'>{body}")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=folder)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("name", "noticed"),
    [
        ("calm", None),
        ("error", "it broke"),
        ("exception", "exception in the page"),
        ("picture", "another host: http://elsewhere.example/spy.png"),
        ("socket", "another host: ws://elsewhere.example/"),
        ("missing", "/no-such.png"),
    ],
)
def test_a_page_that_misbehaves_is_noticed(
    browser: Browser, site: str, name: str, noticed: str | None
) -> None:
    page = browser.new_page()
    problems = watch(page, site)
    page.goto(f"{site}/{name}.html")
    if noticed is None:
        page.wait_for_load_state("networkidle")
        assert problems == []
    else:
        wait(page, lambda: any(noticed in problem for problem in problems), f"{noticed} went unnoticed")
    page.close()
