"""A server and a Chromium that browser tests share.

`app` is the server's address. `open_page("/", width=390, theme="dark")` gives a settled page. A console
error, an exception or a request to another host fails the test; so does an app that says it broke. A
failed test leaves a picture in test-results.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.demo import make_demo, refresh
from tests.browser.server import LOGS, PATIENCE, ROOT, serve
from tests.browser.watch import Runs, failure_on, follow, settle, watch

PICTURES = ROOT / "test-results"
FAILED = pytest.StashKey[bool]()

OpenPage = Callable[..., Page]
Theme = Literal["light", "dark"]


#: These run in one of pytest's processes and the others in another, each with a server and a browser.
CLICKING = ("test_alerts", "test_frame", "test_overview", "test_reports")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            group = "clicking" if item.path.stem in CLICKING else "looking"
            item.add_marker(pytest.mark.xdist_group(f"browser, {group}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running app with a demo CRM that ends on TODAY."""
    folder = tmp_path_factory.mktemp("crm")
    make_demo(folder, 20_000)
    refresh(folder)  # so that no test finds the page waiting for the copy
    with serve(folder) as address:
        yield address


@pytest.fixture(scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo CRM to edit."""
    folder = tmp_path_factory.mktemp("own")
    make_demo(folder, 3000)
    refresh(folder)
    return folder


@pytest.fixture(scope="session")
def own_app(own_home: Path) -> Iterator[str]:
    """The address of a running app with the CRM to edit."""
    with serve(own_home) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.fail("No Chromium was found. Type: make browser", pytrace=False)
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.flags())
        yield running
        running.close()


@dataclass
class Tab:
    """An open page of a server, all that was wrong on it so far, and how often it was drawn."""

    page: Page
    server: str
    problems: list[str]
    runs: Runs


def open_tab(browser: Browser, server: str, path: str, *, width: int = 1440, theme: Theme = "light") -> Tab:
    phone = width < 600
    context = browser.new_context(
        viewport={"width": width, "height": 844 if phone else 900},
        color_scheme=theme,
        locale="en-GB",
        has_touch=phone,
    )
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    tab = Tab(page, server, watch(page, server), Runs(page))
    page.goto(server + path)
    settle(page)
    return tab


def check(tabs: list[Tab], node: pytest.Item) -> None:
    """Fails the test for whatever was wrong on its pages, with a picture of each."""
    problems: list[str] = []
    failed: bool = node.stash.get(FAILED, False)
    for number, tab in enumerate(tabs):
        error = failure_on(tab.page)
        problems += tab.problems
        if error:
            log = LOGS[tab.server].read_text()[-3000:]
            problems.append(f"the app shows: {error}\nIts log ends: {log}")
        if problems or failed:
            PICTURES.mkdir(exist_ok=True)
            name = re.sub(r"\W+", "-", node.name)
            tab.page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens pages of `app`, or of another `server`, each in a browser of its own."""
    opened: list[Tab] = []

    def open_(
        path: str = "/", *, width: int = 1440, theme: Theme = "light", server: str | None = None
    ) -> Page:
        address = server or request.getfixturevalue("app")
        opened.append(open_tab(browser, address, path, width=width, theme=theme))
        return opened[-1].page

    yield open_
    try:
        check(opened, request.node)
    finally:
        for tab in opened:
            tab.page.context.close()


Tabs = dict[tuple[str, Theme], Tab]


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Iterator[Tabs]:
    """The tabs that `visit` goes from page to page in, by server and theme."""
    kept: Tabs = {}
    yield kept
    for tab in kept.values():
        tab.page.context.close()


@pytest.fixture
def visit(browser: Browser, tabs: Tabs, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens pages as `open_page` does, at 1440, but from the one before by a link, as a person goes.

    That takes a third of the time. For tests that look and click and type nothing: they share what a person
    has left.
    """
    visited: Tabs = {}

    def visit_(path: str, *, theme: Theme = "light", server: str | None = None) -> Page:
        key = (server or request.getfixturevalue("app"), theme)
        tab = visited.get(key) or tabs.pop(key, None) or open_tab(browser, key[0], path, theme=theme)
        visited[key] = tab
        tab.page.emulate_media(media="null")  # a test may have left it on paper
        tab.page.set_viewport_size({"width": 1440, "height": 900})
        if tab.page.url != key[0] + path:
            follow(tab.page, tab.runs, path)
        settle(tab.page)
        return tab.page

    yield visit_
    try:
        check(list(visited.values()), request.node)
        if not request.node.stash.get(FAILED, False):
            tabs.update(visited)
            visited.clear()
    finally:
        for tab in visited.values():
            tab.page.context.close()
