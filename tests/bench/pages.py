"""What one person waits for, in a real browser: from a click on a filter to the last tile; the first page."""

from __future__ import annotations

from contextlib import closing
from time import perf_counter

from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from tests.bench.app import running
from tests.bench.measured import Measured
from tests.bench.setting import Setting, Wrong
from tests.bench.timing import Timing
from tests.browser import chromium
from tests.browser.watch import failure_on, settle

_MANY = 10_000_000  # e-mails; a CRM of this size has twice the time for what it has not answered before
_CLICK, _CLICK_OF_MANY = 400, 800  # milliseconds
_WARM, _COLD = 2000, 4000

#: Chips that are clicked in turn: each click makes a selection of regions that was not there before.
_GRAY = (0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0)
_QUIET = 250  # milliseconds without a change, after which a page is whole

#: Notes when a click came, and when after it a tile, and anything on the page, changed last.
_STOPWATCH = """
  addEventListener("click", () => Object.assign(window, {clicked: performance.now(), tile: 0, any: 0}), true);
  new MutationObserver((changes) => {
    for (const change of changes) {
      const at = change.target.nodeType === 1 ? change.target : change.target.parentElement;
      if (!at?.closest("[data-testid=stMain]") || at.closest("[data-testid=stPopoverBody]")) continue;
      window.any = performance.now();
      if (at.closest(".st-key-tiles")) window.tile = window.any;
    }
  }).observe(document, {childList: true, subtree: true, characterData: true});
"""


def measure(setting: Setting) -> list[Measured]:
    """Raises Wrong when the page does not show the answers of the questions."""
    with running(setting) as app, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.flags())
        cold, warm = _first_pages(browser, app.address, setting.runs)
        with closing(_context(browser)) as context:
            page = context.new_page()
            _open(page, app.address)
            if missing := app.missing(page.content()):
                raise Wrong(*(f"the page does not show {words}" for words in missing))
            uncached, cached = _clicks(page, setting.runs)
        browser.close()
    limit = _CLICK_OF_MANY if setting.events >= _MANY else _CLICK
    return [
        Measured("Filter to last tile", "not asked before", _timing(uncached, 0), limit),
        Measured("Filter to last tile", "asked before", _timing(cached, 0), _CLICK),
        Measured("Filter to whole page", "not asked before", _timing(uncached, 1)),
        Measured("Filter to whole page", "asked before", _timing(cached, 1)),
        Measured("First page", "the browser has the app's files", Timing.of(warm), _WARM),
        Measured("First page", "the browser has nothing", Timing.of(cold), _COLD),
    ]


def _timing(clicks: list[tuple[float, float]], which: int) -> Timing:
    return Timing.of([click[which] for click in clicks])


def _context(browser: Browser) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(_STOPWATCH)
    return context


def _first_pages(browser: Browser, address: str, runs: int) -> tuple[list[float], list[float]]:
    """Milliseconds of first pages without the browser's cache, and with it."""
    cold, warm = [], []
    for _ in range(runs):
        with closing(_context(browser)) as context:
            cold.append(_open(context.new_page(), address))
            warm.append(_open(context.new_page(), address))
    return cold, warm


def _open(page: Page, address: str) -> float:
    """Milliseconds from the navigation to the last change of the page."""
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".ring")  # which is last
    _until_quiet(page)
    return float(page.evaluate("any"))


def _clicks(page: Page, runs: int) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """Milliseconds to the last tile and to the whole page: of new selections, and of the way back."""
    page.locator(".st-key-chip-region button").click()
    chips = page.locator("[data-testid=stPopoverBody] button")
    chips.first.wait_for()
    way = _GRAY[:runs]
    return [_click(page, chips.nth(at)) for at in way], [_click(page, chips.nth(at)) for at in reversed(way)]


def _click(page: Page, chip: Locator) -> tuple[float, float]:
    chip.click()
    _until_quiet(page)
    tile, whole = page.evaluate("[tile - clicked, any - clicked]")
    return tile, whole


def _until_quiet(page: Page) -> None:
    deadline = perf_counter() + 60
    while perf_counter() < deadline:
        settle(page)
        if page.evaluate(f"any > 0 && performance.now() - any > {_QUIET}"):
            return
        page.wait_for_timeout(_QUIET / 5)
    raise Wrong(f"the page was not whole after a minute: {failure_on(page) or 'it went on changing'}")
