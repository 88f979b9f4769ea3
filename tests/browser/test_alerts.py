"""A churn alert: tried out on the last twelve months, saved, fired, acknowledged."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.watch import settle


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def test_a_churn_alert_from_backtest_to_acknowledgement(open_page: OpenPage) -> None:
    page = open_page("/rows?kpi=churn_rate&period=last-quarter")
    page.get_by_role("link", name="Alert on this number").click()
    page.wait_for_url("**/alerts?**")
    settle(page)
    form = page.locator(".st-key-card-rule")
    expect(form).to_contain_text("In the last twelve months this rule would have")
    choose(page, "For", "Each region")
    limit = page.get_by_label("Limit (%)")
    limit.fill("8")
    limit.press("Enter")
    settle(page)
    sure = page.get_by_text("Only when the whole margin of error is beyond the limit")
    sure.click()
    settle(page)
    expect(form).to_contain_text(re.compile(r"would have fired (once|\d+ times)"))
    fired = form.locator(".st-key-runs a")
    expect(fired.first).to_contain_text("EMEA")
    expect(
        form.locator("[data-testid=stVegaLiteChart] svg, [data-testid=stVegaLiteChart] canvas").first
    ).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Customers leave")
    page.get_by_label("Name", exact=True).press("Enter")
    settle(page)
    page.get_by_role("button", name="Save rule").click()
    card = page.locator("[class*=st-key-card-alert-]", has_text="Customers leave: EMEA")
    expect(card).to_be_visible()

    strip = open_page("/rows").locator(".st-key-alerts")
    expect(strip).to_contain_text("Customers leave")

    card.get_by_role("button", name="Acknowledge").click()
    expect(card).to_contain_text("Acknowledged by")
    card.get_by_role("link").first.click()
    page.wait_for_url("**/rows?**")
    settle(page)
    assert "at=region%3AEMEA" in page.url
    expect(page.locator(".sum")).to_contain_text("Added up just now")
    expect(page.locator(".st-key-alerts")).not_to_contain_text("Customers leave: EMEA")
