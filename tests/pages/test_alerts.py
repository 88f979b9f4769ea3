"""The Alerts page: a rule is tried out, saved, fires, is acted on, and shows in the strip everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.alerts import Rule, delete, read_rules, save, set_state
from crm_data.edits import actor
from crm_data.engine import CrmUnavailable
from crm_data.warehouse import Copy
from tests.pages.conftest import Open
from tests.pages.readings import HOSTILE
from tests.warehouse.test_keeper import within
from ui import cache
from ui.alerts.words import proof
from ui.view import View


def texts(test: AppTest) -> str:
    return unescape("\n".join(element.value for element in test.markdown))


def labels(test: AppTest) -> list[str]:
    return [str(one.proto.label).replace("\\", "") for one in test.get("page_link")]


@pytest.fixture
def tidy(copy: Copy) -> Iterator[None]:
    """Rules that a test makes are gone after it, for others share the demo."""
    before = {rule.id for rule in rules()}
    yield
    for rule in rules():
        if rule.id not in before:
            delete(cache.crm(), rule.id, "test")
    cache.alerts_changed()


def rules() -> list[Rule]:
    with cache.crm().connect() as crm:
        return read_rules(crm)


def fired(name: str) -> bool:
    """Whether the pages know of an alert of the rule."""
    copy = cache.keeper().copy
    return copy is not None and any(event.rule_name == name for event in cache.open_alerts(copy))


@pytest.mark.usefixtures("tidy")
def test_a_rule_from_its_number_to_its_acknowledgement(open_page: Open) -> None:
    source = open_page("rows", kpi="deals_won", period="12m")
    assert "Alert on this number" in labels(source)
    test = open_page("alerts", kpi="deals_won", period="12m")
    assert not test.exception
    test.number_input(key="field-deals_won-deals_won-level-limit").set_value(0.5)
    test.selectbox(key="field-deals_won-deals_won-side").set_value("above")
    test.selectbox(key="field-deals_won-deals_won-dimension").set_value("region")
    test.text_input(key="field-deals_won-deals_won-name").set_value("Any deal at all").run()
    assert not test.exception
    assert "In the last twelve months this rule would have fired" in texts(test)
    assert test.get("vega_lite_chart")
    test.button(key="save-rule").click().run()
    assert not test.exception
    (rule,) = [one for one in rules() if one.name == "Any deal at all"]
    assert (rule.kpi, rule.threshold, rule.dimension, rule.period) == ("deals_won", 0.5, "region", "12m")
    assert within(lambda: fired("Any deal at all"))
    strip = open_page("rows")
    assert "Any deal at all" in " ".join(labels(strip)), "one of the rule's alerts, or how many there are"
    test = open_page("alerts")
    event = next(one for one in cache.open_alerts(cache.keeper().copy) if one.rule_id == rule.id)  # type: ignore[arg-type]
    test.button(key=f"act-{event.id}-acknowledged-").click().run()
    assert not test.exception
    assert f"Acknowledged by {actor()}" in texts(test)
    assert f"act-{event.id}-acknowledged-" not in {button.key for button in test.button}


@pytest.mark.parametrize(("kpi", "rows"), [("revenue_won", 0), ("deals_won", 0), ("win_rate", 30)])
def test_few_rows_are_no_reason_to_be_silent_about_a_total(open_page: Open, kpi: str, rows: int) -> None:
    test = open_page("alerts", kpi=kpi)
    assert not test.exception
    assert test.number_input(key=f"field-{kpi}-{kpi}-n").value == rows


@pytest.mark.usefixtures("tidy")
def test_somebody_else_was_faster(open_page: Open) -> None:
    made = save(cache.crm(), Rule("Fast", "deals_won", 0, period="12m", smallest_n=0), "test")
    assert within(lambda: fired("Fast"))
    test = open_page("alerts")
    event = next(one for one in cache.open_alerts(cache.keeper().copy) if one.rule_id == made.id)  # type: ignore[arg-type]
    set_state(cache.crm(), event.id, "resolved", "bob", seen="open")
    test.button(key=f"act-{event.id}-acknowledged-").click().run()
    assert [one.value.replace("\\", "") for one in test.warning] == [
        "This alert is resolved already, by bob. Nothing was changed."
    ]


@pytest.mark.usefixtures("tidy")
def test_rules_are_switched_deleted_and_brought_back(open_page: Open) -> None:
    made = save(cache.crm(), Rule("Short", "deals_won", 1e9, active=False), "test")
    test = open_page("alerts")
    test.toggle(key=f"on-{made.id}").set_value(True).run()
    assert next(one for one in rules() if one.id == made.id).active
    test.button(key=f"delete-{made.id}").click().run()
    assert made.id not in {one.id for one in rules()}
    test.button(key="undo-delete").click().run()
    assert not test.exception
    assert made.id in {one.id for one in rules()}


@pytest.mark.usefixtures("tidy")
def test_a_rule_is_deleted_or_back_only_when_it_is(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is gone at the click: the page says so, and the way to it stays."""

    def gone(*_: object) -> None:
        raise CrmUnavailable("The CRM database cannot be reached.")

    made = save(cache.crm(), Rule("Short", "deals_won", 1e9, active=False), "test")
    test = open_page("alerts")
    with monkeypatch.context() as broken:
        broken.setattr("ui.alerts.rules.delete", gone)
        test.button(key=f"delete-{made.id}").click().run()
    assert "cannot be reached" in test.warning[0].value
    assert "Deleted the rule" not in texts(test)
    test.button(key=f"delete-{made.id}").click().run()
    assert "Deleted the rule **Short**" in texts(test)
    with monkeypatch.context() as broken:
        broken.setattr("ui.alerts.rules.restore", gone)
        test.button(key="undo-delete").click().run()
    assert made.id not in {one.id for one in rules()}
    test.button(key="undo-delete").click().run()
    assert made.id in {one.id for one in rules()}
    assert "Deleted the rule" not in texts(test)


@pytest.mark.usefixtures("tidy")
def test_hostile_names_are_text(open_page: Open) -> None:
    made = save(
        cache.crm(),
        Rule(
            HOSTILE[0], "deals_won", 0, period="12m", smallest_n=0, filters=(("segment", (None, *HOSTILE)),)
        ),
        "test",
    )
    for query in ({}, {"rule": str(made.id)}):
        test = open_page("alerts", **query)
        assert not test.exception
        assert "<img" not in "\n".join(one.value for one in test.markdown)
    assert HOSTILE[0] in texts(test)


def test_unknown_rules_and_numbers_are_said(open_page: Open) -> None:
    test = open_page("alerts", rule="999999")
    assert not test.exception
    assert "This rule is no longer there." in texts(test)
    assert not open_page("alerts", kpi="<script>").exception


def test_an_alert_leads_to_its_own_window_and_member(open_page: Open, copy: Copy) -> None:
    event = cache.open_alerts(copy)[0]
    query = proof(event, View())
    assert query["from"] == str(event.start)
    assert query["to"] == str(event.end)
    assert query["at"] == [f"{event.dimension}:{event.cause}"]
    test = open_page("rows", **query)
    assert not test.exception
    assert "Added up just now" in texts(test)
