"""Rows that a full export has no more, and those that only look so."""

from __future__ import annotations

from datetime import date

import pytest

from crm_data.cleansing.assess import assess
from crm_data.cleansing.findings import Findings
from crm_data.importers.decisions import Decisions
from crm_data.importers.prepared import Prepared
from crm_data.importers.run import load
from crm_data.schema.customers import accounts
from tests.importers.desk import Desk

TODAY = date(2026, 11, 28)
ACCOUNTS = """
source = "old"
full = true
[[import]]
object = "accounts"
file = "accounts.csv"
id = "Id"
columns = { name = "Name", domain = "Domain", city = "City" }
"""


def again(desk: Desk, text: str, merge: bool = False) -> tuple[Findings, Prepared]:
    desk.put("accounts.csv", text)
    fresh = desk.read(ACCOUNTS)
    findings = assess(desk.crm, fresh, lambda *_: None, TODAY)
    decisions = Decisions(findings.merges(0.8) if merge else (), findings.gone())
    load(desk.crm, fresh, decisions, desk.reports, lambda *_: None)
    return findings, fresh


def test_a_row_is_not_gone_while_the_files_have_a_part_of_it(desk: Desk) -> None:
    head = "Id,Name,Domain,City\n"
    again(desk, f"{head}A,Alpha AG,alpha.example,Bern\nB,Alpha,alpha.example,\nC,Beta,b.example,\n", True)
    assert desk.rows(accounts, "source_id") == [("A",), ("C",)]
    findings, _ = again(desk, f"{head}B,Alpha,alpha.example,\nC,Beta,b.example,\n")
    assert findings.gone() == {}
    assert desk.rows(accounts, "source_id") == [("A",), ("C",)]
    findings, _ = again(desk, f"{head}C,Beta,b.example,\n")
    assert findings.gone() == {"accounts": frozenset({1})}
    assert desk.rows(accounts, "source_id") == [("C",)]


@pytest.mark.parametrize("columns", ["Id,Name,Domain,City", "Name,Domain,Id,City"])
def test_a_row_with_a_cell_too_many_is_not_gone(desk: Desk, columns: str) -> None:
    def text(*rows: dict[str, str]) -> str:
        return "\n".join([columns, *(",".join(row[name] for name in columns.split(",")) for row in rows), ""])

    rows = [{"Id": key, "Name": f"Name {key}", "Domain": f"{key}.example", "City": "Bern"} for key in "ABC"]
    again(desk, text(*rows))
    findings, fresh = again(desk, text(rows[0] | {"Name": "Alpha, Inc."}, rows[1]))
    assert fresh.tallies["accounts"].counts.rejected == 1
    assert findings.gone() == {"accounts": frozenset({3})}
    assert desk.rows(accounts, "source_id") == [("A",), ("B",)]


@pytest.mark.parametrize("broken", ["B,Be", 'B,"Beta,b.example,Bern\nC,Gamma,"c".example,Bern'])
def test_nothing_is_gone_from_a_file_that_is_cut_off_or_swallows_lines(desk: Desk, broken: str) -> None:
    head = "Id,Name,Domain,City\nA,Alpha,a.example,Bern\n"
    again(desk, head + "B,Beta,b.example,Bern\nC,Gamma,c.example,Bern\n")
    findings, fresh = again(desk, head + broken)
    assert fresh.tallies["accounts"].counts.rejected == 1
    assert findings.gone() == {}
    listed = {one.problem: one.rows for one in findings.groups() if one.kind == "gone"}
    assert listed == {"may not be in the files any more; they have broken rows, of which it may be one": 2}
    assert desk.rows(accounts, "source_id") == [("A",), ("B",), ("C",)]


def test_cells_that_may_stand_one_place_too_far_right_are_noted(desk: Desk) -> None:
    head = "Id,Name,Domain,City\n"
    _, one = again(desk, head + "A,Alpha, Inc.,a.example,\nB,Beta,b.example,Bern\n")
    assert [
        note.rows for note in one.tallies["accounts"].notes("accounts") if "too far right" in note.text
    ] == [1]
    _, all_so = again(desk, head + "A,Alpha,a.example,Bern,\nB,Beta,b.example,Bern,\n")
    assert all_so.tallies["accounts"].notes("accounts") == []


def test_rows_whose_cells_are_written_otherwise_are_listed(desk: Desk) -> None:
    together = ACCOUNTS.replace('"Id"', '"{Name}/{City}"').replace("full = true", "")

    def unknown(*rows: str) -> list[str]:
        desk.put("accounts.csv", "\n".join(["Id,Name,Domain,City", *rows, ""]))
        fresh = desk.read(together)
        findings = assess(desk.crm, fresh, lambda *_: None, TODAY)
        load(desk.crm, fresh, Decisions(), desk.reports, lambda *_: None)
        groups = [one for one in findings.groups() if one.kind == "unknown"]
        return [row.source_id for one in groups for row in findings.rows(one)]

    assert unknown("1,A,,1.2.2026") == [], "the first import"
    assert unknown("1,A,,1.2.2026", "2,B,,3.2.2026") == []
    assert unknown("1,A,,2026-02-01", "2,B,,2026-02-03") == ["A/2026-02-01", "B/2026-02-03"]
