"""A CRM with nothing, with one deal, and of another country: every page draws and says what is the case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from crm_data.engine import connect, prepare
from crm_data.schema import organisation, sales
from kpis.reports import REPORTS
from tests.pages.conftest import loaded, run_page
from ui.pages import PAGES

ABROAD: tuple[dict[str, Any], ...] = (
    {"locale": "de", "base_currency": "EUR", "week_start": 1, "fiscal_calendar": "445"},
    {"locale": "ar", "base_currency": "SAR", "week_start": 6, "fiscal_start_month": 7},
    {
        "locale": "ja",
        "base_currency": "JPY",
        "week_start": 7,
        "fiscal_calendar": "445",
        "fiscal_start_month": 4,
    },
)
EVERY = (*((entry.name, {}) for entry in PAGES), *(("reports", {"report": name}) for name in REPORTS))
NUMBERS = ("revenue_won", "churn_rate", "cac", "dso")


def crm(home: Path, settings: dict[str, Any], *, deals: int) -> None:
    engine = connect(f"sqlite:///{home / 'crm.db'}")
    prepare(engine)
    day = datetime.now(UTC).date() - timedelta(days=40)
    won = {
        "name": "Deal",
        "stage": "Won",
        "status": "won",
        "amount": 1234,
        "currency": settings["base_currency"],
    }
    with engine.begin() as connection:
        connection.execute(insert(organisation.organisation).values(id=1, name="Us", **settings))
        for _ in range(deals):
            connection.execute(insert(sales.opportunities).values(**won, opened_on=day, closed_on=day))
    engine.dispose()


def draw_all(pages: tuple[tuple[str, dict[str, str]], ...]) -> None:
    loaded()
    broken = []
    for name, query in pages:
        test = run_page(name, **query)
        broken += [(name, query, one.value) for one in test.exception]
        assert test.title, name
    assert not broken


@pytest.mark.parametrize("settings", ABROAD, ids=lambda settings: settings["locale"])
def test_one_deal_in_any_country(own_home: Path, settings: dict[str, Any]) -> None:
    crm(own_home, settings, deals=1)
    draw_all((*EVERY, *(("rows", {"kpi": key}) for key in NUMBERS)))


def test_nothing_at_all(own_home: Path) -> None:
    crm(own_home, ABROAD[0], deals=0)
    draw_all(EVERY)
