"""What is found in files before they are written, each finding with its rows."""

from __future__ import annotations

from datetime import date
from textwrap import dedent

import pytest
from sqlalchemy import func, insert, select

from crm_data.cleansing.assess import assess
from crm_data.cleansing.checks import email_problem, phone_problem
from crm_data.cleansing.findings import Findings, Group
from crm_data.importers.decisions import Decisions, Merge
from crm_data.importers.errors import Cancelled
from crm_data.importers.prepared import Prepared, reopen
from crm_data.importers.run import load
from crm_data.importers.undo import undo_import
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.sales import opportunities
from tests.importers.desk import Desk

TODAY = date(2026, 11, 28)

MAPPING = """
    source = "old"
    currency = "EUR"
    full = true
    [[import]]
    object = "users"
    file = "users.csv"
    id = "Id"
    columns = { name = "Name" }
    [[import]]
    object = "accounts"
    file = "accounts.csv"
    id = "Id"
    [import.columns]
    name = "Name"
    domain = "Domain"
    owner_id = { heading = "Owner", missing = "keep" }
    [[import]]
    object = "contacts"
    file = "contacts.csv"
    id = "Id"
    [import.columns]
    first_name = "First"
    last_name = "Last"
    email = "Email"
    phone = "Phone"
    account_id = { heading = "Company", by = "name" }
    [[import]]
    object = "opportunities"
    file = "deals.csv"
    id = "Id"
    [import.columns]
    account_id = "Account"
    stage = { value = "x" }
    status = "Status"
    amount = "Amount"
    opened_on = "Opened"
    closed_on = "Closed"
"""


@pytest.fixture
def prepared(desk: Desk) -> Prepared:
    desk.put("users.csv", "Id,Name\nU,Uma\n")
    desk.put(
        "accounts.csv",
        """
        Id,Name,Domain,Owner
        A,Alpha AG,alpha.example,U
        B,Alpha,www.alpha.example,
        C,Beta SA,beta.example,X
        """.replace("        ", ""),
    )
    desk.put(
        "contacts.csv",
        dedent("""
        Id,First,Last,Email,Phone,Company
        1,Anna,Gruber,anna@alpha.example,+41 44 123 45 67,Alpha AG
        2,Anna,Gruber,ANNA@alpha.example,,Alpha
        3,Ben,Moser,ben(at)beta.example,call me,Beta SA
        4,Cleo,Tran,,+999 1234567,Nowhere
        """).lstrip(),
    )
    deals = [f"{n},A,open,{1000 + n},2026-01-0{1 + n % 9}," for n in range(40)]
    deals += [
        "late,A,won,1000,2026-05-02,2026-05-01",
        "ahead,A,won,1000,2026-05-02,2027-05-01",
        "dummy,A,open,1000,1970-01-01,",
        "huge,A,open,999000000,2026-01-01,",
        "old,A,open,1,1802-01-01,",
        "lost,Z,open,1000,2026-01-01,",
    ]
    desk.put("deals.csv", "\n".join(["Id,Account,Status,Amount,Opened,Closed", *deals, ""]))
    return desk.read(MAPPING, keep_in=desk.folder.parent / "w")


def found(desk: Desk, prepared: Prepared) -> Findings:
    return assess(desk.crm, prepared, lambda *_: None, TODAY)


