"""The service page: figures with how sure they are, the oldest cases, what comes against what goes."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import kpis
from crm_data.warehouse import Copy
from kpis import Calendar, Period, Question, Reading
from kpis.period import anchor
from tests.pages.conftest import Open
from ui.overview import window
from ui.view import View


def asked(copy: Copy, *keys: str, by: tuple[str, ...] = ()) -> tuple[Question, list[Reading]]:
    """The same question, asked without a page."""
    today = anchor(datetime.now(copy.organisation.zone).date(), copy.state.newest_day)
    period: Period = window(View(), Calendar(copy.organisation), today)
    question = Question(keys, period, today, by=by)
    return question, kpis.ask(copy, question)[0]


def shown(test) -> str:
    return "\n".join(element.value for element in test.markdown)


def table(text: str, caption: str) -> list[list[str]]:
    """The lines of the table of this name, without tags."""
    found = re.search(rf'aria-label="{caption}">(.*?)</table>', text, re.S)
    assert found, caption
    lines = re.findall(r"<tr>(.*?)</tr>", found[1], re.S)
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", line, re.S)]
        for line in lines
    ]


def test_every_card_is_drawn(open_page: Open) -> None:
    test = open_page("service")
    assert not test.exception
    text = shown(test)
    for caption in ("Oldest open cases", "Causes", "Satisfaction by agent", "Most read articles"):
        assert len(table(text, caption)) > 1, caption


def test_an_estimate_says_how_sure_it_is(open_page: Open, copy: Copy) -> None:
    _, (csat, _) = asked(copy, "csat", "csat_response", by=("segment",))
    lines = {line[0]: line for line in table(shown(open_page("service")), "Satisfaction by segment")[1:]}
    cells = {str(cell.at["segment"] or "(none)"): cell for cell in csat.cells}
    assert set(lines) == set(cells)
    for segment, cell in cells.items():
        assert lines[segment][3] == f"{cell.n:,}"
        assert (lines[segment][2] == "too few to tell") == (cell.low is None and cell.value is not None)


def test_the_oldest_cases_come_first(open_page: Open, copy: Copy) -> None:
    question, _ = asked(copy, "backlog_age")
    behind = kpis.rows(copy, question, limit=None)
    ages = sorted((row[behind.columns.index("counts_for")] for row in behind.rows), reverse=True)
    listed = table(shown(open_page("service")), "Oldest open cases")[1:]
    assert [int(line[-1]) for line in listed] == ages[: len(listed)]
    assert len(listed) == min(len(ages), 8)


def test_what_was_closed_stands_beside_what_was_opened(open_page: Open, copy: Copy) -> None:
    _, (closed,) = asked(copy, "cases_closed")
    assert f"cases closed: {closed.value:,.0f}" in unescape(shown(open_page("service")))


def test_nothing_in_a_filter_is_run_or_breaks_the_page(open_page: Open) -> None:
    test = open_page("service", segment="<img src=x onerror=alert(1)>")
    assert not test.exception
    assert "<img" not in shown(test)
    assert "No cases" in shown(test)
