"""Contacts are found by any word of theirs, however it is spelled, and the index follows every change."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from crm_data.migrations import search as index
from crm_data.search import ALL, Filters, search
from kpis.question import EVERYONE, Viewer
from tests.edits.conftest import desk as desk  # the fixture
from tests.pages.readings import HOSTILE


def found(engine: Engine, typed: str, filters: Filters = ALL) -> list[int]:
    with engine.connect() as connection:
        return [one.id for one in search(connection, typed, EVERYONE, filters)[0]]


def run(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("müller", [1, 2]),
        ("MULLER", [2, 1]),  # as typed comes first
        ("mul an", [2, 1]),
        ("anna", [1]),
        ("anna@groesse", [1]),
        ("groesse.example", [1]),
        ("grosse", [2, 1]),
        ("Größe gmbh anna", [1]),
        ("GROSSE", [2, 1]),
        ("+49 30 1234567", [1, 2]),
        ("0049301234567", [1, 2]),
        ("030/123 45-67", [1, 2]),
        ("1234567", [1, 2]),
        ("0301234", [2]),
        ("+49 30 7654321", []),
        ("acme", [3]),
        ("müller acme", []),
        ("", [3, 2, 1]),
        ("m", []),
        ("' OR 1=1 --", []),
        ('" * NEAR(', []),
        ("\0", []),
    ],
)
def test_any_word_finds(desk: Engine, typed: str, keys: list[int]) -> None:
    assert sorted(found(desk, typed)) == sorted(keys)


def test_the_best_comes_first(desk: Engine) -> None:
    run(
        desk,
        "INSERT INTO contacts (last_name) VALUES ('Kimberley'), ('Kim')",
        "INSERT INTO contacts (last_name, email) VALUES ('Zorn', 'kim@firm.example')",
    )
    assert found(desk, "kim") == [5, 3, 4, 6]


def test_the_index_follows_changes_by_plain_sql(desk: Engine) -> None:
    run(desk, "UPDATE contacts SET last_name = 'Łukaszewski' WHERE id = 1")
    assert found(desk, "lukas") == [1]
    assert found(desk, "müller") == [2]
    run(desk, "UPDATE accounts SET name = 'Société Générale' WHERE id = 1")
    assert found(desk, "generale") == [1, 2] or found(desk, "generale") == [2, 1]
    assert found(desk, "grosse") == []
    run(desk, "UPDATE contacts SET account_id = 2 WHERE id = 1")
    assert sorted(found(desk, "acme")) == [1, 3]
    run(desk, "UPDATE contacts SET merged_into_id = 3 WHERE id = 1")
    assert found(desk, "lukas") == []
    run(
        desk,
        "UPDATE contacts SET merged_into_id = NULL WHERE id = 1",
        "DELETE FROM emails WHERE contact_id = 1",
    )
    run(desk, "DELETE FROM contacts WHERE id = 1")
    assert found(desk, "lukas") == []
    run(desk, "INSERT INTO contacts (id, last_name) VALUES (1, 'Lund')")
    assert found(desk, "lund") == [1]
    assert found(desk, "lukas") == []


def test_an_index_made_anew_is_the_same(desk: Engine) -> None:
    with desk.begin() as connection:
        for statement in index.fill(desk.dialect.name):
            connection.exec_driver_sql(statement)
    assert sorted(found(desk, "muller")) == [1, 2]
    run(desk, "UPDATE contacts SET last_name = 'Sommer' WHERE id = 1")
    assert found(desk, "muller") == [2]


def test_filters_and_rights_narrow(desk: Engine) -> None:
    assert found(desk, "muller", Filters(consent="yes")) == [2]
    assert found(desk, "muller", Filters(consent="never asked")) == [1]
    assert found(desk, "muller", Filters(consent="no")) == []
    assert found(desk, "", Filters(without_email=True)) == [2]
    assert found(desk, "", Filters(account=2)) == [3]
    with desk.connect() as connection:
        americas = Viewer(regions=frozenset({"Americas"}))
        assert [one.id for one in search(connection, "", americas)[0]] == [3]
        assert search(connection, "muller", americas)[0] == []


def test_what_was_not_looked_at_is_said(desk: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm_data.search._LOOKED_AT", 1)
    with desk.connect() as connection:
        assert search(connection, "muller", EVERYONE, Filters(consent="no")) == ([], True)
        assert [one.id for one in search(connection, "muller", EVERYONE, Filters(account=1))[0]] == [2, 1]
        americas = Viewer(regions=frozenset({"Americas"}))
        assert [one.id for one in search(connection, "", americas)[0]] == [3]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_found_as_names(desk: Engine, name: str) -> None:
    with desk.begin() as connection:
        connection.execute(text("UPDATE contacts SET last_name = :n WHERE id = 3"), {"n": name})
    found(desk, name)  # whatever it is, it is only a name
    assert found(desk, "ben") == [3]
