"""References to other rows: by id or by name, to the same object or another, to rows that stay out."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from crm_data.schema.customers import accounts, contacts
from crm_data.schema.sales import opportunities
from crm_data.schema.system import tombstones
from tests.importers.desk import Desk, counts

ACCOUNTS = """
    [[import]]
    object = "accounts"
    file = "accounts.csv"
    id = "Id"
    [import.columns]
    name = "Name"
    parent_id = "Parent"
"""


def test_parents_may_come_after_their_children(desk: Desk) -> None:
    desk.put(
        "accounts.csv",
        "Id,Name,Parent\n1,Leaf,2\n2,Branch,3\n3,Root,\n4,Loop,5\n5,Pool,4\n",
    )
    assert counts(desk.load(ACCOUNTS), "accounts") == (5, 5, 0, 0, 0, 0)
    names = dict(desk.rows(accounts, "id", "name"))
    found = [
        (name, names.get(parent), version)
        for name, parent, version in desk.rows(accounts, "name", "parent_id", "version")
    ]
    assert found == [
        ("Leaf", "Branch", 1),
        ("Branch", "Root", 1),
        ("Root", None, 1),
        ("Loop", "Pool", 1),
        ("Pool", "Loop", 1),
    ]
    before = desk.everything()
    assert counts(desk.load(ACCOUNTS), "accounts") == (5, 0, 0, 5, 0, 0)
    assert desk.everything() == before


def test_a_new_parent_of_an_old_row_is_one_change(desk: Desk) -> None:
    desk.put("accounts.csv", "Id,Name,Parent\n1,Leaf,\n2,Twig,\n3,Stem,\n")
    desk.load(ACCOUNTS)
    desk.put("accounts.csv", "Id,Name,Parent\n1,Leaf,9\n2,Sprig,9\n3,Stem,\n9,Root,\n")
    assert counts(desk.load(ACCOUNTS), "accounts") == (4, 1, 2, 1, 0, 0)
    assert desk.rows(accounts, "name", "version") == [("Leaf", 2), ("Sprig", 2), ("Stem", 1), ("Root", 1)]


def test_a_row_whose_parent_is_rejected_is_rejected_too(desk: Desk) -> None:
    desk.put("accounts.csv", f"Id,Name,Parent\n1,Leaf,2\n2,Branch,3\n3,{'x' * 301},\n4,Good,\n")
    outcome = desk.load(ACCOUNTS)
    assert counts(outcome, "accounts") == (4, 1, 0, 0, 3, 0)
    assert desk.rows(accounts, "name") == [("Good",)]
    assert [(row[1], row[3], row[4][:5], row[5]) for row in desk.rejected(outcome)] == [
        ("2", "parent_id", "2", "is the id of none of accounts"),
        ("3", "parent_id", "3", "is the id of none of accounts"),
        ("4", "name", "xxxxx", "is longer than 300 characters"),
    ]
    assert desk.rows(tombstones, "id") == []


DEALS_OF_ACCOUNTS = """
    [[import]]
    object = "opportunities"
    file = "deals.csv"
    id = "Id"
    [import.columns]
    stage = {{ value = "New" }}
    status = {{ value = "open" }}
    account_id = {spec}
