"""Who may be the same among contacts, leads and companies, in lists small and large."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert

from crm_data.cleansing.matching import Pair, find_pairs
from crm_data.cleansing.schemes import LIKELY, SCHEMES, crm_records, record
from crm_data.schema.customers import accounts, contacts

PERSON = ("first_name", "last_name", "email", "phone", "company")
COMPANY = ("name", "domain", "phone", "city", "country")

#: Unlike each other in everything.
ANNA = ("Anna", "Gruber", "anna.gruber@alpha.example", "+41 44 123 45 67", "Alpha AG")


def people(*rows: tuple[str, ...], at_least: float = LIKELY) -> list[Pair]:
    records = [record("contacts", str(n), dict(zip(PERSON, row, strict=True))) for n, row in enumerate(rows)]
    return list(find_pairs(records, SCHEMES["contacts"], at_least))


@pytest.mark.parametrize(
    "other",
    [
        ("anna", "GRUBER", "", "", "Alpha"),
        ("Gruber", "Anna", "anna.gruber@alpha.example", "", ""),
        ("Ana", "Gruber", "", "044 123 45 67", "Alpha AG"),
        ("", "", "ANNA.GRUBER@alpha.example", "", ""),
        ("Änna", "Grüber", "anna.gruber@alpha.example", "", ""),
        ("Anna", "Gruber-Meier", "anna.gruber@alpha.example", "", "Alpha AG"),
    ],
    ids=["case", "swapped", "spelling", "only the address", "accents", "married"],
)
def test_the_same_person(other: tuple[str, ...]) -> None:
    (pair,) = people(ANNA, other)
    assert {pair.one, pair.other} == {"0", "1"}
    assert pair.reasons[0].bits > 5


@pytest.mark.parametrize(
    "other",
    [
        ("Beat", "Moser", "beat.moser@alpha.example", "+41 44 123 45 67", "Alpha AG"),
        ("Anna", "Huber", "anna.huber@alpha.example", "", "Alpha AG"),
        ("Anna", "Gruber", "a.g@beta.example", "+43 1 999 88 77", "Beta SARL"),
        ("", "", "", "", "Alpha AG"),
    ],
    ids=["a colleague", "the same first name", "a namesake elsewhere", "nobody"],
)
def test_different_people(other: tuple[str, ...]) -> None:
    assert people(ANNA, other) == []


def test_a_switchboard_and_a_shared_mailbox_make_nobody_the_same() -> None:
    names = ["Ada Moor", "Ben Falk", "Cleo Tran", "Dora Wirz", "Emil Saks", "Finn Ochs", "Gwen Pohl"]
    rows = [(*name.split(), "info@alpha.example", "+41 44 123 45 67", "Alpha AG") for name in names]
    assert people(*rows) == []


def test_a_frequent_name_tells_less_than_a_rare_one() -> None:
    crowd = [("Anna", "Smith", f"s{n}@x{n}.example", "", "") for n in range(300)]
    rare = [("Zenobia", "Quist", "", "", ""), ("Zenobia", "Quist", "", "", "")]
    found = people(*crowd, ("Anna", "Smith", "", "", ""), ("Anna", "Smith", "", "", ""), *rare, at_least=0.0)
    scores = {(pair.one, pair.other): pair.score for pair in found}
    assert scores["302", "303"] > 0.9
    assert scores.get(("300", "301"), 0) < 0.5


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Acme GmbH & Co. KG", "acme.example", "", "", ""), ("ACME", "www.acme.example", "", "", ""), True),
        (("Nordwind Logistik AG", "", "", "Bern", "CH"), ("Nordwind Logistics", "", "", "Bern", "CH"), True),
        (("Alpha Ltd", "", "+44 20 7946 0000", "", ""), ("Alfa Limited", "", "020 7946 0000", "", ""), True),
        (("Alpha AG", "alpha.example", "", "", ""), ("Omega AG", "omega.example", "", "", ""), False),
        (("Bank Nord", "", "", "Kiel", "DE"), ("Bank Süd", "", "", "Ulm", "DE"), False),
    ],
)
def test_companies(one: tuple[str, ...], other: tuple[str, ...], same: bool) -> None:
    records = [
        record("accounts", str(n), dict(zip(COMPANY, row, strict=True))) for n, row in enumerate((one, other))
    ]
    assert bool(list(find_pairs(records, SCHEMES["accounts"], LIKELY))) == same


def test_old_records_are_compared_with_fresh_ones_only() -> None:
    row = dict(zip(PERSON, ANNA, strict=True))
    records = [record("contacts", "new", row)]
    records += [record("contacts", key, row, fresh=False) for key in ("old", "older")]
    found = list(find_pairs(records, SCHEMES["contacts"], LIKELY))
    assert {frozenset((pair.one, pair.other)) for pair in found} == {
        frozenset(("new", "old")),
        frozenset(("new", "older")),
    }


@pytest.mark.parametrize(
    "hostile", ["'; DROP TABLE records; --", "\u202eabc", "😀" * 50, "%s{}\\x00", "a" * 5000]
)
def test_hostile_texts_are_only_texts(hostile: str) -> None:
    (pair,) = people((hostile, hostile, "x@y.example", "", ""), (hostile, hostile, "x@y.example", "", ""))
    assert pair.score > 0.9


def test_the_crm_s_own_contacts(crm: Engine) -> None:
    with crm.begin() as connection:
        connection.execute(insert(accounts).values(id=1, name="Alpha AG"))
        one = {"first_name": "Anna", "last_name": "Gruber", "account_id": 1}
        connection.execute(insert(contacts).values(id=7, **one))
        connection.execute(insert(contacts).values(id=8, **one))
        connection.execute(insert(contacts).values(id=9, merged_into_id=7, **one))
        found = list(find_pairs(crm_records(connection, "contacts"), SCHEMES["contacts"], LIKELY))
    (pair,) = found
    assert {pair.one, pair.other} == {"7", "8"}
    assert {reason.label: reason.how for reason in pair.reasons} == {
        "first name": "the same",
        "last name": "the same",
        "company": "the same",
    }
