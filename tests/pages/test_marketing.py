"""The marketing page: counts of the same leads, campaigns that can be looked at alone, hostile names."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import kpis
from crm_data.warehouse import Copy
from kpis import Calendar, Period, Question, Reading
from kpis.period import anchor
from kpis.question import Where
from tests.pages.conftest import Open
from ui.overview import window
from ui.view import View

STEPS = ("leads_answered", "lead_to_opportunity", "lead_conversion")


def ask(copy: Copy, *keys: str, by: tuple[str, ...] = (), where: Where = ()) -> list[Reading]:
    """The same question, asked without a page."""
    today = anchor(datetime.now(copy.organisation.zone).date(), copy.state.newest_day)
    period: Period = window(View(), Calendar(copy.organisation), today)
    return kpis.ask(copy, Question(keys, period, today, by=by, where=where))[0]


def shown(test) -> str:
    return "\n".join(element.value for element in test.markdown)


def card(text: str, caption: str) -> str:
    """The list or table of this name, as text without tags."""
    found = re.search(rf'aria-label="{caption}">(.*?)</(?:ol|div)>', text, re.S)
    assert found, caption
    return unescape(re.sub(r"<[^>]+>", " ", found[1]))


def test_the_funnel_counts_the_same_leads(open_page: Open, copy: Copy) -> None:
    test = open_page("marketing")
    assert not test.exception
    found = ask(copy, *STEPS)
    assert len({one.n for one in found}) == 1
    counts = [str(found[0].denominator), *(str(one.numerator) for one in found)]
    numbers = re.findall(r"(?<![\d.])[\d,]+(?![\d.%])", card(shown(test), "From lead to customer"))
    assert [one.replace(",", "") for one in numbers] == counts
    assert sorted(counts, key=int, reverse=True) == counts


def test_a_campaign_is_a_filter(open_page: Open, copy: Copy) -> None:
    (whole,) = ask(copy, "spend_of_campaigns", by=("campaign",))
    dearest = str(max(whole.cells, key=lambda cell: cell.value or 0).at["campaign"])
    text = shown(open_page("marketing"))
    links = [unescape(one) for one in re.findall(r'href="([^"]+)"', text)]
    (narrowed,) = {one for one in links if one.startswith("marketing?") and dearest.replace(" ", "+") in one}
    assert "campaign=" in narrowed
    alone = shown(open_page("marketing", campaign=dearest))
    (leads,) = ask(copy, "leads_created", where=(("campaign", (dearest,)),))
    assert leads.value
    assert f"n {leads.n:,}" in unescape(alone)
    assert "Web sessions has no campaign." in alone


def test_a_campaign_that_nobody_knows(open_page: Open) -> None:
    test = open_page("marketing", campaign="<img src=x onerror=alert(1)>")
    assert not test.exception
    assert "<img" not in shown(test)
    assert "No leads in the period." in shown(test)