def test_each_finding_lists_its_rows(desk: Desk, prepared: Prepared) -> None:
    findings = found(desk, prepared)
    listed = {
        (one.kind, one.object, one.column, one.problem): [row.source_id for row in findings.rows(one)]
        for one in findings.groups()
        if one.kind not in ("duplicate", "rejected", "outlier")
    }
    lost = ": the row stays out"
    assert listed == {
        ("orphan", "accounts", "owner_id", "is the id of none of users: the reference is left empty"): ["C"],
        ("orphan", "contacts", "account_id", f"is the name of none of accounts{lost}"): ["4"],
        ("orphan", "opportunities", "account_id", f"is the id of none of accounts{lost}"): ["lost"],
        ("email", "contacts", "email", "is no e-mail address"): ["3"],
        ("phone", "contacts", "phone", "is no telephone number"): ["3"],
        ("phone", "contacts", "phone", "begins with the code of no country"): ["4"],
        ("date", "opportunities", "closed_on", "lies before opened_on"): ["late"],
        ("date", "opportunities", "closed_on", "lies in the future"): ["ahead"],
        (
            *("date", "opportunities", "opened_on"),
            "is 1 January 1970, which programs write for no date",
        ): ["dummy"],
        ("owner", "accounts", "owner_id", "has no owner"): ["B"],
    }
    (outlier,) = [group for group in findings.groups() if group.kind == "outlier"]
    (row,) = findings.rows(outlier)
    assert (row.file, row.line, row.cell, row.values["status"]) == ("deals.csv", 45, "999000000", "open")
    (rejected,) = [group for group in findings.groups() if group.kind == "rejected"]
    assert "1802" in rejected.problem
    assert findings.rows(rejected)[0].line == 46


def test_rows_with_the_same_id_are_listed_before_one_of_them_is_lost(desk: Desk, prepared: Prepared) -> None:
    prepared.close()
    desk.put("deals.csv", "Id,Account,Status,Amount,Opened,Closed\n"
             "1,A,won,100,2026-01-01,2026-02-01\n2,A,won,5,2026-01-01,2026-02-01\n"
             "1,A,won,900,2026-01-01,2026-02-01\n2,A,won,5,2026-01-01,2026-02-01\n"
             "1,A,won,900,2026-01-01,2026-02-01\n")  # fmt: skip
    desk.put("more.csv", "Id,Status,Reason\n1,won,Price\n2,lost,Price\n")
    more = """
    [[import]]
    object = "opportunities"
    file = "more.csv"
    id = "Id"
    columns = { status = "Status", close_reason = "Reason", stage = { value = "x" } }
    """
    again = desk.read(dedent(MAPPING) + dedent(more))
    findings = found(desk, again)
    groups = [one for one in findings.groups() if one.kind == "repeated"]
    listed = {one.problem: [(r.file, r.line, r.cell) for r in findings.rows(one)] for one in groups}
    assert listed == {
        "has the id of a later row, which counts, and differs": [("deals.csv", 2, "id 1; amount: 100")],
        "has the id of a later row, which says the same": [
            ("deals.csv", 3, "id 2"),
            ("deals.csv", 4, "id 1"),
        ],
        "has the id of a row of a later file, which counts, and differs": [
            ("deals.csv", 5, "id 2; status: won")
        ],
    }
    again.close()


def test_nothing_is_written_and_what_was_found_comes_back(desk: Desk, prepared: Prepared) -> None:
    groups = found(desk, prepared).groups()
    with desk.crm.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(accounts)) == 0
    assert prepared.path is not None
    prepared.stage.close()
    again = reopen(prepared.path)
    assert Findings(again).made
    assert Findings(again).groups() == groups


def test_duplicates_are_merged_as_decided_and_come_apart_again(desk: Desk, prepared: Prepared) -> None:
    findings = found(desk, prepared)
    pairs = {(pair.object, pair.other.source_id, pair.into.source_id) for pair in findings.duplicates()}
    assert pairs == {("accounts", "B", "A"), ("contacts", "2", "1")}
    (company,) = findings.duplicates("accounts")
    assert ("name", "the same") in [(reason.label, reason.how) for reason in company.reasons]
    assert company.into.values["domain"] == "alpha.example"
    decisions = Decisions(findings.merges(0.8))
    outcome = desk.write(prepared, decisions)
    assert (outcome.objects["accounts"].merged, outcome.objects["contacts"].merged) == (1, 1)
    assert desk.rows(accounts, "name") == [("Alpha AG",), ("Beta SA",)]
    # The contact that named the merged company belongs to the survivor.
    assert desk.rows(contacts, "first_name", "account_id") == [("Anna", 1), ("Ben", 2)]
    undo_import(desk.crm, outcome.key)
    assert desk.rows(accounts, "id") == desk.rows(contacts, "id") == desk.rows(opportunities, "id") == []


