"""Each finding names the rows that are wrong, and no others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from crm_data import quality, reads
from crm_data.quality import COPY, CRM, FINDINGS
from crm_data.warehouse import CopyError, open_copy
from tests.warehouse.conftest import add

DAY, LATER = date(2025, 3, 1), date(2025, 4, 1)
NOON, MORNING = datetime(2025, 3, 1, 12, tzinfo=UTC), datetime(2025, 3, 1, 8, tzinfo=UTC)
_DEAL: dict[str, Any] = {
    "account_id": 1,
    "owner_id": 1,
    "stage": "Won",
    "status": "won",
    "amount": 10,
    "currency": "EUR",
    "opened_on": DAY,
    "closed_on": LATER,
}
_OPEN = {**_DEAL, "status": "open", "closed_on": None}
_INVOICE = {"account_id": 1, "issued_on": DAY, "due_on": LATER, "currency": "EUR"}
_CONTACT = {"account_id": 1, "last_name": "Lee", "email": "lee@example.org"}
_CASE = {"account_id": 1, "subject": "Broken", "opened_at": NOON}
_ANSWER = {"survey_id": 1, "answered_at": NOON, "score": 4}

#: finding -> its table's good row, and what makes it wrong
WRONG: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "rate-missing-deal": (_DEAL, {"currency": "CHF"}),
    "rate-missing-invoice": (_INVOICE, {"currency": "USD", "issued_on": date(2020, 1, 1)}),
    "rate-missing-spend": (
        {"spent_on": DAY, "amount": 1, "currency": "USD", "kind": "media"},
        {"spent_on": date(2020, 1, 1)},
    ),
    "deal-without-amount": (_DEAL, {"amount": None}),
    "open-deal-without-amount": (_OPEN, {"amount": None}),
    "closed-without-day": (_DEAL, {"closed_on": None}),
    "won-before-created": (_DEAL, {"closed_on": date(2025, 2, 1)}),
    "deal-without-opening": (_DEAL, {"opened_on": None}),
    "closed-in-future": (_DEAL, {"closed_on": date(2199, 1, 1)}),
    "overdue-close": ({**_OPEN, "expected_close": date(2199, 1, 1)}, {"expected_close": DAY}),
    "deal-without-owner": (_DEAL, {"owner_id": None}),
    "deal-without-account": (_DEAL, {"account_id": None}),
    "account-without-region": ({"name": "A", "segment": "S", "region_id": 1}, {"region_id": None}),
    "account-without-segment": ({"name": "A", "segment": "S", "region_id": 1}, {"segment": None}),
    "membership-reversed": (
        {"account_id": 1, "started_on": DAY, "ended_on": LATER},
        {"ended_on": date(2025, 2, 1)},
    ),
    "invoice-without-due": (_INVOICE, {"due_on": None}),
    "line-without-cost": ({"invoice_id": 1, "amount": 1, "cost": 1}, {"cost": None}),
    "case-without-account": (_CASE, {"account_id": None}),
    "case-reversed": ({**_CASE, "status": "resolved", "resolved_at": NOON}, {"resolved_at": MORNING}),
    "answer-off-scale": (_ANSWER, {"score": 6}),
    "contact-without-account": (_CONTACT, {"account_id": None}),
    "contact-without-channel": ({**_CONTACT, "phone": "1"}, {"email": None, "phone": None}),
    "email-twice": (_CONTACT, {"email": "SUE@example.org"}),
}


def base(crm: Engine) -> None:
    """What the rows refer to, and one good row of each table."""
    add(crm, "regions", id=1, name="North")
    add(crm, "users", id=1, name="Ann")
    add(crm, "accounts", id=1, name="Acme", segment="S", region_id=1)
    add(crm, "surveys", id=1, name="CSAT", kind="CSAT", scale_min=1, scale_max=5)
    add(crm, "invoices", id=1, **_INVOICE)
    add(crm, "exchange_rates", currency="USD", valid_on=DAY, rate=2)


def test_the_copy_names_the_wrong_rows(crm: Engine, tmp_path: Path) -> None:
    base(crm)
    asked = [finding for finding in FINDINGS if finding.asked_of == COPY]
    for place, finding in enumerate(asked):
        good, wrong = WRONG[finding.key]
        add(crm, finding.table, id=100 + place, **good)
        add(crm, finding.table, id=200 + place, **{**good, **wrong})
    with open_copy(crm, tmp_path / "copy.duckdb") as copy, crm.connect() as connection:
        found = {one.key: quality.rows(copy, connection, one, offset=0, limit=10) for one in asked}
        assert found == {one.key: [200 + place] for place, one in enumerate(asked)}
        counted = {one.finding.key: one for one in quality.counted(copy, connection)}
        for one in asked:
            assert (counted[one.key].n, counted[one.key].of >= 2) == (1, True)
            assert len(reads.records(connection, one.table, found[one.key])) == 1


def test_the_crm_names_the_wrong_rows(crm: Engine, tmp_path: Path) -> None:
    """Also those that keep the copy from following: it is as it was before they came."""
    base(crm)
    add(crm, "contacts", id=7, **{**_CONTACT, "email": "sue@example.org"})
    asked = [finding for finding in FINDINGS if finding.asked_of == CRM]
    with open_copy(crm, tmp_path / "copy.duckdb") as copy, crm.connect() as connection:
        for place, finding in enumerate(asked):
            good, wrong = WRONG[finding.key]
            unlike = {"email": f"{place}@example.org"} if finding.table == "contacts" else {}
            add(crm, finding.table, id=100 + place, **{**good, **unlike})
            add(crm, finding.table, id=200 + place, **{**good, **unlike, **wrong})
        found = {one.key: quality.rows(copy, connection, one, offset=0, limit=10) for one in asked}
        expected = {one.key: [200 + place] for place, one in enumerate(asked)}
        expected["email-twice"].insert(0, 7)
        assert found == expected
        with pytest.raises(CopyError):
            copy.refresh()


def test_every_finding_is_tried() -> None:
    assert set(WRONG) == {finding.key for finding in FINDINGS}
