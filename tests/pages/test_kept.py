"""Kept reports on the page Reports: kept by a click, listed, shown, deleted."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from crm_data import kept as store
from crm_data.demo.make import make_demo
from crm_data.engine import connect, prepare
from crm_data.schema import metadata
from tests.pages.conftest import Open, loaded, run_page
from ui import cache

DEALS = metadata.tables["opportunities"]
WINDOW = {"from": "2026-01-01", "to": "2026-11-22"}


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    engine = connect(f"sqlite:///{tmp_path / 'crm.db'}")
    prepare(engine)
    make_demo(engine, events=600, today=date(2026, 11, 21))
    engine.dispose()
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    loaded()
    return tmp_path


def words(test: AppTest) -> str:
    assert not test.exception
    return "\n".join(one.value for one in test.markdown)


def test_a_report_is_kept_restated_and_deleted(own_home: Path) -> None:
    test = run_page("reports", report="sales", **WINDOW)
    test.button(key="keep-report").click().run()
    said = words(test)
    assert "As it was when" in said
    assert "figures are the same today." in said
    assert 'class="restated"' not in said
    engine = cache.crm()
    with engine.connect() as crm:
        (head,) = store.heads(crm)
    with engine.begin() as crm:
        won = select(DEALS).where(DEALS.c.status == "won", DEALS.c.closed_on >= date(2026, 1, 1))
        deal = crm.execute(won.where(DEALS.c.currency == "EUR")).mappings().first()
        assert deal
        raised = update(DEALS).where(DEALS.c.id == deal["id"])
        crm.execute(raised.values(amount=deal["amount"] + Decimal(1000)))
    cache.keeper().hurry()
    _until_refreshed()
    said = words(run_page("reports", kept=str(head.id)))
    assert "figures differ today." in said
    assert 'class="restated"' in said
    assert "1 row changed" in said
    one = words(run_page("reports", kept=str(head.id), kpi="revenue_won"))
    assert "these rows make <b>+€1,000.00</b>, the whole change." in one
    same = words(run_page("reports", kept=str(head.id), kpi="revenue_invoiced"))
    assert "This figure is what it was" in same
    assert "Kept reports" in [one.value for one in run_page("reports").header]
    test = run_page("reports", kept=str(head.id))
    test.button(key="delete-kept-now").click().run()
    assert "was deleted" in test.success[0].value
    assert "Kept reports" not in [one.value for one in test.header]


def _until_refreshed() -> None:
    keeper = cache.keeper()
    deadline = time.monotonic() + 30
    assert keeper.copy
    while keeper.copy.state.version < 2 and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_link_to_none(open_page: Open) -> None:
    assert "There is no kept report" in words(open_page("reports", kept="999999"))
    assert "What was won, by whom" in words(open_page("reports", kept="⁵"))
