"""The frame in a real browser: the bar, addresses, links in tables, and paper."""

from __future__ import annotations

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import OpenPage
from tests.browser.watch import settle, settle_width, wait
from ui.pages import PAGES

ROWS = "/rows?kpi=win_rate&by=owner&region=EMEA"


def test_the_start_pages_own_name_is_an_address(open_page: OpenPage) -> None:
    page = open_page(f"/{PAGES[0].name}?region=EMEA")
    expect(page.locator("h1")).to_have_text(PAGES[0].title)
    page.wait_for_url("**/?region=EMEA")
    assert page.evaluate("location.pathname + location.search") == "/?region=EMEA"
    expect(page.locator("nav.wide a[aria-current]")).to_have_text(PAGES[0].title)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_bar_leads_on_without_a_new_load_and_keeps_filters(open_page: OpenPage, width: int) -> None:
    page = open_page("/?region=EMEA", width=width)
    page.evaluate("window.loadedOnce = true")
    if width < 600:
        page.locator("nav.narrow summary").click()
    page.locator(f"nav.{'narrow' if width < 600 else 'wide'} a", has_text="Definitions").click()
    expect(page.locator("h1")).to_have_text("Definitions")
    page.wait_for_url("**/definitions?**region=EMEA**")
    assert page.evaluate("window.loadedOnce") is True
    if width < 600:
        expect(page.locator("nav.narrow .menu")).to_be_hidden()
    page.go_back()
    expect(page.locator("h1")).to_have_text("Overview")
    assert page.evaluate("window.loadedOnce") is True


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_why_it_changed_leads_to_the_rows_of_a_member(open_page: OpenPage, width: int, theme: str) -> None:
    page = open_page(ROWS, width=width, theme=theme)
    settle_width(page)
    windows = page.locator(".st-key-card-number .table")
    assert windows.evaluate("box => box.scrollWidth <= box.clientWidth + 1"), "the windows need no scrolling"
    step = page.locator(".waterfall a.line").first
    name = step.locator(".name").inner_text()
    step.click()
    expect(page.locator(".st-key-narrowed a").first).to_contain_text(name)
    settle(page)
    assert "at=owner%3A" in page.evaluate("location.search")


RIGHT_EDGES = """[...document.querySelectorAll("svg.marks, .plot, .ring, .globe")]
    .map(one => one.getBoundingClientRect().right)"""


def on_paper(page: Page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins, in CSS pixels


@pytest.mark.parametrize("path", ["/?region=EMEA", ROWS, "/definitions"])
def test_paper_is_light_whole_and_says_the_filters(visit: OpenPage, path: str) -> None:
    page = visit(path, theme="dark")
    pdf = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    assert {(round(one.mediabox.width), round(one.mediabox.height)) for one in pdf.pages} == {(595, 842)}
    words = re.sub(r"\s+", " ", " ".join(one.extract_text() for one in pdf.pages))
    if "region" in path:
        assert "Region: EMEA." in words
    assert "Last 12 months" not in words  # a control
    on_paper(page)
    for hidden in (".st-key-bar", "[data-testid=stHeader]"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor") == (
        "rgb(255, 255, 255)"
    )
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(26, 34, 51)"
    wait(page, lambda: page.evaluate("document.documentElement.scrollWidth") <= 718, "wider than the paper")
    wait(page, lambda: max(page.evaluate(RIGHT_EDGES), default=0) <= 719, "a chart leaves the paper")


def test_a_range_is_picked_in_the_calendar(visit: OpenPage) -> None:
    page = visit("/?from=2026-09-01&to=2026-10-01")
    field = page.locator("[data-testid=stDateInputField]")
    field.locator("button").first.click()
    for day in ("17", "24"):
        cells = page.locator("[role=gridcell]")
        expect(cells.first).to_be_visible()
        cells.filter(has_text=re.compile(rf"^{day}$")).first.click()
        settle(page)
    page.wait_for_url("**/?from=2026-09-17&to=2026-09-25")
    expect(page.locator(".window")).to_contain_text("17–24 Sept")
    page.go_back()
    expect(page.locator(".window")).to_contain_text("1–30 Sept")
    expect(field.filter(has_text="24")).to_have_count(0)  # for a moment both are there
    expect(field).to_have_text(re.compile("30"))


def test_who_goes_back_while_the_page_is_drawn_sees_the_earlier_range(visit: OpenPage) -> None:
    page = visit("/?from=2026-09-01&to=2026-10-01")
    field = page.locator("[data-testid=stDateInputField]")
    field.locator("button").first.click()
    page.get_by_role("gridcell", name="17").first.click()
    settle(page)
    page.get_by_role("gridcell", name="24").first.click()
    page.wait_for_url("**/?from=2026-09-17&to=2026-09-25")
    page.go_back()
    expect(page.locator(".window")).to_contain_text("1–30 Sept")
    expect(field.filter(has_text="24")).to_have_count(0)  # for a moment both are there
    expect(field).to_have_text(re.compile("30"))
