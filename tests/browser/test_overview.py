"""The Overview in a real browser: complete at any width and theme, and every click leads to rows."""

from __future__ import annotations

import re
from math import cos, pi, sin

import pytest
from playwright.sync_api import Locator, Page, expect

from kpis import DEFINITIONS, HEADLINE
from tests.browser.conftest import OpenPage
from tests.browser.watch import settle, settle_width, wait
from ui.overview import FIGURES, TRENDS

WINDOW = "?region=EMEA&region=North+America&from=2026-01-01&to=2026-11-22"


def on_rows(page: Page, title: str) -> str:
    """Wait for the proof; gives its address."""
    page.wait_for_url("**/rows?**")
    settle(page)
    expect(page.locator("h1")).to_have_text(title)
    address: str = page.evaluate("location.href")
    assert "region=EMEA&region=North+America" in address, "filters are kept"
    assert "from=2026-01-01&to=2026-11-22" in address
    return address


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_it_is_complete(open_page: OpenPage, width: int, theme: str) -> None:
    page = open_page("/", width=width, theme=theme)
    for key in HEADLINE:
        name = page.locator(f".tile-{key} svg[role=img]").get_attribute("aria-label")
        assert name
        assert name.startswith(DEFINITIONS[key].label)
        assert "not available" not in name
    for key in FIGURES:
        expect(page.locator(f".figure-{key} .big")).not_to_have_text("n/a")
    for key in TRENDS:
        assert page.locator(f".card-{key} .plot .bucket").count() >= 12
    expect(page.locator(".globe [aria-label^='United States: ']")).to_be_visible()
    land = page.locator(".globe use").first.bounding_box()
    assert land, "the shapes are there"
    assert land["width"] > 200
    assert page.locator(".ring path").count() >= 6
    settle_width(page)
    wait(page, lambda: page.evaluate("document.fonts.check('15px Inter')"), "the font does not come")
    assert page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme") == theme


def test_a_gauge_leads_to_its_rows(visit: OpenPage) -> None:
    page = visit(f"/{WINDOW}")
    page.mouse.click(*middle(page.locator(".tile-csat .gauge")))
    assert "kpi=csat" in on_rows(page, DEFINITIONS["csat"].label)
    page.go_back()
    expect(page.locator("h1")).to_have_text("Overview")


def test_a_point_on_a_line_leads_to_the_rows_of_its_month(visit: OpenPage) -> None:
    page = visit(f"/{WINDOW}")
    page.mouse.click(*middle(page.locator(".card-revenue_won .plot")))
    assert "bucket=2026-" in on_rows(page, "Revenue won")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Overview")
    page.wait_for_timeout(1500)
    expect(page.locator("h1")).to_have_text("Overview")  # the click does not fire again


def test_a_country_on_the_map_leads_to_its_rows(visit: OpenPage) -> None:
    page = visit(f"/{WINDOW}")
    page.locator(".globe [aria-label^='Germany: ']").click()
    assert "at=country%3ADE" in on_rows(page, "Revenue won")
    expect(page.locator(".st-key-narrowed")).to_contain_text("Country: Germany")


def test_a_slice_leads_to_its_rows(visit: OpenPage) -> None:
    page = visit(f"/{WINDOW}")
    ring = page.locator(".card-pie-revenue_won .ring")
    ring.scroll_into_view_if_needed()
    box = ring.bounding_box()
    assert box
    angle = pi / 6  # one o'clock, in the ring: the largest slice
    x, y = box["x"] + box["width"] / 2 + 70 * sin(angle), box["y"] + box["height"] / 2 - 70 * cos(angle)
    page.mouse.click(x, y)
    assert "at=segment%3A" in on_rows(page, "Revenue won")


@pytest.mark.parametrize("listed", ["segment-active_customers", "region-revenue_won", "country-revenue_won"])
def test_an_entry_of_a_list_leads_to_its_rows(visit: OpenPage, listed: str) -> None:
    page = visit(f"/{WINDOW}")
    dimension, _, key = listed.partition("-")
    page.locator(f".list-{listed} a").first.click()
    assert f"at={dimension}%3A" in on_rows(page, DEFINITIONS[key].label)


def test_the_keyboard_reaches_a_tile(open_page: OpenPage) -> None:
    page = open_page(f"/{WINDOW}")
    page.locator(".tile-churn_rate a").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement, '::after').outlineStyle")
    page.keyboard.press("Enter")
    on_rows(page, DEFINITIONS["churn_rate"].label)
    assert outline == "solid"


def test_filters_live_in_the_url_and_go_back(open_page: OpenPage) -> None:
    page = open_page("/")
    whole = page.locator(".figure-deals_won .big").inner_text()
    page.locator(".st-key-chip-region button").click()
    page.get_by_role("button", name="EMEA", exact=True).click()
    page.wait_for_url("**/?region=EMEA")
    settle(page)
    expect(page.locator(".figure-deals_won .big")).not_to_have_text(whole)
    part = page.locator(".figure-deals_won .big").inner_text()
    page.reload()
    settle(page)
    expect(page.locator(".figure-deals_won .big")).to_have_text(part)
    expect(page.locator(".st-key-chip-region button")).to_have_text(re.compile("Region: EMEA"))
    page.go_back()
    settle(page)
    expect(page.locator(".figure-deals_won .big")).to_have_text(whole)


def test_on_paper_there_are_no_controls(visit: OpenPage) -> None:
    page = visit("/")
    page.emulate_media(media="print")
    expect(page.locator(".st-key-filters")).to_be_hidden()
    expect(page.locator(".tile-csat svg[role=img]")).to_be_visible()


def test_the_proof_fits_a_phone_and_pages_through_rows(open_page: OpenPage) -> None:
    page = open_page("/rows?kpi=revenue_won&from=2025-01-01&to=2026-01-01", width=390)
    settle_width(page)
    expect(page.locator(".sum")).to_contain_text("Added up just now")
    last = page.locator(".table tbody tr").last
    before = last.text_content() or ""
    page.get_by_role("link", name="Next ›").click()
    page.wait_for_url("**page=2**")
    expect(last).not_to_have_text(before)


def test_the_rows_can_be_downloaded(visit: OpenPage) -> None:
    page = visit("/rows?kpi=deals_won&from=2025-01-01&to=2026-01-01")
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile(r"Download .* rows \(CSV\)")).click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    counted = page.locator("[class*=st-key-set-on]").inner_text()
    assert "id_name" in lines[0]
    assert f"{len(lines) - 1:,}" in counted


def middle(place: Locator) -> tuple[float, float]:
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
