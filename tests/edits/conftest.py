"""A small CRM to edit: two accounts, three contacts, what refers to them, a case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, Row, Table, insert, select

from crm_data.schema import metadata
from kpis.question import EVERYONE

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
T = metadata.tables
ALL = EVERYONE


@pytest.fixture
def desk(crm: Engine) -> Engine:
    """Contacts 1 Anna Müller and 2 A. Mueller of account 1 (DE), 3 Ben Kim of account 2 (US); case 1 open."""
    with crm.begin() as connection:

        def add(table: str, **values: Any) -> None:
            connection.execute(insert(T[table]).values(**values))

        add("regions", name="EMEA", country=None)
        add("regions", name="Americas")
        add("regions", name="Germany", parent_id=1, country="DE")
        add("teams", name="Blue", department="service")
        add("users", name="Olga", email="olga@firm.example", team_id=1)
        add("accounts", name="Größe GmbH", country="DE", region_id=3, owner_id=1)
        add("accounts", name="Acme Inc", country="US", region_id=2)
        add("contacts", account_id=1, first_name="Anna", last_name="Müller", email="anna@groesse.example",
            phone="+49 30 1234567")  # fmt: skip
        add("contacts", account_id=1, first_name="Ana", last_name="Muller", title="Head of IT",
            phone="030 1234567", email_consent=True, consent_at=NOW, consent_source="fair")  # fmt: skip
        add("contacts", account_id=2, first_name="Ben", last_name="Kim", email="ben@acme.example")
        add("cases", subject="Does not start", account_id=1, contact_id=2, team_id=1, opened_at=NOW)
        add("activities", kind="call", happened_at=NOW, contact_id=2)
        add("emails", contact_id=2, sent_at=NOW)
        add("emails", contact_id=1, sent_at=NOW)
        add("opportunities", contact_id=2, stage="new", status="open")
    return crm


def row(engine: Engine, table: str, key: int) -> Row[Any]:
    with engine.connect() as connection:
        return connection.execute(select(T[table]).where(T[table].c.id == key)).one()


def rows(engine: Engine, table: Table | str) -> list[Row[Any]]:
    found = T[table] if isinstance(table, str) else table
    with engine.connect() as connection:
        return list(connection.execute(select(found).order_by(*found.primary_key)))


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """All rows, without what changes with each write: the audit log, versions, stamps, tombstones."""
    skip = {"audit_log", "tombstones"}
    return {
        name: [
            {key: value for key, value in one._mapping.items() if key not in ("version", "updated_at")}
            for one in rows(engine, table)
        ]
        for name, table in T.items()
        if name not in skip
    }


def opened(engine: Engine, table: str, key: int, fields: tuple[str, ...]) -> dict[str, Any]:
    """The record as a form has it when it is opened."""
    found = row(engine, table, key)._mapping
    return {name: found[name] for name in fields}
