"""Why did it change? On the page: the words, the steps, their sum, and where they lead."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl

import pytest

from kpis import DEFINITIONS
from tests.pages.conftest import Open
from tests.pages.readings import HOSTILE
from ui.waterfall import Step, waterfall


def section(open_page: Open, **query: str | list[str]) -> str:
    test = open_page("rows", **query)
    assert not test.exception
    return unescape("\n".join(element.value for element in test.markdown))


def numbers(text: str) -> list[float]:
    """The amounts of a table's last column."""
    rows = re.findall(r"<tr>(.*?)</tr>", text)
    last = [re.findall(r'<td class="number">([^<]*)</td>', row)[-1] for row in rows if "<td" in row]
    return [float(re.sub(r"[^\d.+-]", "", one.replace("−", "-"))) for one in last]


@pytest.mark.parametrize("by", ["region", "owner", "account"])
@pytest.mark.parametrize("key", ["win_rate", "revenue_won", "deals_won", "average_deal"])
def test_the_parts_add_up_to_the_change_that_is_shown(open_page: Open, key: str, by: str) -> None:
    text = section(open_page, kpi=key, by=by)
    assert f'href="rows?kpi={key}&by={by}" target="_self" aria-current="true"' in text
    table = text.split('aria-label="The parts of the change"')[1]
    *parts, change = numbers(table.split("</table>")[0])
    assert len(parts) > 1
    assert sum(parts) == pytest.approx(change, abs=1e-6)
    assert 'class="waterfall"' in text
    assert re.search(r'<a class="line" href="rows\?kpi=\w+&at=', text)


def test_a_stock_is_split_by_what_happened_and_a_formula_by_its_inputs(open_page: Open) -> None:
    stock = section(open_page, kpi="active_customers")
    assert ">What happened</a>" in stock
    assert ">New</span>" in stock
    formula = section(open_page, kpi="cltv")
    assert "A formula is split by what goes into it." in formula
    assert 'href="rows?kpi=gross_margin"' in formula


STEP = re.compile(
    r'<a class="line" href="rows\?([^"#]*)#rows"[^>]*><span class="name">([^<]*)</span>.*?([+−][^<]*)</span>'
)


@pytest.mark.parametrize("key", ["active_customers", "open_pipeline", "mrr", "backlog"])
def test_each_step_of_a_stock_leads_to_rows_that_add_up_to_it(open_page: Open, key: str) -> None:
    steps = STEP.findall(section(open_page, kpi=key))
    assert len(steps) > 1
    for query, name, number in steps:
        asked = dict(parse_qsl(query))
        assert asked == {"kpi": key, "rows": "ledger", "reason": name.lower()}
        listed = section(open_page, **asked)
        assert re.search(
            rf"✓ Added up just now: [\d,]+ rows? give <b>{re.escape(number)}</b>; that is <b>{name}<", listed
        )
        assert re.search(rf'href="rows\?{re.escape(query)}#rows" target="_self" aria-current="true"', listed)
        rows = listed.split('aria-label="Rows"')[1]
        assert {one.lower() for one in re.findall(r"<td>(new|back|lost|moved|won|opened)</td>", rows)} <= {
            name.lower()
        }


def test_all_that_happened_to_a_stock_is_its_change(open_page: Open) -> None:
    listed = section(open_page, kpi="active_customers", rows="ledger")
    assert "that is <b>the change</b> since the end of" in listed
    assert "Left out because" not in listed


@pytest.mark.parametrize("query", [{"kpi": "win_rate"}, {"kpi": "active_customers", "compare": "none"}])
def test_where_there_is_no_ledger_the_counted_rows_are_listed(open_page: Open, query: dict[str, str]) -> None:
    listed = section(open_page, rows="ledger", reason="new", **query)
    assert "that is <b>New</b>" not in listed
    assert "Added up just now" in listed


def test_a_reason_that_nobody_knows_has_no_rows(open_page: Open) -> None:
    assert "No rows." in section(open_page, kpi="mrr", rows="ledger", reason="<script>")


def test_a_median_says_why_it_is_not_split(open_page: Open) -> None:
    assert "A median is the middle row's value" in section(open_page, kpi="sales_cycle_median")


def test_without_a_comparison_there_is_no_change(open_page: Open) -> None:
    text = section(open_page, kpi="win_rate", compare="none")
    assert "Nothing is compared" in text
    assert "waterfall" not in text


def test_an_unknown_dimension_in_the_address_is_the_first(open_page: Open) -> None:
    first = DEFINITIONS["win_rate"].dimensions[0]
    assert f'by={first}" target="_self" aria-current' in section(open_page, kpi="win_rate", by="<script>")


@pytest.mark.parametrize("name", HOSTILE)
def test_names_in_the_waterfall_are_text(name: str) -> None:
    drawn = waterfall((name, 1.0, name), [Step(name, 1.0, "+1", "better", "rows?a=1")], (name, 2.0, "2"))
    assert "<img" not in drawn
    assert "<script" not in drawn
    assert "![" not in drawn


def test_steps_follow_each_other() -> None:
    steps = [Step("a", 3.0, "+3", "better", None), Step("b", -1.0, "−1", "worse", None)]
    drawn = waterfall(("then", 10.0, "10"), steps, ("now", 12.0, "12"))
    ends = [float(one) for one in re.findall(r'class="edge" style="left:([\d.]+)%', drawn)]
    dots = [float(one) for one in re.findall(r'class="dot" style="left:([\d.]+)%', drawn)]
    assert ends[-1] == pytest.approx(dots[1])
    assert dots[0] < dots[1] < ends[0]
