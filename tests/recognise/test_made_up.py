"""What only the deals mention is made from its name, in every import, and never twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.importers.errors import ImportStopped
from crm_data.importers.mapping import Mapping, parse_mapping
from crm_data.importers.outcome import Outcome
from crm_data.importers.recognise import Proposal, propose, recognise
from crm_data.importers.recognise.in_crm import objects_of
from crm_data.importers.run import run_import
from crm_data.reconcile.reconcile import reconcile
from crm_data.schema.base import utc_now
from tests.recognise.conftest import rows

HEADINGS = "Deal ID,Deal Name,Account,Sales Agent,Product,Stage,Amount,Close Date"
MAY = "1,a,Acme,Ann,Anvil,Won,100,2026-02-01", "2,b,Beta,Ben,Bolt,Demo,200,2026-09-01"
JUNE = (*MAY, "3,c,Newco,Cleo,Cog,Won,5000,2026-03-05")


def write(path: Path, headings: str, *lines: str) -> Path:
    path.write_text("\n".join([headings, *lines]), encoding="utf-8")
    return path


def take(engine: Engine, *paths: Path) -> tuple[Outcome, Proposal]:
    """As the command and the page do it: what the CRM has already is known."""
    found = recognise(paths)
    source = propose(found).mapping.source
    with engine.connect() as connection:
        there = objects_of(connection, source)
    proposal = propose(found, currency="EUR", there=there)
    outcome = run_import(engine, proposal.mapping, paths, paths[0].parent / "reports", lambda *_: None)
    assert agrees(engine, proposal.mapping, *paths)
    return outcome, proposal


def agrees(engine: Engine, mapping: Mapping, *paths: Path) -> bool:
    found = reconcile(engine, mapping, paths, (), utc_now())
    return found.agrees and all(not cause.rows for cause in found.causes)


def linked(engine: Engine) -> list[tuple[str | None, ...]]:
    """Of each deal the names of its account, owner and product."""
    names = {name: dict(rows(engine, name, "id", "name")) for name in ("accounts", "users", "products")}
    deals = rows(engine, "opportunities", "account_id", "owner_id", "product_id")
    return [tuple(names[name].get(key) for name, key in zip(names, deal, strict=True)) for deal in deals]


def test_the_second_month_brings_new_companies(own: Engine, tmp_path: Path) -> None:
    take(own, write(tmp_path / "deals.csv", HEADINGS, *MAY))
    outcome, _ = take(own, write(tmp_path / "deals.csv", HEADINGS, *JUNE))
    assert linked(own) == [("Acme", "Ann", "Anvil"), ("Beta", "Ben", "Bolt"), ("Newco", "Cleo", "Cog")]
    counts = outcome.objects["accounts"]
    assert (counts.read, counts.added, counts.unchanged, counts.updated) == (3, 1, 2, 0)


def test_a_company_that_only_the_deals_of_an_import_mention(own: Engine, tmp_path: Path) -> None:
    """Acme has a number of its own in the other file, and is not made a second time."""
    firms = write(tmp_path / "accounts.csv", "Customer no,Company,City", "17,Acme,Bonn", "18,Zeta,Ulm")
    deals = write(tmp_path / "deals.csv", HEADINGS, *JUNE)
    for _ in range(2):
        take(own, firms, deals)
        assert [name for name, *_ in linked(own)] == ["Acme", "Beta", "Newco"]
        assert rows(own, "accounts", "source_id", "name", "city") == [
            ("17", "Acme", "Bonn"),
            ("18", "Zeta", "Ulm"),
            ("Beta", "Beta", None),
            ("Newco", "Newco", None),
        ]


def test_companies_with_numbers_of_an_earlier_import(own: Engine, tmp_path: Path) -> None:
    take(own, write(tmp_path / "accounts.csv", "Customer no,Company,City", "17,Acme,Bonn", "18,Beta,Ulm"))
    take(own, write(tmp_path / "deals.csv", HEADINGS, *JUNE))
    assert [name for name, *_ in linked(own)] == ["Acme", "Beta", "Newco"]
    assert [key for (key,) in rows(own, "accounts", "source_id")] == ["17", "18", "Newco"]


def test_a_name_that_is_spelled_almost_so_makes_nothing(own: Engine, tmp_path: Path) -> None:
    firms = write(tmp_path / "accounts.csv", "Customer no,Company,City", "17,ACME ,Bonn", "18,Be-Ta,Ulm")
    _, proposal = take(own, firms, write(tmp_path / "deals.csv", HEADINGS, *MAY))
    assert [name for name, *_ in linked(own)] == ["ACME", "Be-Ta"]
    assert [key for (key,) in rows(own, "accounts", "source_id")] == ["17", "18"]
    assert any("'Acme' is taken as 'ACME'" in remark for remark in proposal.remarks)


def test_of_several_ids_the_first_is_made(own: Engine, tmp_path: Path) -> None:
    headings = "Record ID,Deal Name,Deal Stage,Amount,Close Date,Associated Company IDs,Associated Company"
    cells = '1,A,Closed won,10,2026-02-01,123;456,"Acme;Beta"', "2,B,Closed won,10,2026-02-01,456,Beta"
    take(own, write(tmp_path / "deals.csv", headings, *cells))
    assert rows(own, "accounts", "source_id", "name") == [("123", "Acme"), ("456", "Beta")]
    assert [name for name, *_ in linked(own)] == ["Acme", "Beta"]


def test_numbers_that_may_be_another_files_are_said(own: Engine, tmp_path: Path) -> None:
    _, first = take(own, write(tmp_path / "customers.csv", "Customer ID,Company,City", "1,Alpha,Bonn"))
    _, second = take(own, write(tmp_path / "kunden.csv", "Kundennummer,Firma,Ort", "1,Zeta,Ulm"))
    assert not any("overwritten" in remark for remark in first.remarks)
    (said,) = [remark for remark in second.remarks if "overwritten" in remark]
    assert said.startswith(
        "kunden.csv: accounts that the CRM has with the same 'Kundennummer' from an earlier"
    )
    _, named = take(own, write(tmp_path / "firmen.csv", "Firma,Ort", "Eta,Ulm"))
    assert not any("overwritten" in remark for remark in named.remarks)


def test_an_id_that_is_a_table(tmp_path: Path) -> None:
    text = 'source = "x"\n[[import]]\nobject = "accounts"\nfile = "a.csv"\n'
    text += 'id = { heading = "Ids", split = ";" }\n'
    block = parse_mapping(text + 'columns = { name = "Name" }\n').blocks[0]
    assert (block.id.heading, block.id.split) == (("Ids",), ";")
    with pytest.raises(ImportStopped, match="'heading' is missing"):
        parse_mapping(text.replace('heading = "Ids", ', "") + 'columns = { name = "Name" }\n')
    with pytest.raises(ImportStopped, match="'by' is not known here"):
        parse_mapping(text.replace("split =", "by =") + 'columns = { name = "Name" }\n')


def test_a_company_that_another_system_brought_is_not_made_again(own: Engine, tmp_path: Path) -> None:
    """Invoices of an accounting program are those of the customers that the CRM's own export has."""
    ids = "0015g00000AAAAAAA5", "0015g00000AAAABAA5", "0015g00000AAAACAA5"
    customers = [
        f"{key},false,{name},Customer,US" for key, name in zip(ids, ("Acme", "Twin", "Twin"), strict=True)
    ]
    take(own, write(tmp_path / "accounts.csv", "Id,IsDeleted,Name,Type,BillingCountry", *customers))
    invoices = ["1,Acme,2026-01-15,100", "2,Newco,2026-01-15,200", "3,Twin,2026-01-15,300"]
    file = write(tmp_path / "invoices.csv", "Invoice Number,Customer,Invoice Date,Amount", *invoices)
    for _ in range(2):
        _, proposal = take(own, file)
    assert proposal.mapping.source == "generic"
    names = rows(own, "accounts", "source_system", "name")
    assert names[3:] == [("generic", "Newco"), ("generic", "Twin")], "which Twin is meant is not known"
    accounts = dict(rows(own, "accounts", "id", "source_id"))
    assert [accounts[key] for (key,) in rows(own, "invoices", "account_id")] == [ids[0], "Newco", "Twin"]


