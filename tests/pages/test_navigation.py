"""The bar, the addresses of pages, and what a young CRM is compared with."""

from __future__ import annotations

from datetime import date

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route

from crm_data.organisation import Organisation
from kpis.period import Calendar
from tests.pages import asgi
from tests.pages.conftest import Open
from ui.addresses import SCRIPT, Addresses
from ui.navigation import navigation_bar
from ui.pages import PAGES
from ui.shell import comparison
from ui.view import View

TODAY = date(2026, 11, 21)


def test_the_bar_keeps_the_filters_and_marks_the_page() -> None:
    view = View(period="30d", where=(("region", ("EMEA & co",)),), kpi="csat")
    bar = navigation_bar("overview", view.overview())
    shown = [entry for entry in PAGES if entry.group]
    assert bar.count("region=EMEA+%26+co") == 2 * len(shown)  # once in the bar, once in the menu
    assert bar.count('aria-current="page"') == 2
    assert "kpi=" not in bar


def test_groups_stand_together() -> None:
    groups = [entry.group for entry in PAGES if entry.group]
    assert groups == sorted(groups, key=groups.index)


def get(path: str, query: str = "", accept: str = "text/html,*/*") -> tuple[int, dict[str, str], str]:
    """Status, headers and body of a page of an app with the middleware."""

    def hello(request: object) -> HTMLResponse:
        return HTMLResponse("<html><body>hello</body></html>")

    routes = [Route("/", hello), Route("/sales", hello)]
    app = Starlette(routes=routes, middleware=[Middleware(Addresses)])
    status, headers, body = asgi.get(app, path, query, accept=accept)
    return status, headers, body.decode()


def test_the_start_page_has_an_address_of_its_own() -> None:
    status, headers, _ = get(f"/{PAGES[0].name}", "region=EMEA&region=%C3%85")
    assert status == 307
    assert headers["location"] == "./?region=EMEA&region=%C3%85"


@pytest.mark.parametrize("path", ["/", "/sales"])
def test_a_page_comes_with_the_script_and_nothing_else_does(path: str) -> None:
    _, headers, page = get(path)
    assert f"<script>{SCRIPT}</script></body>" in page
    assert int(headers["content-length"]) == len(page.encode())
    assert SCRIPT not in get(path, accept="*/*")[2]


@pytest.mark.parametrize(
    ("oldest", "how"),
    [
        (date(2023, 1, 1), "year"),
        (None, "year"),
        (date(2026, 5, 1), "previous"),
        (date(2026, 10, 30), "none"),
    ],
)
def test_what_is_too_young_for_last_year_is_compared_otherwise(oldest: date | None, how: str) -> None:
    calendar = Calendar(Organisation())
    assert comparison(View(period="30d"), calendar, TODAY, oldest) == how
    assert comparison(View(period="30d", compare="none"), calendar, TODAY, oldest) == "none"


def test_the_page_says_so(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.shell.comparison", lambda *_: "previous")
    text = "\n".join(element.value for element in open_page("overview").markdown)
    assert "so there is no year before yet" in text
