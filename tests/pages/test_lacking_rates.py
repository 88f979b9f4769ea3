"""A CRM with amounts that cannot be converted: the rates are asked for, and then the pages are there."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from crm_data.engine import prepare
from crm_data.schema import metadata
from tests.pages.conftest import PATIENCE, loaded, run_page
from ui import cache

DEALS = metadata.tables["opportunities"]


def deal(amount: int, currency: str, day: date) -> None:
    with cache.crm().begin() as crm:
        crm.execute(insert(DEALS).values(
            stage="Won", status="won", amount=Decimal(amount), currency=currency, closed_on=day
        ))  # fmt: skip


def refused() -> None:
    """Wait until the keeper says that it cannot follow."""
    deadline = time.monotonic() + PATIENCE
    while cache.keeper().error is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "no exchange rate" in str(cache.keeper().error)


def fill(test: AppTest, **rates: str) -> AppTest:
    for currency, rate in rates.items():
        test.text_input(key=f"lacking-rates-{currency}").input(rate)
    next(one for one in test.button if one.label == "Add").click()
    return test.run(timeout=PATIENCE)


def test_the_first_load_asks_for_the_rates_it_lacks(own_home: Path) -> None:
    prepare(cache.crm())
    deal(100, "CHF", date(2026, 3, 4))
    deal(100, "GBP", date(2026, 4, 4))
    refused()
    test = run_page("overview")
    assert test.title[0].value == "An exchange rate is missing"
    assert [one.label for one in test.text_input] == [
        "1 CHF in EUR, from 4 Mar 2026 on",
        "1 GBP in EUR, from 4 Apr 2026 on",
    ]
    test = fill(test, CHF="nothing")
    assert any("This is no number" in one.value for one in test.markdown)
    test = fill(test, CHF="0.5")
    assert [one.label for one in test.text_input] == ["1 GBP in EUR, from 4 Apr 2026 on"]
    fill(test, GBP="2")
    loaded()
    shown = run_page("rows", kpi="revenue_won", **{"from": "2026-01-01", "to": "2027-01-01"})
    assert any("€250" in one.value for one in shown.markdown), "100 × 0.5 + 100 × 2"


def test_a_new_currency_is_asked_for_on_the_page_data(own_home: Path) -> None:
    prepare(cache.crm())
    deal(100, "EUR", date(2026, 3, 4))
    loaded()
    deal(100, "USD", date(2026, 4, 4))
    refused()
    test = run_page("data")
    assert "1 USD in EUR, from 4 Apr 2026 on" in [one.label for one in test.text_input]
    deadline = time.monotonic() + PATIENCE
    fill(test, USD="3")
    while cache.keeper().error and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "lacking-rates-USD" not in [one.key for one in run_page("data").text_input]
