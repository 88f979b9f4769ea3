"""Currencies that lack a rate: those that keep the copy from following the CRM, and no others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from crm_data.currencies import Lacking, currencies_lacking
from crm_data.edits import add_rate
from crm_data.schema import metadata
from crm_data.warehouse import MissingRate, open_copy

T = metadata.tables


def add(crm: Engine, table: str, **values: Any) -> None:
    with crm.begin() as connection:
        connection.execute(insert(T[table]).values(**values))


def lacking(crm: Engine) -> list[Lacking]:
    with crm.connect() as connection:
        return currencies_lacking(connection)


def test_what_lacks_is_what_stops_the_copy(crm: Engine, tmp_path: Path) -> None:
    add(crm, "accounts", name="Acme")
    deal = {"stage": "Won", "status": "won", "amount": Decimal(100)}
    add(crm, "opportunities", **deal, currency="CHF", closed_on=date(2026, 3, 4))
    add(crm, "opportunities", **deal, currency="CHF", opened_on=date(2026, 1, 9), closed_on=date(2026, 3, 3))
    add(crm, "opportunities", **deal, currency="EUR", closed_on=date(2020, 1, 1))
    add(crm, "opportunities", stage="New", status="open", currency="SEK", opened_on=date(2020, 1, 1))
    add(crm, "invoices", account_id=1, issued_on=date(2026, 2, 1), currency="USD")
    add(crm, "invoice_lines", invoice_id=1, amount=Decimal(5))
    add(crm, "spend", channel="Fairs", spent_on=date(2026, 5, 1), amount=Decimal(9), currency="GBP")
    with open_copy(crm, tmp_path / "copy.duckdb", refresh=False) as copy:
        for left in (["CHF", "GBP", "USD"], ["GBP", "USD"]):
            found = lacking(crm)
            assert [one.currency for one in found] == left
            with pytest.raises(MissingRate):
                copy.refresh(now=datetime(2026, 6, 1, tzinfo=UTC))
            add_rate(crm, {"currency": left[0], "valid_on": found[0].since, "rate": "1.5"})
        assert lacking(crm) == [Lacking("USD", date(2026, 2, 1))]
        add_rate(crm, {"currency": "USD", "valid_on": "2026-02-02", "rate": "2"})
        assert lacking(crm) == [Lacking("USD", date(2026, 2, 1))], "that rate is a day too late"
        add_rate(crm, {"currency": "USD", "valid_on": "2026-02-01", "rate": "2"})
        assert lacking(crm) == []
        copy.refresh(now=datetime(2026, 6, 1, tzinfo=UTC))


def test_a_deal_that_changed_before_it_is_said_to_have_begun(crm: Engine) -> None:
    add(crm, "opportunities", stage="New", status="open", amount=Decimal(1), currency="EUR")
    add(crm, "opportunity_history", opportunity_id=1, changed_at=datetime(2025, 7, 1, 9, tzinfo=UTC),
        stage="New", amount=Decimal(1), currency="NOK")  # fmt: skip
    assert lacking(crm) == [Lacking("NOK", date(2025, 7, 1))]
