"""Parts of a mapping that take only some of a file's rows, and only some of a cell."""

from __future__ import annotations

from decimal import Decimal

import pytest

from crm_data.importers.errors import ImportStopped
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.organisation import users
from crm_data.schema.sales import opportunities
from tests.importers.desk import Desk, counts

DEALS = """
    Id,Name,Owner,State,Gone,Firms,Address,Who,Value
    1,One,Ann,Won,,7; 8,"{""city"": ""Bonn""}",003a,1.5K
    2,Two,Ann,WON,0,;9,broken,00Qb,(2M)
    3,Three,,lost,TRUE,7,,003a,3
    4,Four,Ben,lost,0,7,"[1]",,4
    Grand Total,,,,,,,,10
    Confidential
"""

MAPPING = """
    currency = "EUR"
    footer = ["grand total"]

    [[import]]
    object = "opportunities"
    file = "deals.csv"
    id = "Id"
    where = { Gone = ["", "0", "false"] }
    [import.columns]
    name = { heading = ["Who", "Name"], starts = "003" }
    stage = "State"
    status = { heading = "State", map = { won = "won", Lost = "lost" } }
    amount = { heading = "Value", abbreviated = true, when = { State = "won" } }
    account_id = { heading = "Firms", split = ";", missing = "keep" }
    owner_id = "Owner"

    [[import]]
    object = "users"
    file = "deals.csv"
    id = "Owner"
    rows = "once"
    columns = { name = { template = "{Owner} ({Name})" } }

    [[import]]
    object = "accounts"
    file = "deals.csv"
    id = "Name"
    columns = { name = "Name", city = { heading = "Address", part = "city" } }
"""


def test_rows_and_cells_that_count(desk: Desk) -> None:
    desk.put("deals.csv", DEALS)
    outcome = desk.load(MAPPING)
    assert outcome.report is None
    assert counts(outcome, "opportunities") == (3, 3, 0, 0, 0, 0)
    assert counts(outcome, "users") == (2, 2, 0, 0, 0, 0)
    assert desk.rows(opportunities, "source_id", "name", "status", "amount") == [
        ("1", "003a", "won", Decimal(1500)),
        ("2", None, "won", Decimal(-2_000_000)),
        ("4", None, "lost", None),
    ]
    assert desk.rows(users, "source_id", "name") == [("Ann", "Ann (One)"), ("Ben", "Ben (Four)")]
    assert desk.rows(accounts, "name", "city") == [
        ("One", "Bonn"),
        ("Two", None),
        ("Three", None),
        ("Four", None),
    ]
    passed = {(note.object, note.text): note.rows for note in outcome.notes}
    assert passed["opportunities", "passed over, as 'where' says"] == 1
    again = desk.load(MAPPING)
    assert all(counts(again, name)[1:3] == (0, 0) for name in ("opportunities", "users", "accounts"))


def test_once_leaves_alone_what_the_crm_has(desk: Desk) -> None:
    desk.put("people.csv", "Id,Name\nAnn,Ann Archer\n")
    people = '[[import]]\nobject = "users"\nfile = "people.csv"\nid = "Id"\ncolumns = { name = "Name" }\n'
    desk.load(people)
    desk.put("deals.csv", DEALS)
    outcome = desk.load(MAPPING)
    assert counts(outcome, "users") == (2, 1, 0, 1, 0, 0)
    assert desk.rows(users, "source_id", "name") == [("Ann", "Ann Archer"), ("Ben", "Ben (Four)")]


def test_once_gives_way_to_other_parts(desk: Desk) -> None:
    """Whichever stands first in the mapping."""
    desk.put("people.csv", "Id,Name\nAnn,Ann Archer\n")
    desk.put("deals.csv", DEALS)
    people = '\n[[import]]\nobject = "users"\nfile = "people.csv"\nid = "Id"\ncolumns = { name = "Name" }\n'
    outcome = desk.load(MAPPING + people)
    assert counts(outcome, "users") == (2, 2, 0, 0, 0, 0)
    assert desk.rows(users, "source_id", "name") == [("Ann", "Ann Archer"), ("Ben", "Ben (Four)")]


