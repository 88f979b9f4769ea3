"""Who may be the same among contacts, leads and companies, in lists small and large."""

from __future__ import annotations

import random

import duckdb
import pytest
from sqlalchemy import Engine, insert

from crm_data.cleansing import compare, matching
from crm_data.cleansing.matching import find_pairs
from crm_data.cleansing.records import Pair
from crm_data.cleansing.schemes import LIKELY, SCHEMES, crm_records, record
from crm_data.importers.errors import ImportStopped
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


def crowd(number: int) -> list[tuple[str, ...]]:
    """People whose names, numbers and addresses meet and nearly meet, in any order."""
    chance = random.Random(number)
    names = "Anna Ana Änna Hanna Beat Beate Gruber Grüber Gruber-Meier Moser Möser 中村 中林".split()
    rows: list[tuple[str, ...]] = []
    for _ in range(number):
        first, last = chance.choice(names), chance.choice(names)
        address = f"{first}.{last}{chance.randrange(30)}@mail.example" if chance.random() < 0.7 else ""
        phone = f"+4144{chance.randrange(10**6, 10**6 + 90)}" if chance.random() < 0.5 else ""
        rows.append((first, last, address, phone, chance.choice(("", "Alpha AG", "Beta SARL", "Gamma"))))
    return rows


def test_only_pairs_that_cannot_reach_the_score_are_passed_over() -> None:
    """Asked for all pairs, each one that was compared is scored."""
    rows = crowd(400)
    every = {(pair.one, pair.other): pair.score for pair in people(*rows, at_least=0.0)}
    likely = {(pair.one, pair.other): pair.score for pair in people(*rows)}
    assert len(every) > 5 * len(likely) > 500
    assert likely == pytest.approx({pair: score for pair, score in every.items() if score >= LIKELY})


def test_a_list_in_portions_has_the_same_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = crowd(150)
    whole = people(*rows)
    monkeypatch.setattr(matching, "_PORTION", 40)
    monkeypatch.setattr(matching, "_MANY", 7)
    assert people(*rows) == whole


def test_what_may_be_alike_is_never_less_than_what_is() -> None:
    chance, pairs = random.Random(5), set[tuple[str, str]]()
    for _ in range(3000):
        one = chance.choices("aab001 ", k=chance.randrange(1, 15))
        other = list(one)
        for _ in range(chance.randrange(1, 3)):
            place = chance.choice((0, chance.randrange(len(other) + 1)))
            other[place : place + chance.randrange(3)] = chance.choices("ab01", k=chance.randrange(3))
        if chance.random() < 0.3:
            other[1:3] = reversed(other[1:3])
        texts = [" ".join("".join(signs).split()) for signs in (one, other)]
        if all(texts):
            pairs.add((texts[0], texts[1]))
    given = ", ".join(f"('{one}', '{other}')" for one, other in pairs)
    for kind in (kind for kind in vars(compare).values() if isinstance(kind, compare.Kind)):
        said = kind.near.may.format(a="a", b="b")
        may = duckdb.execute(f"SELECT a, b FROM (VALUES {given}) AS pairs(a, b) WHERE {said}").fetchall()
        near = {pair for pair in pairs if kind.near.holds(*pair)}
        assert len(near) > 20
        assert near <= set(may)


def test_too_little_memory_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_MEMORY", "1MB")
    with pytest.raises(ImportStopped, match="There is no room to look for duplicates"):
        people(*crowd(300))


def test_it_says_how_far_it_is_and_can_be_stopped() -> None:
    records = [
        record("contacts", str(n), dict(zip(PERSON, row, strict=True))) for n, row in enumerate(crowd(9))
    ]
    said: list[tuple[str, int, int]] = []
    list(find_pairs(records, SCHEMES["contacts"], LIKELY, lambda *words: said.append(words)))
    assert said == [("Comparing", 0, 1), ("Comparing", 1, 1)]

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(find_pairs(records, SCHEMES["contacts"], LIKELY, stop))


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
