"""The values of marked custom columns in the copy: of these alone, as the CRM's rows have them now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update

from crm_data import custom
from crm_data.custom import MOST, OWNERS
from crm_data.edits import mark, undo, unmark
from crm_data.importers.mapping import read_mapping
from crm_data.importers.run import run_import
from crm_data.importers.undo import undo_import
from crm_data.schema import metadata
from crm_data.warehouse import Copy
from crm_data.warehouse.check import check
from kpis.question import EVERYONE
from tests.warehouse.conftest import NOW, add, rows, sql

HOSTILE = (
    "'; DROP TABLE marked; --",
    '<img src=x onerror="alert(1)">',
    "\u202eمبيعات",
    "👩‍👩‍👧 🙂",
    '=cmd|"/c calc"!A1',
    "x" * 250,
    "$.a[0]",
    "100 % {c} :x ?",
    '"',
    "\\",
)
#: What a row of each table has to have.
NEEDED: dict[str, dict[str, Any]] = {
    "accounts": {"name": "A"},
    "contacts": {"last_name": "B"},
    "leads": {"created_at": NOW},
    "opportunities": {"stage": "New", "status": "open"},
}


def held(copy: Copy) -> list[tuple[Any, ...]]:
    copy.refresh(now=NOW)
    return rows(copy, "SELECT dimension, id, word FROM marked ORDER BY ALL")


def key_of(crm: Engine, table: str, heading: str, name: str = "") -> str:
    mark(crm, table, heading, name)
    with crm.connect() as connection:
        return next(one.key for one in custom.marks(connection) if one.heading == heading)


def test_nothing_comes_that_is_not_marked(crm: Engine, copy: Copy) -> None:
    first = add(crm, "accounts", name="A", custom={"Tariff": "basic", "Secret": "of a person"})
    assert held(copy) == []
    key = key_of(crm, "accounts", "Tariff")
    assert key == "account.tariff"
    assert held(copy) == [(key, first, "basic")]
    assert copy.members(key) == ["basic"]
    assert [(one.name, one.values, one.longest) for one in copy.state.marked] == [("Tariff", 1, 5)]


@pytest.mark.parametrize("table", OWNERS)
def test_values_follow_every_change(crm: Engine, copy: Copy, table: str) -> None:
    """By this package, by plain SQL, by deletion."""
    target = metadata.tables[table]
    one, other = (add(crm, table, **NEEDED[table], custom={"Tariff": word}) for word in ("a", "b"))
    key = key_of(crm, table, "Tariff")
    assert held(copy) == [(key, one, "a"), (key, other, "b")]
    with crm.begin() as connection:
        connection.execute(update(target).where(target.c.id == one).values(custom={"Tariff": "c", "x": 1}))
    assert held(copy) == [(key, one, "c"), (key, other, "b")]
    sql(crm, f"UPDATE {table} SET custom = NULL WHERE id = {other}")
    assert held(copy) == [(key, one, "c")]
    third = add(crm, table, **NEEDED[table], custom={"Tariff": "a"})
    with crm.begin() as connection:
        connection.execute(delete(target).where(target.c.id == one))
    assert held(copy) == [(key, third, "a")]
    assert copy.state.loaded == "incremental"
    version = copy.state.version
    document = json.dumps({"Tariff": " a ", "Other": "new"})
    sql(crm, f"UPDATE {table} SET custom = '{document}' WHERE id = {third}")
    assert held(copy) == [(key, third, "a")]
    if table != "opportunities":  # of a deal the copy also holds when it was written
        assert copy.state.version == version, "nothing that the copy holds has changed"
    unmark(crm, key)
    assert held(copy) == []
    assert copy.state.marked == ()


def test_only_what_is_marked_is_computed(crm: Engine, copy: Copy) -> None:
    one = add(crm, "accounts", name="A", custom={"Tariff": "a"})
    copy.refresh(now=NOW)
    mark(crm, "accounts", "Tariff")
    done = copy.refresh(now=NOW)
    assert (done.changed, done.loaded, done.tables, done.facts) == (True, "incremental", {}, {})
    sql(crm, f"""UPDATE accounts SET custom = '{{"Tariff": "b"}}' WHERE id = {one}""")
    done = copy.refresh(now=NOW)
    assert (done.changed, done.tables, done.facts) == (True, {}, {})
    assert not copy.refresh(now=NOW).changed


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_headings_and_values_are_only_text(crm: Engine, copy: Copy, word: str) -> None:
    first = add(crm, "accounts", name="A", custom={word: word, f"{word} too": "other"})
    key = key_of(crm, "accounts", word, "Tariff")
    assert key.isascii()
    assert len(key) <= 40
    assert held(copy) == [(key, first, word)]
    sql(crm, f"UPDATE accounts SET name = 'B' WHERE id = {first}")
    assert held(copy) == [(key, first, word)]
    assert check(copy).differences == ()


def test_what_is_no_object_or_no_text_has_no_value(crm: Engine, copy: Copy) -> None:
    documents = (
        {"T": None},
        {"T": ""},
        {"T": "  "},
        ["T"],
        {"T": 7},
        {"T": True},
        {"T": {"a": 1}},
        {"T": "\ud800", "U\0\udfff": "x"},
    )
    keys = [add(crm, "accounts", name="A", custom=one) for one in documents[:-1]]
    key = key_of(crm, "accounts", "T")
    assert held(copy) == [(key, keys[4], "7"), (key, keys[5], "true"), (key, keys[6], '{"a": 1}')]
    if crm.dialect.name == "sqlite":  # PostgreSQL refuses both
        sql(crm, """INSERT INTO accounts (name, custom) VALUES ('A', '{"T"')""")
        sql(crm, f"INSERT INTO accounts (name, custom) VALUES ('A', '{'[' * 100_000}')")
        half = add(crm, "accounts", name="A", custom=documents[-1])
        assert held(copy)[-1] == (key, half, "?")
        with crm.connect() as connection:
            assert [one.heading for one, _ in custom.columns(connection)] == ["T", "U?"]
        mark(crm, "accounts", "U?")
        assert [row[1:] for row in held(copy)][-1] == (half, "x")


def test_another_name_is_another_version(crm: Engine, copy: Copy) -> None:
    add(crm, "accounts", name="A", custom={"Tariff": "a"})
    key = key_of(crm, "accounts", "Tariff")
    copy.refresh(now=NOW)
    version = copy.state.version
    mark(crm, "accounts", "Tariff", "Price list")
    copy.refresh(now=NOW)
    assert copy.state.version == version + 1
    assert [(one.key, one.name) for one in copy.state.marked] == [(key, "Price list")]


def test_a_mark_can_be_undone_and_done_again(crm: Engine, copy: Copy) -> None:
    first = add(crm, "accounts", name="A", custom={"Tariff": "a"})
    done = mark(crm, "accounts", "Tariff")
    assert held(copy) == [("account.tariff", first, "a")]
    undone = undo(crm, EVERYONE, done.act or 0)
    assert held(copy) == []
    undo(crm, EVERYONE, undone.act or 0)
    assert held(copy) == [("account.tariff", first, "a")]
    gone = unmark(crm, "account.tariff")
    undo(crm, EVERYONE, gone.act or 0)
    assert held(copy) == [("account.tariff", first, "a")]
    log = metadata.tables["audit_log"]
    with crm.connect() as connection:
        deeds = connection.execute(select(log.c.action, log.c.deed).order_by(log.c.id)).all()
    assert [tuple(one) for one in deeds] == [
        ("create", "mark dimension"),
        ("undo", "undo"),
        ("undo", "undo"),
        ("delete", "unmark dimension"),
        ("undo", "undo"),
    ]


def test_too_many_values_end_it_until_there_are_fewer(crm: Engine, copy: Copy) -> None:
    table = metadata.tables["accounts"]
    with crm.begin() as connection:
        made = [{"name": "A", "custom": {"Tariff": f"no. {n}"}} for n in range(MOST)]
        connection.execute(table.insert(), made)
    key = key_of(crm, "accounts", "Tariff")
    copy.refresh(now=NOW)
    assert copy.state.marked[0].problem is None
    last = add(crm, "accounts", name="A", custom={"Tariff": "one more"})
    copy.refresh(now=NOW)
    assert copy.state.marked[0].problem == "It has more than 1,000 different values."
    sql(crm, f"DELETE FROM accounts WHERE id = {last}")
    copy.refresh(now=NOW)
    assert copy.state.marked[0].problem is None
    assert len(copy.members(key)) == MOST


MAPPING = """
source = "old"

