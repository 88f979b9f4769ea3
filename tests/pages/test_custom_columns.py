"""Custom columns on the page Data, and what a marked one is on the other pages."""

from __future__ import annotations

from datetime import date
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from crm_data import custom
from crm_data.demo.make import make_demo
from crm_data.edits import mark, unmark
from crm_data.engine import connect, prepare
from crm_data.schema import metadata
from tests.pages.conftest import loaded, run_page
from ui import cache

HOSTILE = '<img src=x onerror="alert(1)"> [x](http://evil.example) \u202eعمود 🙂'
WORDS = ("=1+1", "<b>bold</b>", "O'Brien; DROP TABLE marked; --", "🙂 **x**", "مبيعات")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small demo CRM whose accounts have custom columns: one to mark, one with a number for each row."""
    folder = tmp_path_factory.mktemp("columns")
    engine = connect(f"sqlite:///{folder / 'crm.db'}")
    prepare(engine)
    make_demo(engine, events=2000, today=date(2026, 11, 21))
    table = metadata.tables["accounts"]
    with engine.begin() as crm:
        for place, key in enumerate(crm.scalars(select(table.c.id).order_by(table.c.id)).all()):
            known = {
                HOSTILE: WORDS[place % len(WORDS)],
                "Tariff": f"T{place % 3}",
                "Text": "x" * (300 if not place else 3),
            }
            crm.execute(
                update(table)
                .where(table.c.id == key)
                .values(custom=known if place % 7 else {"Text": "x" * 300})
            )
    engine.dispose()
    return folder


@pytest.fixture
def columns(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(made))
    loaded()
    with cache.crm().connect() as connection:
        known = custom.marks(connection)
    for one in known:
        unmark(cache.crm(), one.key)
    cache.keeper().hurry(60)


def words(test: AppTest) -> str:
    assert not test.exception
    return "\n".join([*(one.value for one in test.markdown), *(one.value for one in test.caption)])


def plain(text: str) -> str:
    """What a person reads."""
    return unescape(text).replace("\\", "")


def switch(test: AppTest, label: str) -> AppTest:
    """Turn the switch of the column whose label begins so."""
    (found,) = [one for one in test.toggle if one.label.startswith(label)]
    found.set_value(not found.value).run()
    cache.keeper().hurry(60)
    return test


@pytest.mark.usefixtures("columns")
def test_columns_are_listed_and_switched_on_and_off_and_back() -> None:
    test = run_page("data")
    said = words(test)
    assert "&lt;img src=x onerror=" in said
    assert "<img" not in said
    assert "3 different" in said
    assert "It can be no dimension: it has a value of 300 signs." in plain(said)
    assert [one.disabled for one in test.toggle if one.label.startswith("Text")] == [True]
    switch(test, "Tariff")
    assert "Tariff is a dimension now." in plain(test.success[0].value)
    assert [one.value for one in test.toggle if one.label.startswith("Tariff")] == [True]
    assert "account.tariff in addresses and commands" in words(test)
    test.button(key="undo-column").click().run()
    assert "It is as it was." in plain(test.success[0].value)
    assert [one.value for one in test.toggle if one.label.startswith("Tariff")] == [False]
    switch(test, "Tariff")
    name = next(one for one in test.text_input if one.value == "Tariff")
    name.set_value("Region").run()
    next(one for one in test.button if one.label == "Save name").click().run()
    assert "There is a dimension Region already" in plain(test.error[0].value)
    next(one for one in test.text_input if one.value == "Region").set_value("<i>Price</i> list").run()
    next(one for one in test.button if one.label == "Save name").click().run()
    assert "&lt;i&gt;Price&lt;/i&gt; list" in words(test)
    switch(test, r"Tariff")
    assert "is no dimension any more" in plain(test.success[0].value)


@pytest.mark.usefixtures("columns")
def test_a_marked_column_is_offered_and_used_everywhere() -> None:
    mark(cache.crm(), "accounts", HOSTILE, "<u>Hostile</u>")
    with cache.crm().connect() as connection:
        (one,) = custom.marks(connection)
    cache.keeper().hurry(60)
    for page in ("overview", "sales", "customers", "definitions"):
        said = words(run_page(page))
        assert "<u>" not in said
        assert "<b>bold" not in said
    chosen = run_page("overview", **{one.key: [WORDS[1], "~"]})
    assert chosen.session_state[f"filter-{one.key}"] == [WORDS[1], "~"]
    assert "<b>bold" not in words(chosen)
    proof = run_page("rows", kpi="revenue_won", by=one.key, **{one.key: WORDS[0]})
    said = words(proof)
    assert "<u>Hostile</u>: what a record has in them now counts for all days" in plain(said)
    assert 'aria-current="true">&lt;u&gt;Hostile' in said
    assert "reason, <u>hostile</u>" in plain(words(run_page("definitions")))
    rule = run_page("alerts", kpi="revenue_won")
    offered = next(box for box in rule.selectbox if box.label == "For")
    assert "Each <u>hostile</u>" in offered.options


@pytest.mark.usefixtures("columns")
@pytest.mark.parametrize("page", ["overview", "sales", "customers", "rows"])
def test_an_old_link_says_that_the_mark_is_gone(page: str) -> None:
    query = {"kpi": "revenue_won", "by": "account.tariff", "at": "account.tariff:T1"}
    gone: dict[str, str | list[str]] = {"account.tariff": "T1", "lead.other": ["a", "b"], **query}
    test = run_page(page, **gone)
    said = words(test)
    assert (
        said.count("No custom column is marked as the dimension &#x27;account.tariff&#x27; (any more)") == 1
    )
    assert said.count("&#x27;lead.other&#x27;") == 1


@pytest.mark.usefixtures("columns")
def test_an_import_of_nothing_has_nothing_to_mark() -> None:
    with cache.crm().begin() as connection:
        connection.exec_driver_sql("CREATE TABLE kept AS SELECT id, custom FROM accounts")
        connection.exec_driver_sql("UPDATE accounts SET custom = NULL")
    cache.keeper().hurry(60)
    try:
        assert "No record has a custom column." in words(run_page("data"))
    finally:
        with cache.crm().begin() as connection:
            connection.exec_driver_sql(
                "UPDATE accounts SET custom = (SELECT custom FROM kept WHERE kept.id = accounts.id)"
            )
            connection.exec_driver_sql("DROP TABLE kept")
        cache.keeper().hurry(60)


@pytest.mark.usefixtures("columns")
@pytest.mark.parametrize("group", [None, "rfm-5-4", "cohort-2025m01m01-2025m04m01-91", "site-20-29-m1"])
def test_what_customers_do_not_have_narrows_no_group_of_them(group: str | None) -> None:
    """A product is a deal's, as its own columns are: groups of customers say so."""
    query: dict[str, str | list[str]] = {"product": "Relay Core", **({"report": group} if group else {})}
    assert words(run_page("customers", **query)).count("This cannot be told by product.") == 3
