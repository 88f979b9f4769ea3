"""Names and details behind keys."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import Engine

from crm_data import reads
from kpis.catalog import facts as counted
from kpis.model import Fact
from tests.warehouse import random_crm
from tests.warehouse.conftest import add
from tests.warehouse.random_crm import NOW


def test_names_by_key(crm: Engine) -> None:
    ann, bob, other_bob = (add(crm, "users", name=name) for name in ("Ann", "Bob", "Bob"))
    with crm.connect() as connection:
        assert reads.labels(connection, "owner", [ann, bob, 99]) == {ann: "Ann", bob: "Bob"}
        assert reads.labels(connection, "owner", [bob, other_bob]) == {
            bob: f"Bob (no. {bob})",
            other_bob: f"Bob (no. {other_bob})",
        }
        assert reads.labels(connection, "owner", []) == {}


def test_keys_by_name_or_key(crm: Engine) -> None:
    one, two = (add(crm, "accounts", name=name) for name in ("Acme", "2"))
    with crm.connect() as connection:
        assert reads.keys(connection, "account", "Acme") == [one]
        assert reads.keys(connection, "account", str(one)) == [one]
        assert reads.keys(connection, "account", "2") == [two]
        assert reads.keys(connection, "account", "x' OR 1=1 --") == []
        assert reads.keys(connection, "account", "9" * 40) == []


def test_many_keys(crm: Engine) -> None:
    key = add(crm, "accounts", name="Acme")
    with crm.connect() as connection:
        assert reads.labels(connection, "account", range(5000)) == {key: "Acme"}


def test_details_of_a_deal(crm: Engine) -> None:
    account = add(crm, "accounts", name="Acme")
    owner = add(crm, "users", name="Ann")
    common = {"stage": "New", "status": "open", "account_id": account}
    named = add(
        crm, "opportunities", name="Big one", owner_id=owner, amount=Decimal("12.5"), currency="EUR", **common
    )
    nameless = add(crm, "opportunities", **common)
    with crm.connect() as connection:
        first, second = reads.records(connection, "opportunities", [nameless, 99, named])
    assert first["title"] == "Deal · Acme"
    assert second == {
        "id": named,
        "title": "Big one",
        "Account": "Acme",
        "Owner": "Ann",
        "Product": None,
        "Amount": Decimal("12.5"),
        "Currency": "EUR",
    }


@pytest.mark.parametrize("record", sorted(reads._RECORDS))
def test_every_record_has_a_title(crm: Engine, record: str) -> None:
    random_crm.fill(crm, 6)
    add(crm, "leads", created_at=NOW)
    with crm.connect() as connection:
        found = reads.records(connection, record, range(100))
        assert len(found) >= 8
        assert all(row["title"] for row in found)
        assert set(reads.labels(connection, record, range(100))) == {row["id"] for row in found}


def test_the_rows_of_every_kpi_can_be_named() -> None:
    facts = [value for value in vars(counted).values() if isinstance(value, Fact)]
    assert facts
    assert {fact.record for fact in facts} <= set(reads._RECORDS)
