"""The Data page says how fresh, right and complete the data is, and leads to the rows."""

from __future__ import annotations

from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.quality import FINDINGS
from crm_data.warehouse import Copy
from crm_data.warehouse.check import Checked, Difference
from tests.pages.conftest import Open
from ui import cache


def texts(test: AppTest) -> str:
    return unescape("\n".join(element.value for element in test.markdown))


def test_it_shows_the_copy_its_findings_and_the_log(open_page: Open, copy: Copy) -> None:
    test = open_page("data")
    assert not test.exception
    shown = texts(test)
    assert f"{sum(copy.state.rows.values()):,}" in shown
    for one in cache.quality(copy):
        title = one.finding.title if one.n else one.finding.title.lower()
        assert title in shown
        assert (f"data?finding={one.finding.key}" in shown) == bool(one.n)
    assert "demo" in shown


@pytest.mark.parametrize("key", [finding.key for finding in FINDINGS])
def test_every_finding_leads_to_its_rows(open_page: Open, copy: Copy, key: str) -> None:
    test = open_page("data", finding=key)
    assert not test.exception
    n = next(one.n for one in cache.quality(copy) if one.finding.key == key)
    assert (f"{n} rows." if n else "No rows any more.") in texts(test)
    assert len(test.markdown[-1].value.split("<tr>")) - 2 == min(n, 25) if n else True


def test_the_copy_is_compared_on_demand(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    test = open_page("data")
    test.button(key="compare").click().run()
    assert not test.exception
    assert "No difference." in texts(test)
    told = Difference("deals", "id", "sum", 1, 2, "deals.<b>: the sum is 1 there and 2 here.")
    monkeypatch.setattr("ui.data.state.check", lambda *_: Checked(1, 1, 1, (told,)))
    test.button(key="compare").click().run()
    assert "1 differences." in texts(test) or "1 difference." in texts(test)
    assert "deals.<b>: the sum is 1 there and 2 here." in texts(test)


def test_an_unknown_finding_is_the_page_itself(open_page: Open) -> None:
    assert open_page("data", finding="<script>").title[0].value == "Data"
