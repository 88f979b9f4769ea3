"""A change by any process, even in plain SQL, is noticed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Row, Table, insert, select, text, update

from crm_data.schema import metadata
from crm_data.schema.base import utc_now
from crm_data.schema.customers import account_history, accounts
from crm_data.schema.organisation import organisation, regions, users
from crm_data.schema.sales import opportunities, opportunity_history, products
from crm_data.schema.system import tombstones

RECORDS = [table.name for table in metadata.sorted_tables if "version" in table.c]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def add(connection: Connection, table: Table, **values: Any) -> int:
    """A row written long ago; gives its key."""
    statement = insert(table).values(updated_at=LONG_AGO, **values).returning(table.c.id)
    return connection.execute(statement).scalar_one()


def row(connection: Connection, table: Table, key: int) -> Row[Any]:
    return connection.execute(select(table).where(table.c.id == key)).one()


def a_deal(connection: Connection, **values: Any) -> int:
    return add(connection, opportunities, stage="Engaging", status="open", **values)


def test_every_record_table_is_watched(crm: Engine) -> None:
    """So that a new table, or one that a migration rebuilt, does not lose its triggers."""
    kinds = ("touch", "bury") if crm.dialect.name == "sqlite" else ("touch", "bury", "bury_all")
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[crm.dialect.name]
    with crm.connect() as connection:
        triggers = set(connection.scalars(text(query)))
    history = {"accounts_history", "opportunities_history", "organisation_touch"}
    search = {"contacts_found", "contacts_lost", "contacts_renamed", "accounts_renamed"}
    assert triggers == search | history | {f"{name}_{kind}" for name in RECORDS for kind in kinds}


def test_plain_update_moves_updated_at_and_version(crm: Engine) -> None:
    with crm.begin() as connection:
        first, second = add(connection, products, name="One"), add(connection, products, name="Two")
    started = utc_now()
    with crm.begin() as connection:
        connection.exec_driver_sql(f"UPDATE products SET name = 'Uno' WHERE id = {first}")
        changed, other = row(connection, products, first), row(connection, products, second)
    assert (changed.name, changed.version) == ("Uno", 2)
    assert abs(changed.updated_at - started) < timedelta(seconds=5)
    assert (other.version, other.updated_at) == (1, LONG_AGO)


def test_a_writer_that_sets_both_is_left_alone(crm: Engine) -> None:
    at = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
    with crm.begin() as connection:
        key = add(connection, products, name="One")
        statement = update(products).values(name="Uno", updated_at=at, version=products.c.version + 1)
        connection.execute(statement.where(products.c.id == key))
        changed = row(connection, products, key)
    assert (changed.version, changed.updated_at) == (2, at)


def test_stamps_of_triggers_sort_with_stamps_of_programs(crm: Engine) -> None:
    """SQLite compares text: a stamp without microseconds would sort before one of the same second."""
    with crm.begin() as connection:
        key = add(connection, products, name="One")
        connection.exec_driver_sql(f"UPDATE products SET name = 'Uno' WHERE id = {key}")
        stamp = row(connection, products, key).updated_at
        newer = products.c.updated_at > stamp - timedelta(microseconds=1)
        older = products.c.updated_at < stamp + timedelta(microseconds=1)
        assert connection.scalar(select(products.c.id).where(newer, older)) == key
        if crm.dialect.name == "sqlite":
            raw = connection.exec_driver_sql("SELECT updated_at, length(updated_at) FROM products").one()
            assert raw[1] == len("2026-11-21 09:30:00.000000"), raw


def test_rows_inserted_in_plain_sql_are_stamped(crm: Engine) -> None:
    with crm.begin() as connection:
        connection.exec_driver_sql("INSERT INTO products (name) VALUES ('One')")
        only = connection.execute(select(products)).one()
    assert abs(only.updated_at - utc_now()) < timedelta(seconds=5)
    assert (only.version, only.source_system, only.source_id) == (1, "app", None)


def test_the_settings_are_stamped(crm: Engine) -> None:
    with crm.begin() as connection:
        connection.execute(insert(organisation).values(id=1, name="Acme", updated_at=LONG_AGO))
        connection.exec_driver_sql("UPDATE organisation SET name = 'Acme Ltd'")
        assert utc_now() - row(connection, organisation, 1).updated_at < timedelta(seconds=5)


def test_a_deletion_leaves_a_tombstone(crm: Engine) -> None:
    with crm.begin() as connection:
        key = add(connection, products, name="One", source_system="old", source_id="P-1")
        add(connection, products, name="Two")
        connection.exec_driver_sql(f"DELETE FROM products WHERE id = {key}")
        only = connection.execute(select(tombstones)).one()
    assert (only.table_name, only.row_id, only.source_system, only.source_id) == (
        "products",
        key,
        "old",
        "P-1",
    )
    assert abs(only.deleted_at - utc_now()) < timedelta(seconds=5)


def test_emptying_a_table_leaves_tombstones(crm: Engine) -> None:
    empty = "DELETE FROM products" if crm.dialect.name == "sqlite" else "TRUNCATE products CASCADE"
    with crm.begin() as connection:
        keys = {add(connection, products, name=name) for name in "ABC"}
        connection.exec_driver_sql(empty)
        assert set(connection.scalars(select(tombstones.c.row_id))) == keys


def test_the_key_of_a_deleted_row_never_comes_back(crm: Engine) -> None:
    with crm.begin() as connection:
        first = add(connection, products, name="One")
        connection.exec_driver_sql("DELETE FROM products")
        assert add(connection, products, name="Two") > first


def test_a_changed_deal_keeps_what_it_was_and_what_it_is(crm: Engine) -> None:
    with crm.begin() as connection:
        key = a_deal(connection, amount=Decimal("10.5"), currency="USD")
        other = a_deal(connection)
        connection.exec_driver_sql(f"UPDATE opportunities SET stage = 'Won' WHERE id = {key}")
        connection.exec_driver_sql(f"UPDATE opportunities SET probability = 0.5 WHERE id = {key}")
        kept = connection.execute(select(opportunity_history).order_by(opportunity_history.c.id)).all()
    assert {h.opportunity_id for h in kept} == {key} != {other}
    assert [(h.stage, h.amount, h.currency, h.probability) for h in kept] == [
        ("Engaging", Decimal("10.5"), "USD", None),
        ("Won", Decimal("10.5"), "USD", None),
        ("Won", Decimal("10.5"), "USD", 0.5),
    ]
    assert kept[0].changed_at == LONG_AGO
    assert LONG_AGO < kept[1].changed_at <= kept[2].changed_at <= utc_now() + timedelta(seconds=1)
    assert (kept[1].version, kept[1].source_system) == (1, "app")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("stage", "'Won'"),
        ("amount", "70000"),
        ("currency", "'EUR'"),
        ("probability", "0.25"),
        ("owner_id", "(SELECT max(id) FROM users)"),
        ("expected_close", "'2026-05-01'"),
    ],
)
def test_each_kept_column_of_a_deal_is_noticed(crm: Engine, column: str, value: str) -> None:
    with crm.begin() as connection:
        add(connection, users, name="Ada")
        a_deal(connection, currency="USD")
        connection.exec_driver_sql(f"UPDATE opportunities SET {column} = {value}")
        last = select(opportunity_history.c[column]).order_by(opportunity_history.c.id.desc()).limit(1)
        assert connection.scalar(last) == connection.scalar(select(opportunities.c[column])) is not None


@pytest.mark.parametrize(
    ("column", "value"),
    [("segment", "'SMB'"), ("industry", "'retail'"), ("owner_id", "1"), ("region_id", "1")],
)
def test_each_kept_column_of_an_account_is_noticed(crm: Engine, column: str, value: str) -> None:
    with crm.begin() as connection:
        add(connection, users, id=1, name="Ada")
        add(connection, regions, id=1, name="North")
        add(connection, accounts, name="Cancity")
        connection.exec_driver_sql(f"UPDATE accounts SET {column} = {value}")
        kept = connection.scalars(select(account_history.c[column]).order_by(account_history.c.id)).all()
        assert kept == [None, connection.scalar(select(accounts.c[column]))]


@pytest.mark.parametrize(
    "change", ["name = 'Big one'", "stage = 'Engaging'", "amount = NULL", "close_reason = 'x'"]
)
def test_a_change_of_nothing_that_is_kept_adds_no_history(crm: Engine, change: str) -> None:
    with crm.begin() as connection:
        a_deal(connection)
        connection.exec_driver_sql(f"UPDATE opportunities SET {change}")
        assert connection.execute(select(opportunity_history)).all() == []


def test_triggers_find_their_tables_whatever_the_search_path(crm: Engine) -> None:
    if crm.dialect.name == "sqlite":
        crm.dispose()
        return
    with crm.begin() as connection:
        key = a_deal(connection)
        connection.exec_driver_sql("SET LOCAL search_path TO pg_catalog")
        connection.exec_driver_sql(f"UPDATE public.opportunities SET stage = 'Won' WHERE id = {key}")
        connection.exec_driver_sql("DELETE FROM public.opportunity_history")
        assert len(connection.execute(text("SELECT 1 FROM public.tombstones")).all()) == 2
