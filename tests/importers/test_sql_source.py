"""A database as the source of an import."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from crm_data.importers.decisions import Decisions
from crm_data.importers.errors import ImportStopped
from crm_data.importers.mapping import parse_mapping
from crm_data.importers.outcome import Outcome
from crm_data.importers.run import load, read
from crm_data.importers.undo import undo_import
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.system import imports
from tests.importers.desk import Desk, counts

MAPPING = """
    source = "shop"
    [[import]]
    object = "accounts"
    query = "SELECT id, name, 'a:b' AS note, born FROM firm WHERE name <> ':x'"
    id = "id"
    columns = { name = "name", created_on = "born" }
    custom = { Note = "note" }
    [[import]]
    object = "contacts"
    query = "SELECT p.*, f.name AS firm FROM person AS p JOIN firm AS f ON f.id = p.firm_id ORDER BY p.id"
    since = "changed"
    id = "id"
    columns = { last_name = "name", account_id = { heading = "firm", by = "name" } }
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as database:
        database.executescript("""
            CREATE TABLE firm (id INTEGER, name TEXT, born TEXT);
            INSERT INTO firm VALUES (1, 'Acme', '2020-02-03'), (2, 'Bärn ''n'' Co', NULL);
            CREATE TABLE person (id INTEGER, firm_id INTEGER, name TEXT, changed TEXT);
            INSERT INTO person VALUES (1, 1, 'Ann', '2026-01-01'), (2, 2, 'Ben', '2026-01-02');
        """)
    database.close()
    return path


def take(desk: Desk, address: str, mapping: str = MAPPING) -> Outcome:
    prepared = read(desk.crm, parse_mapping(mapping), [], lambda *_: None, origin=address)
    try:
        return load(desk.crm, prepared, Decisions(), desk.reports, lambda *_: None)
    finally:
        prepared.close()


def change(shop: Path, statement: str) -> None:
    with sqlite3.connect(shop) as database:
        database.execute(statement)
    database.close()


def test_rows_of_queries_come_in_and_only_the_changed_ones_again(desk: Desk, shop: Path) -> None:
    address = f"sqlite:///{shop}"
    first = take(desk, address)
    assert counts(first, "contacts") == (2, 2, 0, 0, 0, 0)
    assert desk.rows(accounts, "source_id", "name", "custom") == [
        ("1", "Acme", {"Note": "a:b"}),
        ("2", "Bärn 'n' Co", {"Note": "a:b"}),
    ]
    assert desk.rows(contacts, "last_name", "account_id") == [("Ann", 1), ("Ben", 2)]
    assert [file.get("highest") for file in desk.rows(imports, "files")[0][0]] == [None, ["", "2026-01-02"]]

    change(shop, "UPDATE person SET name = 'Benno', changed = '2026-01-03' WHERE id = 2")
    change(shop, "UPDATE person SET name = 'Hidden' WHERE id = 1")
    second = take(desk, address)
    assert counts(second, "contacts") == (1, 0, 1, 0, 0, 0)
    assert counts(second, "accounts")[0] == 2
    assert desk.rows(contacts, "last_name") == [("Ann",), ("Benno",)]

    # What was undone counts as never seen; another query starts from the beginning.
    undo_import(desk.crm, second.key)
    assert counts(take(desk, address), "contacts") == (1, 0, 1, 0, 0, 0)
    assert counts(take(desk, address, MAPPING.replace("ORDER BY p.id", "")), "contacts")[0] == 2


def test_the_source_is_never_written(desk: Desk, shop: Path) -> None:
    before = shop.read_bytes()
    for query in ("DELETE FROM person", "DROP TABLE firm", "UPDATE firm SET name = 'x' RETURNING id"):
        mapping = MAPPING.replace("SELECT id, name, 'a:b' AS note, born FROM firm WHERE name <> ':x'", query)
        with pytest.raises(ImportStopped, match="does not answer the query"):
            take(desk, f"sqlite:///{shop}", mapping)
    assert shop.read_bytes() == before
    assert desk.rows(accounts, "id") == []


@pytest.mark.parametrize(
    ("address", "mapping", "says"),
    [
        ("SHOP", MAPPING.replace("FROM firm WHERE", "FROM firms WHERE"), "no such table: firms"),
        ("SHOP", MAPPING.replace('since = "changed"', 'since = "edited"'), "gives no column 'edited'"),
        ("SHOP", MAPPING.replace('id = "id"', 'id = "key"', 1), "there is no column 'key'"),
        ("sqlite:////nowhere/shop.db", MAPPING, "There is no SQLite database"),
        ("rubbish", MAPPING, "not a database address"),
        ("oracle://u:secret@h/x", MAPPING, "is not installed"),
        ("postgresql://u:secret@127.0.0.1:1/x", MAPPING, "does not answer"),
        (None, MAPPING, "asks a database"),
        ("SHOP", MAPPING.replace("query = ", 'file = "x"\nquery = ', 1), "either a file or a query"),
        ("SHOP", MAPPING.replace('query = "SELECT p', 'file = "SELECT p'), "'since' is for a query"),
    ],
    ids=range(10),
)
def test_what_cannot_be_asked(desk: Desk, shop: Path, address: str | None, mapping: str, says: str) -> None:
    address = f"sqlite:///{shop}" if address == "SHOP" else address
    with pytest.raises(ImportStopped, match=says) as stopped:
        read(desk.crm, parse_mapping(mapping), [], lambda *_: None, origin=address)
    assert "secret" not in str(stopped.value)
    assert "\n" not in str(stopped.value)


@pytest.mark.postgres
@pytest.mark.parametrize("empty_url", [pytest.param("postgresql")], indirect=True)
@pytest.mark.parametrize("crm_url", ["sqlite"], indirect=True)
def test_a_postgresql_database(desk: Desk, empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE firm (id uuid, name text, born date, changed timestamptz)"))
        connection.execute(
            text(
                "INSERT INTO firm SELECT gen_random_uuid(), 'Firm ' || n, '2020-01-01', "
                "'2026-01-01T10:00Z'::timestamptz + n * interval '1 second' "
                "FROM generate_series(1, 2500) AS n"
            )
        )
    mapping = """
        source = "shop"
        [[import]]
        object = "accounts"
        query = "SELECT id, name, born, changed::timestamptz AS changed FROM firm"
        since = "changed"
        id = "id"
        columns = { name = "name", created_on = "born" }
    """
    assert counts(take(desk, empty_url, mapping), "accounts")[:2] == (2500, 2500)
    with engine.begin() as connection:
        connection.execute(text("UPDATE firm SET name = 'New', changed = now() WHERE name = 'Firm 7'"))
    assert counts(take(desk, empty_url, mapping), "accounts") == (2, 0, 1, 1, 0, 0)
    writing = """
        source = "shop"
        [[import]]
        object = "accounts"
        query = "DELETE FROM firm RETURNING id"
        id = "id"
        columns = { name = "id" }
    """
    with pytest.raises(ImportStopped, match="does not answer the query"):
        take(desk, empty_url, writing)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM firm")) == 2500
    engine.dispose()
