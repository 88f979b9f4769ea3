"""What a mapping may allow: absent files and columns, unreadable cells, words that mean nothing."""

from __future__ import annotations

from datetime import date

from crm_data.schema.customers import accounts
from tests.importers.desk import Desk, counts

NAMES = """
    [[import]]
    object = "accounts"
    file = "names.csv"
    id = "Id"
    columns = { name = "Name" }
"""

DEALS = """
    [[import]]
    object = "opportunities"
    file = "deals.csv"
    id = "Id"
    [import.columns]
    name = "Name"
    stage = "Stage"
    status = "Status"
    amount = "Amount"
    currency = "Currency"
    probability = "P"
    opened_on = "Opened"
    closed_on = "Closed"
"""


def test_an_optional_file_and_an_optional_column(desk: Desk) -> None:
    desk.put("names.csv", "Id,Name\n1,Acme\n")
    mapping = NAMES.replace(
        '{ name = "Name" }', '{ name = "Name", city = { heading = "City", optional = true } }'
    )
    desk.load(mapping + DEALS.replace("[import.columns]", "optional = true\n    [import.columns]"))
    assert desk.rows(accounts, "name", "city") == [("Acme", None)]
    desk.put("names.csv", "Id,Name,City\n1,Acme,Rome\n")
    desk.load(mapping)
    desk.put("names.csv", "Id,Name\n1,Acme\n")
    assert counts(desk.load(mapping), "accounts")[3] == 1
    assert desk.rows(accounts, "name", "city") == [("Acme", "Rome")]


def test_an_unreadable_cell_may_be_left_empty(desk: Desk) -> None:
    desk.put("names.csv", "Id,Name,Staff\n1,Acme,many\n2,Bolt,12\n")
    mapping = NAMES.replace(
        '{ name = "Name" }', '{ name = "Name", employees = { heading = "Staff", invalid = "empty" } }'
    )
    outcome = desk.load(mapping)
    assert desk.rows(accounts, "employees") == [(None,), (12,)]
    assert [(n.column, n.rows, n.text) for n in outcome.notes] == [
        ("employees", 1, "left empty, since it cannot be read: many (1)")
    ]


def test_words_that_mean_nothing(desk: Desk) -> None:
    desk.put("names.csv", "Id,Name,Born\n1,Acme,9999-12-31\n2,Bolt,n/a\n3,Cog,2020-01-01\n")
    mapping = 'empty = ["n/a", "9999-12-31"]\n' + NAMES.replace('"Name" }', '"Name", created_on = "Born" }')
    desk.load(mapping)
    assert desk.rows(accounts, "created_on") == [(None,), (None,), (date(2020, 1, 1),)]


def test_a_map_of_very_many_values_is_summed_up(desk: Desk) -> None:
    desk.put("names.csv", "Id,Name\n" + "".join(f"{i},Name {i}\n" for i in range(3000)))
    mapping = NAMES.replace(
        '{ name = "Name" }', '{ name = { heading = "Name", map = {}, otherwise = "Same" } }'
    )
    outcome = desk.load(mapping)
    (note,) = outcome.notes
    assert note.rows == 3000
    assert note.text.startswith("mapped: … → … (2,000), Name 0 → Same (1)")
