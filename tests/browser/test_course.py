"""The course of a number: a point that is clicked leads to its rows."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage


def test_a_point_leads_to_its_rows(open_page: OpenPage) -> None:
    page = open_page("/rows?kpi=revenue_won")
    point = page.locator(".st-key-card-course .cartesianlayer .scatterlayer .point").nth(5)
    point.hover(force=True)  # plotly takes the pointer's events for its points
    expect(page.locator(".st-key-card-course .hovertext")).to_be_visible()
    point.click(force=True)
    page.wait_for_url("**bucket=**")
    expect(page.locator(".st-key-head .window b")).to_have_count(1)
