"""The pages show what kpis answers, for every KPI, and lead where they say."""

from __future__ import annotations

import ast
import re
from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, urlparse

import pytest
from streamlit.testing.v1 import AppTest

import kpis
from crm_data.warehouse import Copy
from kpis import DEFINITIONS, EVERYONE, HEADLINE, Calendar
from kpis.period import anchor
from tests.pages.conftest import ROOT, Open
from tests.pages.crawl import shown
from ui.escape import markdown
from ui.formats import Formats
from ui.overview import questions
from ui.view import View


def texts(test: AppTest) -> str:
    return unescape("\n".join(element.value for element in test.markdown))


def answers(copy: Copy, view: View) -> dict[str, list[kpis.Reading]]:
    """The same questions, asked without a page."""
    today = anchor(datetime.now(copy.organisation.zone).date(), copy.state.newest_day)
    asked = questions(view, Calendar(copy.organisation), today, EVERYONE)
    return dict(zip(asked, kpis.ask(copy, *asked.values()), strict=True))


@pytest.mark.parametrize("regions", [[], ["EMEA"], ["EMEA", "North America"]])
def test_the_tiles_show_the_answers(open_page: Open, copy: Copy, regions: list[str]) -> None:
    test = open_page("overview", region=regions) if regions else open_page("overview")
    assert not test.exception
    formats = Formats.of(copy.organisation)
    view = View(where=(("region", tuple(regions)),) if regions else ())
    shown = texts(test)
    for reading in answers(copy, view)["now"][: len(HEADLINE)]:
        label = re.escape(DEFINITIONS[reading.key].label)
        value = re.escape(formats.value(DEFINITIONS[reading.key].unit, reading.value))
        assert re.search(rf'aria-label="{label}: {value}', shown), reading.key


@pytest.mark.parametrize("key", DEFINITIONS)
def test_every_number_can_be_proven(open_page: Open, key: str) -> None:
    test = open_page("rows", kpi=key)
    assert not test.exception
    assert test.title[0].value == markdown(DEFINITIONS[key].label)
    shown = texts(test)
    assert "do not add up" not in shown
    assert "Added up just now" in shown or "add up to" in shown or "n/a" in shown


@pytest.mark.parametrize("rows", ["out", "undated"])
def test_rows_left_out_are_listed(open_page: Open, rows: str) -> None:
    test = open_page("rows", kpi="revenue_won", rows=rows)
    assert not test.exception
    assert "Added up" not in texts(test)


def test_an_unknown_number_leads_to_the_list_of_all(open_page: Open) -> None:
    test = open_page("rows", kpi="<script>")
    assert not test.exception
    assert test.title[0].value == "Every number there is"


def test_a_question_that_cannot_be_answered_says_why(open_page: Open) -> None:
    test = open_page("rows", kpi="cac", at="country:DE")
    assert not test.exception
    assert "Paid acquisition spend has no country." in texts(test)


@pytest.mark.parametrize(
    ("mark", "field"), [("div.plot", "bucket"), ("div.globe", "country"), ("svg.ring", "segment")]
)
def test_a_mark_of_a_chart_leads_to_its_rows(open_page: Open, mark: str, field: str) -> None:
    links, _ = shown(open_page("overview", region="EMEA"))
    first = next(one for one in links if mark in one.place and "kpi=revenue_won" in one.href)
    assert (first.page, first.url.get_all("region")) == ("rows", ["EMEA"])
    test = open_page("rows", **parse_qs(urlparse(first.href).query))
    assert not test.exception
    assert test.title[0].value == "Revenue won"
    narrowed = str(test.query_params["bucket" if field == "bucket" else "at"])
    assert (".." if field == "bucket" else f"{field}:") in narrowed


def test_controls_write_the_url(open_page: Open) -> None:
    test = open_page("overview", kpi="csat")
    test.selectbox(key="filter-period").set_value("quarter").run()
    assert str(test.query_params["period"]).strip("[]'") == "quarter"
    test.selectbox(key="filter-compare").set_value("none").run()
    test.button_group(key="filter-region").set_value(["EMEA"]).run()
    assert not test.exception
    assert {"period", "compare", "region"} <= set(test.query_params)
    test.selectbox(key="filter-period").set_value("custom").run()
    assert {"from", "to"} <= set(test.query_params)
    assert "period" not in test.query_params


def test_what_is_left_of_a_drill_down_in_the_url_does_not_change_the_overview(open_page: Open) -> None:
    plain, left = open_page("overview"), open_page("overview", kpi="csat", at="country:DE", rows="out")
    assert [one.value for one in plain.markdown if "tile" in one.value] == [
        one.value for one in left.markdown if "tile" in one.value
    ]


PAGES = sorted((ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("script", PAGES, ids=lambda path: path.stem)
def test_every_page_begins_with_the_shell(script) -> None:
    """It checks the viewer. A page that did anything before could show it to anybody."""
    body = [
        node
        for node in ast.parse(script.read_text()).body
        if not isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert ast.unparse(body[1]).startswith("page = shell.page("), "the first statement after the docstring"


def test_only_one_module_caches() -> None:
    """A cache that forgets the viewer or the data version shows one person's numbers to another."""
    files = [*(ROOT / "ui").rglob("*.py"), *PAGES, ROOT / "app.py"]
    caching = {file.name for file in files if re.search(r"\bst\.cache_|import cache_", file.read_text())}
    assert caching <= {"cache.py"}
