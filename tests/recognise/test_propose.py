"""A proposal is a mapping like any other; whoever knows better has the last word."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.importers.errors import ImportStopped
from crm_data.importers.mapping import parse_mapping
from crm_data.importers.recognise import CUSTOM, LEFT_OUT, Override, overridden, propose, recognise
from crm_data.importers.run import run_import
from tests.recognise.conftest import Load, rows

DEALS = """\
Id,Name,StageName,Amount,CloseDate,OwnerId
006000000000001AAA,A,Closed Won,$1,1/31/2026,005000000000001AAA
"""


def test_the_text_of_a_proposal_is_the_mapping(tmp_path: Path) -> None:
    path = tmp_path / "Opportunity.csv"
    path.write_text(DEALS)
    proposal = propose(recognise([path]))
    again = parse_mapping(proposal.text)
    assert again.source == proposal.mapping.source == "salesforce"
    assert [(b.table.name, b.pattern, b.id.heading, b.rows) for b in again.blocks] == [
        (b.table.name, b.pattern, b.id.heading, b.rows) for b in proposal.mapping.blocks
    ]
    assert again.organisation == {"base_currency": "USD"}


def test_the_books_are_kept_in_the_currency_of_most_rows(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    lines = ["Record ID,Deal Name,Deal Stage,Amount,Currency,Close Date,Create Date"]
    for key, currency in enumerate(["CHF", "Swiss Franc", "EUR", "EUR", "chf", "XQQ", ""], 1):
        lines.append(f"{key},Deal {key},closedwon,1000,{currency},2026-10-01 10:00,2026-09-01 10:00")
    path.write_text("\n".join(lines))
    proposal = propose(recognise([path]))
    assert proposal.mapping.organisation == {"base_currency": "CHF"}
    assert not any("No file says the currency" in one for one in proposal.remarks)
    said = propose(recognise([path]), currency="EUR")
    assert said.mapping.organisation == {"base_currency": "EUR"}, "what a person or the CRM says comes first"


def test_a_person_knows_better(own: Engine, tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("Company,Chief,Sector,Secret,Country\nAcme,Ann,Tools,x,Germany\nBolt,Ben,Nuts,y,France\n")
    (found,) = recognise([path])
    assert found.object == "accounts"
    override = Override(
        "things.csv",
        columns={"Chief": "segment", "Secret": LEFT_OUT, "Sector": CUSTOM, "Country": "accounts.city"},
    )
    seen = {column.heading: column for column in overridden(found, override).columns}
    assert seen["Chief"].becomes == ("accounts.segment",)
    assert seen["Sector"].custom
    assert (seen["Secret"].becomes, seen["Secret"].custom) == ((), False)
    proposal = propose([found], [override])
    run_import(own, proposal.mapping, [path], tmp_path, lambda *_: None)
    assert rows(own, "accounts", "name", "segment", "industry", "city", "custom") == [
        ("Acme", "Ann", None, "Germany", {"Sector": "Tools"}),
        ("Bolt", "Ben", None, "France", {"Sector": "Nuts"}),
    ]


def test_another_system_may_be_said(tmp_path: Path) -> None:
    path = tmp_path / "things.csv"
    path.write_text("Full name,Mail\nAnn,ann@example.com\n")
    (found,) = recognise([path])
    assert found.object == "contacts"
    said = overridden(found, Override("things.csv", object="users"))
    assert (said.object, said.fills, said.problem, said.confidence) == ("users", "users", None, 1)
    with pytest.raises(ImportStopped, match="There is no system 'zohoo'"):
        overridden(found, Override("things.csv", system="zohoo"))
    with pytest.raises(ImportStopped, match="have no column 'segmnt'"):
        overridden(found, Override("things.csv", object="accounts", columns={"Mail": "segmnt"}))


def test_words_of_ones_own(own: Engine, load: Load, home: Path, tmp_path: Path) -> None:
    (home / "vocabulary.toml").write_text('[deal_status]\nwon = ["Ka-ching"]\n[stages]\nWon = ["Ka-ching"]\n')
    path = tmp_path / "deals.csv"
    path.write_text(
        "Deal ID,Deal name,Stage,Amount,Close date\n1,A,KA-CHING,10,2026-04-03\n2,B,Lost,20,2026-04-03\n"
    )
    load(path)
    assert rows(own, "opportunities", "stage", "status", "closed_on") == [
        ("Won", "won", date(2026, 4, 3)),
        ("Lost", "lost", date(2026, 4, 3)),
    ]


COMPANY_DEALS = """\
Deal ID,Deal Name,Account,Owner,Stage,Amount,Created,Close Date,Signed
1,a,Acme,Ann,Won,100,2026-01-01,2026-02-01,2026-02-03
2,b,Beta,Ben,Proposal,200,2026-01-03,2026-09-01,2026-08-30
"""


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "deals.csv"
    path.write_text(COMPANY_DEALS)
    return path


def test_a_column_said_to_be_what_it_is_keeps_what_else_it_is(own: Engine, load: Load, deals: Path) -> None:
    """Also the condition: an open deal has no day of closing, only an expected one."""
    load(deals, overrides=[Override("deals.csv", columns={"Close Date": "closed_on", "Stage": "stage"})])
    assert rows(own, "opportunities", "status", "closed_on", "expected_close") == [
        ("won", date(2026, 2, 1), date(2026, 2, 1)),
        ("open", None, date(2026, 9, 1)),
    ]
    (found,) = recognise([deals])
    seen = overridden(found, Override("deals.csv", columns={"Close Date": "closed_on"})).columns
    close = next(column for column in seen if column.heading == "Close Date")
    assert close.becomes == ("opportunities.closed_on", "opportunities.expected_close")
    assert "what else it fills stays" in close.why


def test_another_column_takes_the_place_under_the_same_condition(
    own: Engine, load: Load, deals: Path
) -> None:
    load(deals, overrides=[Override("deals.csv", columns={"Signed": "closed_on"})])
    assert rows(own, "opportunities", "status", "closed_on", "expected_close", "custom") == [
        ("won", date(2026, 2, 3), date(2026, 2, 1), None),
        ("open", None, date(2026, 9, 1), None),
    ]


def test_a_column_said_to_be_something_else_is_not_what_it_was(own: Engine, load: Load, deals: Path) -> None:
    load(deals, overrides=[Override("deals.csv", columns={"Created": "expected_close"})])
    assert rows(own, "opportunities", "opened_on", "expected_close", "closed_on") == [
        (None, date(2026, 1, 1), date(2026, 2, 1)),
        (None, date(2026, 1, 3), None),
    ]


def test_a_column_left_out_makes_no_rows_of_other_objects(own: Engine, load: Load, deals: Path) -> None:
    load(deals, overrides=[Override("deals.csv", columns={"Owner": LEFT_OUT, "Deal ID": LEFT_OUT})])
    assert rows(own, "users", "name") == []
    assert rows(own, "accounts", "name") == [("Acme",), ("Beta",)]
    assert rows(own, "opportunities", "source_id") == [("1",), ("2",)]
    (found,) = recognise([deals])
    seen = overridden(found, Override("deals.csv", columns={"Deal ID": LEFT_OUT})).columns
    assert seen[0].becomes == ("opportunities.source_id",)
    assert "tells the rows apart" in seen[0].why


def test_of_two_headings_alike_the_one_said_is_taken(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Deal ID,Deal Name,Stage,Amount,Amount (€)\n1,a,Won,100,90\n")
    load(path, overrides=[Override("deals.csv", columns={"Amount (€)": "amount"})])
    assert [amount for (amount,) in rows(own, "opportunities", "amount")] == [90]


def test_what_a_person_says_and_what_lacks_for_it(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Invoice Number,Invoice Date,Debtor,Total\n1,2026-01-15,Acme,10\n")
    says = [Override("list.csv", system="generic", object="invoices")]
    with pytest.raises(ImportStopped, match="invoices need 'account_id', and no column"):
        propose(recognise([path]), says)


def test_invoices_without_amounts_are_said(load: Load, tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text("Invoice Number,Customer,Invoice Date\n1,Acme,2026-01-15\n")
    _, proposal = load(path)
    assert "invoices.csv: no column is taken for amounts, so the invoices have none." in proposal.remarks


def test_an_invoice_list_of_a_bookkeeping_program(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text(
        "Invoice List\n\nDate,Transaction Type,Num,Customer,Due Date,Amount,Open Balance\n"
        "01/15/2026,Invoice,1037,Acme,02/14/2026,362.07,0.00\n"
        '01/25/2026,Invoice,1038,Bolt,02/14/2026,"1,362.07",500.00\nTotal,,,,,"$1,724.14",$500.00\n'
    )
    load(path)
    assert rows(own, "invoices", "number") == [("1037",), ("1038",)]
    assert rows(own, "invoice_lines", "amount") == [(Decimal("362.07"),), (Decimal("1362.07"),)]


def test_a_report_with_nothing_but_converted_amounts(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(
        "Opportunity Name,Account Name,Stage,Amount (converted) Currency,Amount (converted),Close Date,"
        "Created Date\n"
        "A,Acme,Closed Won,EUR,1100.00,2026-02-15,2026-01-10\n"
    )
    load(path)
    got = rows(own, "opportunities", "source_system", "amount", "currency", "opened_on")
    assert got == [("salesforce", Decimal(1100), "EUR", date(2026, 1, 10))]
