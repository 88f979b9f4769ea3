"""Names that are HTML, Markdown, formulas, right-to-left or endless: on every page, only ever text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import OpenPage, Tabs
from tests.browser.demo import make_demo, refresh
from tests.browser.hostile import mark_columns, rename_everything
from tests.browser.places import places
from tests.browser.server import serve
from tests.browser.watch import settle, settle_width

FILTERS = "region=%3Cimg+src%3Dx+onerror%3D%27window.owned%3D1%27%3E&segment=~~~"

#: Links and pictures that lead away from the server.
_ELSEWHERE = """[...document.querySelectorAll("a[href], img[src], [src]")]
    .map(one => new URL(one.href || one.src, location)).filter(url => url.protocol !== "data:")
    .filter(url => url.host !== location.host).map(String)"""


@pytest.fixture(scope="module")
def hostile_app(tabs: Tabs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    make_demo(folder, 2000)
    rename_everything(folder / "crm.db")
    mark_columns(folder / "crm.db")
    refresh(folder)
    with serve(folder) as address:
        yield address
        for key in [key for key in tabs if key[0] == address]:
            tabs.pop(key).page.context.close()


@pytest.mark.parametrize("place", places())
def test_names_are_only_text(visit: OpenPage, hostile_app: str, place: str) -> None:
    page = visit(place, server=hostile_app)
    settle_width(page)
    assert page.evaluate("window.owned") is None
    assert page.evaluate(_ELSEWHERE) == []
    page.set_viewport_size({"width": 390, "height": 844})
    settle(page)
    settle_width(page)


@pytest.mark.parametrize("place", ["/", "/rows?kpi=revenue_won"])
def test_a_filter_may_be_any_text(open_page: OpenPage, hostile_app: str, place: str) -> None:
    page = open_page(f"{place}{'&' if '?' in place else '?'}{FILTERS}", server=hostile_app)
    assert page.evaluate("window.owned") is None
