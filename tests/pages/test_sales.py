"""The Sales page shows what kpis answers, in the order in which deals pass their stages."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlparse

import kpis
from crm_data.warehouse import Copy
from kpis import Period, Question
from kpis.stages import stage_order
from tests.pages.conftest import TODAY, Open
from ui.formats import Formats

FUNNEL = re.compile(r'<ol class="funnel".*?</ol>', re.DOTALL)
NAME = re.compile(r'<span class="name">(.*?)</span>')


def test_the_page_draws_everything(open_page: Open) -> None:
    test = open_page("sales")
    assert not test.exception
    shown = "\n".join(element.value for element in test.markdown)
    for words in ("Representatives", "Teams", "Products", "Why deals are lost", "Latest postponements"):
        assert f'aria-label="{words}"' in shown


def test_stages_stand_in_their_order(open_page: Open, copy: Copy) -> None:
    order = stage_order(copy)
    assert order == ("Qualification", "Discovery", "Proposal", "Negotiation")
    shown = "\n".join(element.value for element in open_page("sales").markdown)
    drawn = NAME.findall("".join(FUNNEL.findall(shown)))
    assert drawn == [stage for stage in order if stage in drawn]
    assert len(drawn) > 2
    table = shown[shown.index('aria-label="Stages"') :]
    places = [table.index(f">{stage}<") for stage in drawn]
    assert places == sorted(places)


def test_a_representative_is_measured_by_their_own_quota(open_page: Open, copy: Copy) -> None:
    period = Period(date(2026, 7, 1), date(2026, 10, 1))
    question = Question(("quota_attainment",), period, TODAY, by=("owner",))
    cells = kpis.ask(copy, question)[0][0].cells
    best = max((cell for cell in cells if cell.value is not None), key=lambda cell: cell.n or 0)
    window = {"from": str(period.start), "to": str(period.end)}
    shown = "\n".join(element.value for element in open_page("sales", **window).markdown)
    formats = Formats.of(copy.organisation)
    number = formats.short(kpis.DEFINITIONS["quota_attainment"].unit, best.value)
    board = shown[shown.index('aria-label="Representatives"') :]
    links = re.findall(r'href="([^"]*)"[^>]*>([^<]*)', board)
    own = [parse_qs(urlparse(unescape(where)).query) | {"text": [text]} for where, text in links]
    found = [one["text"][0] for one in own if _is_of(one, "quota_attainment", str(best.at["owner"]))]
    assert found[:1] == [number]


def _is_of(link: dict[str, list[str]], kpi: str, owner: str) -> bool:
    return kpi in "".join(link.get("kpi", [])) and any(
        at.startswith("owner") and at.endswith(owner) for at in link.get("at", [])
    )