def test_known_adds_to_rows_of_other_parts_only(desk: Desk) -> None:
    desk.put("contacts.csv", "Id,Name\na,Ann\nb,Ben\n")
    desk.put("titles.csv", "Person,Title\nb,Chief\nx,Nobody\n,Empty\n")
    outcome = desk.load(
        """
        [[import]]
        object = "contacts"
        file = "titles.csv"
        id = "Person"
        rows = "known"
        columns = { title = "Title" }

        [[import]]
        object = "contacts"
        file = "contacts.csv"
        id = "Id"
        columns = { last_name = "Name" }
        """
    )
    assert outcome.report is None
    assert counts(outcome, "contacts") == (2, 2, 0, 0, 0, 0)
    assert desk.rows(contacts, "last_name", "title") == [("Ann", None), ("Ben", "Chief")]


def test_ids_of_15_and_18_signs_are_the_same(desk: Desk) -> None:
    desk.put("a.csv", "Id,Name,Parent\n001Ec00000FzlUd,Acme,\n001Ec00000GGw3h,Bolt,001Ec00000FzlUdIAJ\n")
    desk.load(
        """
        salesforce_ids = true
        [[import]]
        object = "accounts"
        file = "a.csv"
        id = "Id"
        columns = { name = "Name", parent_id = "Parent" }
        """
    )
    assert desk.rows(accounts, "source_id", "parent_id") == [
        ("001Ec00000FzlUdIAJ", None),
        ("001Ec00000GGw3hIAD", 1),
    ]


def test_a_line_that_only_begins_like_a_footer_is_a_row(desk: Desk) -> None:
    desk.put(
        "a.csv", "Id,Name,City,Country\n1,Grand Total Ltd,Bonn,DE\nGrand Total 2,Bolt,Lyon,FR\n3,Cora,,\n"
    )
    outcome = desk.load(
        """
        footer = ["Grand Total"]
        [[import]]
        object = "accounts"
        file = "a.csv"
        id = "Id"
        columns = { name = "Name" }
        """
    )
    assert counts(outcome, "accounts")[:2] == (3, 3)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('rows = "some"', "'rows' must be one of"),
        ("where = { Name = 1 }", "must be a text or a list of texts"),
        ('dates = "months before yesterday"', "is not a date format"),
        ('dates = "months before 2026-02-30"', "is not a date format"),
        ("salesforce_ids = 1", "must be true or false"),
    ],
)
def test_what_is_typed_wrongly_is_named(desk: Desk, line: str, words: str) -> None:
    desk.put("a.csv", "Id,Name\n1,Acme\n")
    with pytest.raises(ImportStopped, match=words):
        desk.load(
            f'[[import]]\nobject = "accounts"\nfile = "a.csv"\nid = "Id"\n{line}\n'
            'columns = { name = "Name" }\n'
        )


def test_an_amount_in_another_currency_than_the_mapping_says_is_not_read(desk: Desk) -> None:
    desk.put(
        "deals.csv", "id;st;v\n1;won;$100\n2;won;100 €\n3;won;100\n4;won;USD 5\n5;won;eur 7\n6;won;₣ 9\n"
    )
    outcome = desk.load(
        """
        source = "old"
        currency = "EUR"
        [[import]]
        object = "opportunities"
        file = "deals.csv"
        id = "id"
        columns = { stage = "st", status = "st", amount = "v" }
        """
    )
    assert desk.rows(opportunities, "source_id", "amount", "currency") == [
        ("2", Decimal(100), "EUR"),
        ("3", Decimal(100), "EUR"),
        ("5", Decimal(7), "EUR"),
    ]
    assert outcome.objects["opportunities"].rejected == 3


def test_a_shared_sign_is_the_currency_of_the_mapping(desk: Desk) -> None:
    desk.put("deals.csv", "id;st;v\n1;won;$100\n")
    desk.load(
        """
        currency = "CAD"
        [[import]]
        object = "opportunities"
        file = "deals.csv"
        id = "id"
        columns = { stage = "st", status = "st", amount = "v" }
        """
    )
    assert desk.rows(opportunities, "amount", "currency") == [(Decimal(100), "CAD")]