[[import]]
object = "accounts"
file = "a.csv"
id = "Id"
custom = { Tariff = "Tariff" }

[import.columns]
name = "Name"
"""


def test_imports_and_their_undoing_reach_the_copy(crm: Engine, copy: Copy, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (tmp_path / "map.toml").write_text(MAPPING, encoding="utf-8")
    mapping = read_mapping(tmp_path / "map.toml")

    def load(content: str) -> None:
        (folder / "a.csv").write_text(content, encoding="utf-8")
        run_import(crm, mapping, [folder], tmp_path, lambda *_: None)

    load("Id,Name,Tariff\n1,A,basic\n2,B,pro\n")
    key = key_of(crm, "accounts", "Tariff")
    assert held(copy) == [(key, 1, "basic"), (key, 2, "pro")]
    load("Id,Name,Tariff\n1,A,pro\n2,B,\n3,C,basic\n")
    assert held(copy) == [(key, 1, "pro"), (key, 3, "basic")]
    undo_import(crm, 2)
    assert held(copy) == [(key, 1, "basic"), (key, 2, "pro")]
    undo_import(crm, 1)
    assert held(copy) == []
    assert [one.key for one in copy.state.marked] == [key], "the mark waits for values to come back"


def test_check_names_values_that_differ(crm: Engine, copy: Copy) -> None:
    add(crm, "accounts", name="A", custom={"Tariff": "a"})
    key_of(crm, "accounts", "Tariff")
    copy.refresh(now=NOW)
    with copy.reading() as connection:
        connection.execute("INSERT INTO marked VALUES (99, 'account.tariff', 'b')")
    (found,) = check(copy).differences
    assert found.sentence == (
        "Marked custom columns: 1 values are not the same in the CRM database and in the copy."
    )
