"""The order of stages, visits to them, expected closing days, and what customers owe, by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from crm_data.warehouse import open_copy
from tests.warehouse.conftest import add, rows


def course(crm: Engine, *stages: tuple[int, str], won: int | None = None, **more: Any) -> int:
    """A deal that entered these stages on these days of March."""
    values: dict[str, Any] = {"stage": stages[-1][1], "status": "open", "opened_on": date(2025, 3, 1)}
    if won:
        values |= {"stage": "Won", "status": "won", "closed_on": date(2025, 3, won)}
    deal = add(crm, "opportunities", **values | more)
    for day, stage in stages:
        at = datetime(2025, 3, day, 12, tzinfo=UTC)
        add(crm, "opportunity_history", opportunity_id=deal, changed_at=at, stage=stage, **more)
    return deal


def test_the_order_is_inferred_though_deals_skip_and_go_back(crm: Engine, tmp_path: Path) -> None:
    course(crm, (1, "Talk"), (3, "Offer"), (5, "Close"), won=9)
    course(crm, (1, "Talk"), (2, "Close"), won=9)
    course(crm, (1, "Offer"), (4, "Close"))
    course(crm, (1, "Close"), (2, "Talk"))  # one that ran backwards
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        order = rows(copy, "SELECT stage FROM stages ORDER BY position")
        assert [stage for (stage,) in order] == ["Talk", "Offer", "Close"]
        add(crm, "stages", name="Close", position=1)
        add(crm, "stages", name="Talk", position=2)
        copy.refresh()
        order = rows(copy, "SELECT stage FROM stages ORDER BY position")
        assert [stage for (stage,) in order] == ["Close", "Talk"]
        assert rows(copy, "SELECT DISTINCT position FROM stage_visits WHERE stage = 'Offer'") == [(None,)]


def test_visits(crm: Engine, tmp_path: Path) -> None:
    for position, name in enumerate(("Talk", "Offer", "Close"), 1):
        add(crm, "stages", name=name, position=position)
    back = course(crm, (1, "Talk"), (3, "Offer"), (6, "Talk"), (10, "Close"), won=15)
    course(crm, (1, "Talk"), (4, "Close"))
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        found = rows(
            copy,
            f"SELECT stage, day(entered_day), day(left_day), day(further_day), days, first "
            f"FROM stage_visits WHERE id = {back} ORDER BY entered_day",
        )
        assert found == [
            ("Talk", 1, 3, 3, 2, 1),
            ("Offer", 3, 6, 10, 3, 1),
            ("Talk", 6, 10, 10, 4, 0),
            ("Close", 10, 15, 15, 5, 1),
        ]
        other = rows(copy, f"SELECT stage, day(further_day) FROM stage_visits WHERE id <> {back} ORDER BY 1")
        assert other == [("Close", None), ("Talk", 4)]


def test_expected_days_moved(crm: Engine, tmp_path: Path) -> None:
    deal = course(crm, (1, "Talk"), won=20, expected_close=date(2025, 3, 10))
    for day, expected in ((5, 12), (8, 12), (9, 11), (20, 20)):  # the last is the closing itself
        at = datetime(2025, 3, day, 12, tzinfo=UTC)
        known = {"stage": "Talk", "expected_close": date(2025, 3, expected)}
        add(crm, "opportunity_history", opportunity_id=deal, changed_at=at, **known)
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        found = rows(
            copy,
            "SELECT day(due_day), day(moved_day), day(moved_to), days_moved "
            "FROM close_dates ORDER BY set_day",
        )
        assert found == [(10, 5, 12, 2), (12, 9, 11, -1), (11, None, None, None)]


def test_what_is_owed(crm: Engine, tmp_path: Path) -> None:
    account = add(crm, "accounts", name="Somebody")
    terms = {"account_id": account, "issued_on": date(2025, 3, 1), "currency": "EUR"}
    invoice = add(crm, "invoices", due_on=date(2025, 3, 14), **terms)
    credit = add(crm, "invoices", kind="credit", **terms)
    add(crm, "invoice_lines", invoice_id=invoice, amount=100)
    add(crm, "invoice_lines", invoice_id=credit, amount=-30)
    for day, amount in ((9, 40), (20, 60)):
        add(crm, "payments", invoice_id=invoice, paid_on=date(2025, 3, day), amount=amount)
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        found = rows(
            copy,
            "SELECT day(start_day), day(end_day), amount_cents, overdue, start_reason, end_reason "
            "FROM receivable_spells ORDER BY start_day",
        )
        assert found == [
            (1, 9, 10000, 0, "invoiced", "paid in part"),
            (9, 15, 6000, 0, "paid in part", "fell due"),
            (15, 20, 6000, 1, "fell due", "paid"),
        ]
