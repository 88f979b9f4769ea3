"""The cards show what kpis answers, and every number in them leads to its rows."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from streamlit.testing.v1 import AppTest

import kpis
from crm_data.warehouse import Copy
from kpis import DEFINITIONS
from kpis.period import anchor
from tests.pages.conftest import ROOT
from ui import cache, links, shell
from ui.cards import Breakdown, Tiles
from ui.formats import Formats
from ui.pages import PAGES, Entry
from ui.view import View

GALLERY = Path(__file__).parent / "gallery.py"


class Url:
    """A query string as `st.query_params` gives it."""

    def __init__(self, query: str) -> None:
        self._found = parse_qs(query)

    def get_all(self, key: str) -> list[str]:
        return self._found.get(key, [])


@pytest.fixture
def gallery(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with every card, a year of the demo."""
    monkeypatch.setattr(shell, "PAGES", (*PAGES, Entry("gallery", "Gallery")))
    real = links.script
    for module in (shell, links):
        monkeypatch.setattr(module, "script", lambda name: GALLERY if name == "gallery" else real(name))
    test = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
    test.run()
    test.switch_page(str(GALLERY))
    return test


def shown(test: AppTest) -> str:
    return "\n".join(element.value for element in test.markdown)


def addresses(text: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'<a href="([^"]+)"', text)]


def test_every_card_is_drawn(gallery: AppTest) -> None:
    gallery.run()
    assert not gallery.exception
    text = unescape(shown(gallery))
    assert "Paid acquisition spend has no owner." in text  # a column that cannot be says why
    for title in ("From lead to customer", "Representatives", "Cases by cause", "Pipeline"):
        assert f'aria-label="{title}"' in text


def test_a_heat_map_says_what_it_leaves_out(gallery: AppTest, copy: Copy) -> None:
    gallery.run()
    (said,) = [one.value for one in gallery.caption if "with the most rows" in one.value]
    question = kpis.Question(("cases_opened",), kpis.Calendar(copy.organisation).preset("12m", today(copy)),
                             today(copy), by=("cause",))  # fmt: skip
    ((reading,),) = kpis.ask(copy, question)
    assert said == f"The 2 of {len(reading.cells)} causes, those with the most rows."


def test_each_linked_number_is_that_of_its_rows(gallery: AppTest, copy: Copy) -> None:
    """A random number in a table is the value that its own link leads to."""
    gallery.run()
    text = shown(gallery)
    formats, calendar = Formats.of(copy.organisation), kpis.Calendar(copy.organisation)
    found = re.findall(r'<td class="number"><a href="(rows[^"]+)" target="_self">([^<]+)<i', text)
    found += re.findall(
        r'<li><a href="(rows[^"]+)"[^>]*><span class="name">[^<]*</span><span class="number">([^<]+)<', text
    )
    assert len(found) > 20
    for where, number in found[::4]:
        view = View.from_url(Url(urlparse(unescape(where)).query))
        assert view.kpi
        question = kpis.Question(
            (view.kpi,), calendar.preset(view.period, today(copy)), today(copy), where=view.everything
        )
        (reading,) = kpis.ask(copy, question)[0]
        assert formats.short(DEFINITIONS[view.kpi].unit, reading.value) == unescape(number), where


def today(copy: Copy) -> date:
    return anchor(datetime.now(copy.organisation.zone).date(), copy.state.newest_day)


def test_a_page_asks_each_question_once(gallery: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[kpis.Question, ...]] = []
    real = cache.ask

    def ask(copy: Copy, *questions: kpis.Question) -> list[list[kpis.Reading]]:
        asked.append(questions)
        return real(copy, *questions)

    monkeypatch.setattr(cache, "ask", ask)
    gallery.run()
    assert len(asked) == 1
    assert len(set(asked[0])) == len(asked[0])


def test_filters_that_leave_nothing_are_said_once_with_the_way_out(gallery: AppTest) -> None:
    gallery.query_params["segment"] = "no such segment"
    gallery.run()
    assert not gallery.exception
    assert shown(gallery).count("Nothing fits these filters") == 1
    gallery.query_params["segment"] = []
    gallery.run()
    assert "Nothing fits these filters" not in shown(gallery)


def test_cards_are_values() -> None:
    assert Breakdown("csat", by="region") == Breakdown("csat", by="region")
    assert Tiles("csat", "cac") == Tiles("csat", "cac")
