"""Taking an import back when its rows are not as it left them."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from crm_data.importers.errors import Cancelled, ImportStopped
from crm_data.importers.undo import Blocked, undo_import
from crm_data.schema.customers import account_history, accounts, activities, contacts
from crm_data.schema.organisation import organisation
from crm_data.schema.system import audit_log, imports
from tests.importers.desk import Desk

MAPPING = """
    [organisation]
    name = "Example"
    [[import]]
    object = "accounts"
    file = "a.csv"
    id = "Id"
    columns = { name = "Name", segment = "Segment", city = "City" }
    [[import]]
    object = "contacts"
    file = "c.csv"
    id = "Id"
    optional = true
    columns = { last_name = "Name", account_id = "Account" }
"""


def first_and_second(desk: Desk) -> tuple[int, int]:
    """Two exports: the second changes the segment of both accounts and adds one more. Gives the keys."""
    desk.put("a.csv", "Id,Name,Segment,City\n1,One,SMB,Bern\n2,Two,SMB,Bern\n")
    one = desk.load(MAPPING).key
    desk.put("a.csv", "Id,Name,Segment,City\n1,One,Big,Bern\n2,Two,Big,Basel\n3,Three,Big,Bern\n")
    return one, desk.load(MAPPING).key


def test_what_a_person_changed_since_is_asked_about(desk: Desk) -> None:
    _, key = first_and_second(desk)
    with desk.crm.begin() as connection:
        connection.execute(update(accounts).where(accounts.c.name == "Two").values(segment="Huge"))
        connection.execute(update(accounts).where(accounts.c.name == "Three").values(city="Chur"))
    before = desk.rows(accounts, *accounts.c.keys()), desk.rows(account_history, "id", "segment")
    with pytest.raises(Blocked, match="2 rows were changed since") as asked:
        undo_import(desk.crm, key)
    assert {(one.object, one.key, one.fields) for one in asked.value.rows} == {
        ("accounts", 2, (("segment", "SMB", "Huge"),)),
        ("accounts", 3, ()),
    }
    assert (desk.rows(accounts, *accounts.c.keys()), desk.rows(account_history, "id", "segment")) == before

    undone = undo_import(desk.crm, key, changed="skip", who="Mia")
    assert len(undone.kept) == 2
    assert undone.restored == {"accounts": 1}
    assert desk.rows(accounts, "name", "segment", "city") == [
        ("One", "SMB", "Bern"),
        ("Two", "Huge", "Basel"),  # as it was left, and not half of it
        ("Three", "Big", "Chur"),
    ]
    assert desk.rows(imports, "undone_by") == [(None,), ("Mia",)]
    assert desk.rows(audit_log, "action", "actor", "row_id")[-1] == ("undo", "Mia", key)
    with pytest.raises(ImportStopped, match="was undone before"):
        undo_import(desk.crm, key)


def test_all_takes_back_what_was_changed_since(desk: Desk) -> None:
    _, key = first_and_second(desk)
    with desk.crm.begin() as connection:
        connection.execute(update(accounts).values(segment="Huge"))
    undo_import(desk.crm, key, changed="all")
    assert desk.rows(accounts, "name", "segment", "city") == [("One", "SMB", "Bern"), ("Two", "SMB", "Bern")]
    lived = [("SMB",), ("Big",), ("Huge",), ("SMB",)]  # what a person did stays known
    for key in (1, 2):
        history = desk.rows(account_history, "account_id", "segment")
        assert [(segment,) for account, segment in history if account == key] == lived


def test_later_imports_come_first(desk: Desk) -> None:
    one, two = first_and_second(desk)
    with pytest.raises(Blocked, match=r"Later imports of the same source build on this one \(2\)") as asked:
        undo_import(desk.crm, one)
    assert asked.value.later == (two,)
    before = desk.everything()
    for changed in ("skip", "all"):
        with pytest.raises(Blocked, match="undo them first"):
            undo_import(desk.crm, one, changed=changed)
    assert desk.everything() == before
    undo_import(desk.crm, two)
    assert desk.rows(organisation, "name") == [("Example",)]
    undo_import(desk.crm, one)
    assert desk.rows(accounts, "id") == desk.rows(organisation, "id") == []


def test_a_row_that_others_refer_to_stays_with_all_it_needs(desk: Desk) -> None:
    desk.put("a.csv", "Id,Name,Segment,City\n1,One,,\n2,Two,,\n")
    desk.put("c.csv", "Id,Name,Account\n7,Pia,1\n8,Quinn,2\n")
    key = desk.load(MAPPING).key
    with desk.crm.begin() as connection:
        call = {"kind": "call", "happened_at": desk.rows(imports, "finished_at")[0][0], "contact_id": 1}
        connection.execute(insert(activities).values(**call))
    for changed in ("ask", "ask"):
        with pytest.raises(Blocked) as asked:
            undo_import(desk.crm, key, changed=changed)
    assert [(one.object, one.key, one.why) for one in asked.value.rows] == [
        ("contacts", 1, "is referred to by activities"),
        ("accounts", 1, "is referred to by contacts"),
    ]
    undone = undo_import(desk.crm, key, changed="all")
    assert undone.removed == {"contacts": 1, "accounts": 1}
    assert desk.rows(contacts, "last_name") == [("Pia",)]
    assert desk.rows(accounts, "name") == [("One",)]
    assert desk.rows(activities, "contact_id") == [(1,)]


def test_a_cancelled_undo_leaves_everything(desk: Desk) -> None:
    _, key = first_and_second(desk)
    before = desk.rows(accounts, *accounts.c.keys())

    def cancel(what: str, *_: int) -> None:
        if what.startswith("Removing"):
            raise Cancelled

    with pytest.raises(Cancelled):
        undo_import(desk.crm, key, progress=cancel)
    assert desk.rows(accounts, *accounts.c.keys()) == before
    assert desk.rows(imports, "undone_at") == [(None,), (None,)]


def test_an_import_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(ImportStopped, match=r"There is no import no\. 9\."):
        undo_import(desk.crm, 9)