def test_what_the_crm_has_survives(desk: Desk, prepared: Prepared) -> None:
    with desk.crm.begin() as connection:
        connection.execute(insert(contacts).values(id=9, first_name="A.", email="anna@alpha.example"))
    findings = found(desk, prepared)
    mine = [pair for pair in findings.duplicates("contacts") if pair.into.key == 9]
    assert {pair.other.source_id for pair in mine} == {"1", "2"}
    assert set(findings.merges(0.0, "contacts")) == {Merge("contacts", "1", 9), Merge("contacts", "2", 9)}
    load(desk.crm, prepared, Decisions(findings.merges(0.0)), desk.reports, lambda *_: None)
    filled = (9, "A.", "Gruber", "+41 44 123 45 67")
    assert filled in desk.rows(contacts, "id", "first_name", "last_name", "phone")


def test_rows_that_are_loaded_already_are_no_duplicates(desk: Desk, prepared: Prepared) -> None:
    desk.write(prepared)
    assert found(desk, prepared).duplicates() == []


def test_rows_gone_from_a_full_export_are_offered(desk: Desk, prepared: Prepared) -> None:
    desk.write(prepared)
    desk.put("accounts.csv", "Id,Name,Domain,Owner\nB,Alpha,,\n")
    desk.put("contacts.csv", "Id,First,Last,Email,Phone,Company\n1,\0,G,,,Alpha\n3,Ben,Moser,,,\n")
    again = desk.read(MAPPING)
    findings = found(desk, again)
    gone = {
        (group.object, group.problem): [row.key for row in findings.rows(group)]
        for group in findings.groups()
        if group.kind == "gone"
    }
    assert gone == {
        ("accounts", "is not in the files any more, but 1 contacts, 44 opportunities refer to it"): [1],
        ("accounts", "is not in the files any more, but 1 contacts refer to it"): [3],
        ("contacts", "is not in the files any more"): [2],
    }
    assert findings.gone() == {"contacts": frozenset({2})}
    outcome = load(desk.crm, again, Decisions(delete=findings.gone()), desk.reports, lambda *_: None)
    assert outcome.objects["contacts"].deleted == 1
    assert [row[0] for row in desk.rows(contacts, "id")] == [1, 3]
    assert assess(desk.crm, again, lambda *_: None, TODAY, whole=()).gone() == {}
    undo_import(desk.crm, outcome.key)
    assert [row[0] for row in desk.rows(contacts, "id")] == [1, 2, 3]


def test_it_can_be_cancelled(desk: Desk, prepared: Prepared) -> None:
    def cancel(*_: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        assess(desk.crm, prepared, cancel, TODAY)
    assert found(desk, prepared).groups() != []


def test_pages_of_rows(desk: Desk, prepared: Prepared) -> None:
    findings = found(desk, prepared)
    group = Group("date", "opportunities", "closed_on", "lies in the future", 1)
    assert len(findings.rows(group, 0, 1)) == 1
    assert findings.rows(group, 1, 1) == []


@pytest.mark.parametrize("good", ["test@iana.org", "test+me@iana.org", "a.b-c@sub.iana.org", "jürg@bär.ch"])
def test_addresses(good: str) -> None:
    assert email_problem(good) == ""


@pytest.mark.parametrize(
    "bad", ["test", "@iana.org", "test@", "te st@iana.org", "test@@iana.org", "test@iana", "a@b..org"]
)
def test_no_addresses(bad: str) -> None:
    assert email_problem(bad) != ""


@pytest.mark.parametrize("good", ["+41 44 123 45 67", "(030) 1234-567", "1234567 ext. 12", "044/1234567"])
def test_numbers(good: str) -> None:
    assert phone_problem(good) == ""


@pytest.mark.parametrize("bad", ["12", "n/a", "+41 1", "00000000000000000000", "+999 123456", "none"])
def test_no_numbers(bad: str) -> None:
    assert phone_problem(bad) != ""