def test_rows_with_empty_cells_beyond_the_headings_make_up_what_they_name(
    own: Engine, tmp_path: Path
) -> None:
    """As analytics exports have them, whose rows end with separators. A row that stays out makes up none."""
    lines = [f"{line},," for line in MAY] + ["9,z,Zeta,Zoe"]
    found = recognise([write(tmp_path / "deals.csv", HEADINGS, *lines)])
    proposal = propose(found, currency="EUR")
    outcome = run_import(own, proposal.mapping, [tmp_path], tmp_path / "reports", lambda *_: None)
    assert linked(own) == [("Acme", "Ann", "Anvil"), ("Beta", "Ben", "Bolt")]
    assert outcome.objects["opportunities"].rejected == 1
    assert rows(own, "accounts", "name") == [("Acme",), ("Beta",)]
    with_rejected = reconcile(own, proposal.mapping, [tmp_path / "deals.csv"], (), utc_now())
    assert [one.missing for one in with_rejected.objects if one.object != "opportunities"] == [0, 0, 0]


@pytest.mark.parametrize(
    "heading", ["Customer No", "Customer number", "Account Number", "Kunden-Nr.", "Client ID"]
)
def test_deals_and_invoices_know_their_customer_by_any_heading_of_its_number(
    own: Engine, tmp_path: Path, heading: str
) -> None:
    files = [
        write(tmp_path / "customers.csv", f"{heading},Customer,Country", "0012,Acme,DE", "12,Beta,DE"),
        write(tmp_path / "deals.csv", f"Deal ID,Deal Name,{heading},Stage,Amount", "1,a,0012,Won,5"),
        write(tmp_path / "bills.csv", f"Invoice Number,{heading},Invoice Date,Amount", "1,12,2026-01-01,5"),
    ]  # fmt: skip
    take(own, *files)
    names = dict(rows(own, "accounts", "id", "name"))
    assert [names[key] for (key,) in rows(own, "opportunities", "account_id")] == ["Acme"]
    assert [names[key] for (key,) in rows(own, "invoices", "account_id")] == ["Beta"]


def test_a_customer_that_only_deals_name_is_made_under_its_number(own: Engine, tmp_path: Path) -> None:
    headings = "Deal ID,Deal Name,Customer No,Customer,Stage,Amount"
    take(
        own,
        write(tmp_path / "deals.csv", headings, "1,a,0012,Acme,Won,5", "2,b,12,Acme,Won,6", "3,c,,,Won,7"),
    )
    assert rows(own, "accounts", "source_id", "name") == [("0012", "Acme"), ("12", "Acme")]
    keys = dict(rows(own, "accounts", "id", "source_id"))
    assert [keys.get(key) for (key,) in rows(own, "opportunities", "account_id")] == ["0012", "12", None]
