"""The course of a number: a point that is clicked leads to its rows."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.watch import wait


def test_a_point_leads_to_its_rows(visit: OpenPage) -> None:
    page = visit("/rows?kpi=revenue_won")
    point = page.locator(".st-key-card-course .cartesianlayer .scatterlayer .point").nth(5)

    def hovered() -> bool:
        """The chart follows the width of its card a little later, and the point moves with it."""
        point.hover(force=True)  # plotly takes the pointer's events for its points
        return page.locator(".st-key-card-course .hovertext").is_visible()

    wait(page, hovered, "nothing is said of the point")
    point.click(force=True)
    page.wait_for_url("**bucket=**")
    expect(page.locator(".st-key-head .window b")).to_have_count(1)