"""


@pytest.mark.parametrize("by", ["name", "domain"])
def test_references_by_another_column(desk: Desk, by: str) -> None:
    with desk.crm.begin() as connection:
        connection.execute(
            insert(accounts), [{"name": "Acme", "domain": "Acme"}, {"name": "Bolt", "domain": "Bolt"}]
        )
    desk.put("deals.csv", "Id,Account\n1,Bolt\n2,Acme\n3,Acme\n4,\n")
    desk.load(DEALS_OF_ACCOUNTS.format(spec=f'{{ heading = "Account", by = "{by}" }}'))
    keys = dict(desk.rows(accounts, "name", "id"))
    assert desk.rows(opportunities, "account_id") == [
        (keys["Bolt"],),
        (keys["Acme"],),
        (keys["Acme"],),
        (None,),
    ]


def test_a_name_that_several_share_is_not_guessed(desk: Desk) -> None:
    with desk.crm.begin() as connection:
        connection.execute(insert(accounts), [{"name": "Acme"}, {"name": "Acme"}])
    desk.put("deals.csv", "Id,Account\n1,Acme\n")
    outcome = desk.load(DEALS_OF_ACCOUNTS.format(spec='{ heading = "Account", by = "name" }'))
    assert [row[3:] for row in desk.rejected(outcome)] == [
        ["account_id", "Acme", "could mean several of accounts, which share this name"]
    ]


def test_among_rows_of_one_name_the_sources_own_is_meant(desk: Desk) -> None:
    with desk.crm.begin() as connection:
        connection.execute(insert(accounts).values(name="Acme"))
        connection.execute(insert(accounts).values(name="Acme", source_system="old", source_id="A"))
    desk.put("deals.csv", "Id,Account\n1,Acme\n")
    desk.load(DEALS_OF_ACCOUNTS.format(spec='{ heading = "Account", by = "name" }'))
    (own,) = (key for key, source in desk.rows(accounts, "id", "source_id") if source == "A")
    assert desk.rows(opportunities, "account_id") == [(own,)]


def test_another_sources_ids_are_not_meant(desk: Desk) -> None:
    with desk.crm.begin() as connection:
        connection.execute(insert(accounts).values(name="Acme", source_system="other", source_id="A"))
    desk.put("deals.csv", "Id,Account\n1,A\n")
    outcome = desk.load(DEALS_OF_ACCOUNTS.format(spec='"Account"'))
    assert counts(outcome, "opportunities") == (1, 0, 0, 0, 1, 0)


def test_a_reference_to_nothing_can_be_kept_empty(desk: Desk) -> None:
    desk.put("deals.csv", "Id,Account\n1,Ghost\n2,\n")
    outcome = desk.load(DEALS_OF_ACCOUNTS.format(spec='{ heading = "Account", missing = "keep" }'))
    assert counts(outcome, "opportunities") == (2, 2, 0, 0, 0, 0)
    assert {(note.text, note.rows) for note in outcome.notes} == {
        ("left empty, since there is no such row", 1),
        ("without an account", 1),
    }


def test_parts_are_put_in_order(desk: Desk) -> None:
    """Contacts stand before their accounts in the mapping; accounts are written first all the same."""
    desk.put("people.csv", "Id,Name,Account\n7,Ann,1\n")
    desk.put("firms.csv", "Id,Name\n1,Acme\n")
    desk.load(
        """
        [[import]]
        object = "contacts"
        file = "people.csv"
        id = "Id"
        columns = { last_name = "Name", account_id = "Account" }
        [[import]]
        object = "accounts"
        file = "firms.csv"
        id = "Id"
        columns = { name = "Name" }
        """
    )
    assert desk.rows(contacts, "last_name", "account_id") == [("Ann", desk.rows(accounts, "id")[0][0])]


def test_many_rows_in_chunks(desk: Desk) -> None:
    """More rows than are written at once, with parents in other chunks."""
    n = 4500
    lines = [f"{i},Firm {i},{n - 1 - i if i % 3 == 0 else ''}" for i in range(n)]
    desk.put("accounts.csv", "Id,Name,Parent\n" + "\n".join(lines) + "\n")
    assert counts(desk.load(ACCOUNTS), "accounts") == (n, n, 0, 0, 0, 0)
    names = dict(desk.rows(accounts, "id", "name"))
    for name, parent in desk.rows(accounts, "name", "parent_id"):
        i = int(name.split()[1])
        assert names.get(parent) == (f"Firm {n - 1 - i}" if i % 3 == 0 else None)
    assert counts(desk.load(ACCOUNTS), "accounts") == (n, 0, 0, n, 0, 0)
