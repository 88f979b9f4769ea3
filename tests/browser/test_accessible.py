"""axe-core on every page, at both widths: by all its rules in light, by those about colours in dark too."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.places import places
from tests.browser.watch import settle, settle_width

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
#: All that depends on the theme, which changes colours alone: the elements are the same in both.
COLOURS = ("color-contrast", "link-in-text-block")

#: What Streamlit's own elements fail, whatever a page puts on them: rule -> where, as CSS selectors.
FRAMEWORK: dict[str, tuple[str, ...]] = {
    "presentation-role-conflict": ('[data-testid="stFileUploaderDropzone"]',),
}


def violations(page: Page, only: dict[str, Any]) -> list[str]:
    """What axe finds outside the framework's own: rule, element and what is wrong, a line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only
    )
    lines = []
    for violation in found["violations"]:
        known = FRAMEWORK.get(violation["id"], ())
        for node in violation["nodes"]:
            selector = node["target"][-1]
            if not any(page.evaluate(_INSIDE, [selector, where]) for where in known):
                lines.append(f"{violation['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})")
    return lines


_INSIDE = "([selector, where]) => !!document.querySelector(selector)?.closest(where)"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("place", places())
def test_axe_finds_nothing(visit: OpenPage, place: str, theme: str) -> None:
    page = visit(place, theme=theme)
    only = {"type": "tag", "values": TAGS} if theme == "light" else {"type": "rule", "values": COLOURS}
    found = {"desktop": violations(page, only)}
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    settle_width(page)
    found["phone"] = violations(page, only)
    assert not any(found.values()), json.dumps(found, indent=1)
