"""Marking custom columns as dimensions: what is refused, and what they are called."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine, insert

from crm_data import custom
from crm_data.__main__ import main
from crm_data.custom import Column
from crm_data.edits import Gone, Invalid, mark, unmark
from crm_data.edits.dimensions import MOST, key_for
from crm_data.schema import metadata

ACCOUNTS = metadata.tables["accounts"]


@pytest.fixture
def filled(crm: Engine) -> Engine:
    """1,001 accounts: few tariffs, a number of its own each, and one long text."""
    with crm.begin() as connection:
        rows = [{"name": "A", "custom": {"Tariff": f"T{n % 3}", "VAT ID": f"DE{n}"}} for n in range(1000)]
        rows.append({"name": "A", "custom": {"VAT ID": "DE1000", "Note": "x" * 251, "industry": "Steel"}})
        connection.execute(insert(ACCOUNTS), rows)
    return crm


def test_columns_are_counted(filled: Engine) -> None:
    with filled.connect() as connection:
        assert custom.columns(connection) == [
            (Column("accounts", "VAT ID", 1001, 1001, 6), None),
            (Column("accounts", "Tariff", 1000, 3, 2), None),
            (Column("accounts", "Note", 1, 1, 251), None),
            (Column("accounts", "industry", 1, 1, 5), None),
        ]


@pytest.mark.parametrize(
    ("table", "heading", "name", "sentence"),
    [
        ("accounts", "VAT ID", "", "It has more than 1,000 different values."),
        (
            "accounts",
            "Note",
            "",
            "It has a value of 251 signs. Longer ones than 250 are texts, not categories.",
        ),
        ("accounts", "Nothing", "", "No row of accounts has anything in a custom column of this name."),
        ("users", "Tariff", "", "Only accounts, contacts, leads, opportunities have custom columns."),
        (
            "accounts; DROP TABLE accounts",
            "Tariff",
            "",
            "Only accounts, contacts, leads, opportunities have custom",
        ),
        ("accounts", "Tariff", " \u202e ", "Give it a name of at most 60 signs."),
        ("accounts", "Tariff", "x" * 61, "Give it a name of at most 60 signs."),
        ("accounts", "industry", "", "There is a dimension industry already. Give it another name."),
    ],
)
def test_what_is_no_dimension_is_refused(
    filled: Engine, table: str, heading: str, name: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as refused:
        mark(filled, table, heading, name)
    assert str(refused.value).startswith(sentence)
    with filled.connect() as connection:
        assert custom.marks(connection) == ()


def test_two_columns_have_two_names_and_there_are_not_too_many(crm: Engine) -> None:
    headings = [f"Column {n}" for n in range(MOST + 1)]
    with crm.begin() as connection:
        connection.execute(insert(ACCOUNTS).values(name="A", custom=dict.fromkeys(headings, "x")))
    mark(crm, "accounts", headings[0], "Tariff")
    with pytest.raises(Invalid, match="Another column is marked as TARIFF"):
        mark(crm, "accounts", headings[1], "TARIFF")
    for heading in headings[1:-1]:
        mark(crm, "accounts", heading)
    with pytest.raises(Invalid, match="20 columns are marked already"):
        mark(crm, "accounts", headings[-1])
    assert mark(crm, "accounts", headings[0], "Tariff").act is None, "nothing was to be done"
    unmark(crm, "account.column_0")
    with pytest.raises(Gone, match=r"marked as the dimension 'account\.column_0'"):
        unmark(crm, "account.column_0")
    mark(crm, "accounts", headings[-1])


def test_the_command_lists_marks_and_unmarks(
    filled: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CRM_DATABASE_URL", filled.url.render_as_string(hide_password=False))

    def run(*arguments: str, code: int = 0) -> str:
        assert main(["dimensions", *arguments]) == code
        out, err = capsys.readouterr()
        return err if code else out

    assert run("mark", "accounts", "Tariff", "--name", "Price [b]list[/b]") == (
        "Marked as Price [b]list[/b]: python -m kpis value KEY --by account.tariff\n"
    )
    assert run("mark", "accounts", "VAT ID", code=1) == "It has more than 1,000 different values.\n"
    assert run("mark", "accounts", code=2).startswith("Type: dimensions")
    (first, *others) = json.loads(run("--json"))
    assert (first["column"], first["key"], first["name"], first["values"]) == (
        *("Tariff", "account.tariff", "Price [b]list[/b]"),
        3,
    )
    assert [one["key"] for one in others] == [None] * 3
    assert "account.tariff (Price [b]list[/b])" in " ".join(run().split())
    assert run("unmark", "account.tariff") == "account.tariff is no dimension any more.\n"
    assert run("unmark", "account.tariff", code=1).startswith("No custom column is marked")


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("Contract", "account.contract"),
        ("PaymentMethod", "account.payment_method"),
        ("Payment method", "account.payment_method"),
        ("Tier__c", "account.tier_c"),
        ("عمود", "account.column_"),
        ("Größe", "account.groe_"),
        ("<b>", "account.b_"),
        ("x" * 500, f"account.{'x' * 22}_"),
    ],
)
def test_keys_are_plain_and_say_what_they_are_of(heading: str, key: str) -> None:
    found = key_for("accounts", heading, [])
    assert found == key or (key.endswith("_") and found.startswith(key) and len(found) == len(key) + 6)
    assert found == key_for("accounts", heading, []), "the same each time, so that links come back to life"
    assert found != key_for("accounts", heading, [found]) or key.endswith("_")
