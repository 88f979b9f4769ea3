"""One server and one Chromium for all browser tests.

`app` is the server's address. `open_page("/", width=390, theme="dark")` gives a settled page. A console
error, an exception or a request to another host fails the test; so does an app that says it broke. A
failed test leaves a picture in test-results.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.server import LOGS, ROOT, crm_data, make_demo, serve
from tests.browser.watch import failure_on, settle, watch

PICTURES = ROOT / "test-results"
TODAY = "2026-11-21"
FAILED = pytest.StashKey[bool]()

OpenPage = Callable[..., Page]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share a server and a browser, so they all run in one of pytest's processes."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running app with a demo CRM that ends on TODAY."""
    folder = tmp_path_factory.mktemp("crm")
    make_demo(folder, "--events", "20000", "--today", TODAY)
    crm_data(folder, "refresh")  # so that no test finds the page waiting for the copy
    with serve(folder) as address:
        yield address


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo CRM of the module's own, to edit."""
    folder = tmp_path_factory.mktemp("own")
    make_demo(folder, "--events", "3000", "--today", TODAY)
    crm_data(folder, "refresh")
    return folder


@pytest.fixture(scope="module")
def own_app(own_home: Path) -> Iterator[str]:
    """The address of a running app with the module's own CRM."""
    with serve(own_home) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.fail("No Chromium was found. Type: make browser", pytrace=False)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=chromium.flags())
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Opens pages of `app`, or of another `server`."""
    opened: list[tuple[Page, str, list[str]]] = []

    def open_(
        path: str = "/",
        *,
        width: int = 1440,
        theme: Literal["light", "dark"] = "light",
        server: str | None = None,
    ) -> Page:
        address = server or request.getfixturevalue("app")
        phone = width < 600
        context = browser.new_context(
            viewport={"width": width, "height": 844 if phone else 900},
            color_scheme=theme,
            locale="en-GB",
            has_touch=phone,
        )
        page = context.new_page()
        opened.append((page, address, watch(page, address)))
        page.goto(address + path)
        settle(page)
        return page

    yield open_
    problems = []
    for number, (page, address, noted) in enumerate(opened):
        error = failure_on(page)
        problems += noted
        if error:
            problems.append(f"the app shows: {error}\nIts log ends: {LOGS[address].read_text()[-3000:]}")
        if problems or request.node.stash.get(FAILED, False):
            PICTURES.mkdir(exist_ok=True)
            name = re.sub(r"\W+", "-", request.node.name)
            page.screenshot(path=PICTURES / f"{name}-{number}.png", full_page=True)
        page.context.close()
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)
