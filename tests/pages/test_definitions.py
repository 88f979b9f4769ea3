"""The page of definitions: all there, found by words, each with the way to its number."""

from __future__ import annotations

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from kpis import DEFINITIONS
from tests.pages.conftest import Open
from tests.pages.readings import HOSTILE


def shown(test: AppTest) -> str:
    assert not test.exception
    return unescape("\n".join(element.value for element in test.markdown))


def test_every_definition_leads_to_its_number(open_page: Open) -> None:
    text = shown(open_page("definitions", region="EMEA"))
    for key, one in DEFINITIONS.items():
        assert f'href="rows?kpi={key}&region=EMEA" target="_self">{one.label}</a>' in text
        assert one.formula in text


def test_the_search_leaves_those_that_fit(open_page: Open) -> None:
    test = open_page("definitions")
    test.text_input[0].set_value("win rate").run()
    text = shown(test)
    assert "rows?kpi=win_rate" in text
    assert "rows?kpi=cac" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_search_without_result_says_so(open_page: Open, text: str) -> None:
    test = open_page("definitions")
    test.text_input[0].set_value(text).run()
    said = "\n".join(element.value for element in test.markdown)
    assert "No definition mentions" in said
    assert not re.search(r"(?<!\\)<(img|script)", said)
    assert "![x](" not in said
