"""A page that notes everything a page must not do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import ClassVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import ConsoleMessage, Page, WebSocket, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.server import PATIENCE

#: Streamlit looks for itself below a deep link first; it then finds itself at the root.
HARMLESS = re.compile(r"^/.+/_stcore/(health|host-config)$")


def watch(page: Page, server: str) -> list[str]:
    """A list that grows with each console error, exception and request to another host than `server`."""
    problems: list[str] = []
    host = urlsplit(server).netloc

    def console(message: ConsoleMessage) -> None:
        address = urlsplit(message.location["url"])
        if message.type == "error" and not (address.netloc == host and HARMLESS.match(address.path)):
            problems.append(f"console: {message.text} ({message.location['url']})")

    def request(url: str) -> None:
        address = urlsplit(url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != host:
            problems.append(f"request to another host: {url}")

    page.on("console", console)
    page.on("pageerror", lambda error: problems.append(f"exception in the page: {error}"))
    page.on("request", lambda asked: request(asked.url))
    page.on("websocket", lambda socket: request(socket.url))
    return problems


class Runs:
    """What a page and the server say to each other about drawing it.

    `done` counts how often the whole page was drawn. Parts that draw themselves again, such as the
    freshness in the bar, do not count. `awaited` is True from the moment the page is loaded, or asks to be
    drawn, until the server begins to: meanwhile it looks finished, and shows what was there before.
    """

    _of: ClassVar[WeakKeyDictionary[Page, Runs]] = WeakKeyDictionary()

    def __init__(self, page: Page) -> None:
        self.done = 0
        self.awaited = False
        self._of[page] = self
        page.on("domcontentloaded", self._loaded)
        page.on("websocket", self._listen)

    @classmethod
    def awaited_by(cls, page: Page) -> bool:
        runs = cls._of.get(page)
        return runs is not None and runs.awaited

    @classmethod
    def done_by(cls, page: Page) -> int:
        return cls._of[page].done

    def _loaded(self, _: Page) -> None:
        self.awaited = True

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framesent", self._said)
        socket.on("framereceived", self._heard)

    def _said(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes) and BackMsg.FromString(frame).WhichOneof("type") == "rerun_script":
            self.awaited = True

    def _heard(self, frame: str | bytes) -> None:
        message = ForwardMsg.FromString(frame) if isinstance(frame, bytes) else ForwardMsg()
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.awaited = False
        elif kind == "script_finished":
            self.done += message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY


def wait(page: Page, reached: Callable[[], bool], complaint: str) -> None:
    """Ask from outside again and again: what Playwright would repeat within the page, the page's
    Content-Security-Policy forbids."""
    until = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < until, complaint
        page.wait_for_timeout(50)


def follow(page: Page, runs: Runs, path: str) -> None:
    """Go to an address as a link in the app leads there, without a new load, and wait until it is drawn."""
    before = runs.done
    page.evaluate(_LINK, path)
    wait(page, lambda: runs.done > before, f"{path} was not drawn")
    settle(page)
    assert page.evaluate("location.pathname + location.search") == path


_LINK = """path => {
    const link = document.createElement("a");
    link.href = path;
    link.target = "_self";
    document.querySelector("[data-testid=stApp]").append(link);
    link.click();
    link.remove();
}"""


def settle(page: Page) -> None:
    """Wait until the script has run and nothing on the page is a stand-in for what is to come.

    Twice, because the page says that the script has run a moment before it is drawn.
    """
    for _ in range(2):
        page.evaluate(_A_MOMENT)
        wait(page, lambda: not Runs.awaited_by(page), "the server does not answer")
        done = "[data-testid=stApp][data-test-script-state=notRunning]"
        page.wait_for_selector(done, timeout=PATIENCE * 1000)
        unfinished = page.locator("[data-testid=stSkeleton], [data-stale=true]")
        expect(unfinished).to_have_count(0, timeout=PATIENCE * 1000)


#: Long enough for a click to have become a question to the server.
_A_MOMENT = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"

#: Nothing makes the page scroll sideways.
FITS = "document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"


def fits(page: Page) -> bool:
    return bool(page.evaluate(FITS))


def settle_width(page: Page) -> None:
    """Wait until nothing makes the page scroll sideways: charts follow a new width a little later."""
    wait(page, lambda: fits(page), "the page scrolls sideways")


def failure_on(page: Page) -> str | None:
    """What the app says when a script of it broke, if it says so: Streamlit's own box, or our apology."""
    box = page.locator("[data-testid=stException], [data-testid=stAlert]:has-text('could not be drawn')")
    return box.first.inner_text() if box.count() else None
