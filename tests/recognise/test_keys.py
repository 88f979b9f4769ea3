"""By what rows without an id are known, in this import and in the next one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.importers.errors import ImportStopped
from crm_data.importers.recognise import ID, Override, Proposal, overridden, propose, recognise
from crm_data.importers.recognise.command import proposed
from crm_data.importers.recognise.keys import Former, formers
from crm_data.importers.run import run_import
from crm_data.importers.undo import undo_import
from tests.recognise.conftest import rows
from ui.importing.work import Answers, look

HEAD = "Deal Name,Account,Stage,Amount,Created,Close Date\n"
RENEWAL = "Renewal,Acme,Won,100,2026-01-01,2026-02-01\n"
UPGRADE = "Upgrade,Beta,Won,200,2026-01-03,2026-02-01\n"

Bring = Callable[..., tuple[int, Proposal]]


@pytest.fixture
def bring(own: Engine, tmp_path: Path) -> Bring:
    """Import files, given as name=text, as they are recognised beside what the CRM has already."""

    def run(**files: str) -> tuple[int, Proposal]:
        paths = []
        for name, text in files.items():
            paths.append(tmp_path / f"{name}.csv")
            paths[-1].write_text(text)
        with own.connect() as connection:
            known = formers(connection, "generic")
        proposal = propose(recognise(paths), currency="EUR", formers=known)
        outcome = run_import(own, proposal.mapping, paths, tmp_path / "reports", lambda *_: None)
        return outcome.key, proposal

    return run


def deals(own: Engine) -> list[tuple[str, int]]:
    return [(name, int(amount)) for name, amount in rows(own, "opportunities", "name", "amount")]


def test_the_next_file_may_repeat_a_deals_name(own: Engine, bring: Bring) -> None:
    bring(deals=HEAD + RENEWAL + UPGRADE)
    _, proposal = bring(deals=HEAD + RENEWAL + UPGRADE + "Renewal,Gamma,Won,50,2026-02-01,2026-03-01\n")
    assert deals(own) == [("Renewal", 100), ("Upgrade", 200), ("Renewal", 50)]
    bring(deals=HEAD + "Renewal,Acme,Won,70,2027-01-01,2027-02-01\n")  # only what is new
    assert deals(own)[3:] == [("Renewal", 70)]
    assert not any("known by" in one for one in proposal.remarks)


def test_rows_are_known_by_what_they_were_known_by(own: Engine, bring: Bring) -> None:
    head = "Deal Name,Stage,Amount,Close Date\n"
    bring(deals=head + "A,Won,100,2026-02-01\nB,Won,200,2026-02-01\n")
    key, proposal = bring(
        deals="Deal ID,Deal Name,Stage,Amount,Close Date\n7,A,Won,100,2026-02-01\n8,B,Won,250,2026-02-01\n"
    )
    assert deals(own) == [("A", 100), ("B", 250)]
    assert any("its rows are known by 'Deal Name', as in import no. 1" in one for one in proposal.remarks)
    with pytest.raises(
        ImportStopped, match=r"In import no. \d+ opportunities were known by 'Deal Name'.*'A'"
    ):
        bring(deals=head + "A,Won,100,2026-02-01\nA,Won,1,2026-02-01\nB,Won,200,2026-02-01\n")
    assert deals(own) == [("A", 100), ("B", 250)]
    undo_import(own, key)
    undo_import(own, key - 1)
    bring(deals=head + "A,Won,100,2026-02-01\nA,Won,1,2026-02-01\nB,Won,200,2026-02-01\n")
    assert deals(own) == [("A", 100), ("A", 1), ("B", 200)]


def test_the_command_line_and_the_page_ask_the_crm(own: Engine, bring: Bring, tmp_path: Path) -> None:
    bring(deals="Deal Name,Stage,Amount,Close Date\nA,Won,100,2026-02-01\n")
    (tmp_path / "files").mkdir()
    path = tmp_path / "files" / "deals.csv"
    path.write_text("Deal ID,Deal Name,Stage,Amount,Close Date\n7,A,Won,100,2026-02-01\n")
    words = "deals.csv: its rows are known by 'Deal Name', as in import no. 1."
    with own.connect() as connection:
        args = argparse.Namespace(currency=None, says=[], day_first=None)
        assert words in proposed(connection, recognise([path]), args).remarks
    looked = look(own, path.parent, tmp_path, Answers(), None, lambda *_: None)
    assert looked.prepared
    looked.prepared.close()
    assert words in looked.remarks


def test_what_rows_were_known_by_is_missing(own: Engine, bring: Bring) -> None:
    bring(deals="Deal ID,Deal Name,Stage,Amount,Close Date\n7,A,Won,100,2026-02-01\n")
    _, proposal = bring(deals="Deal Name,Stage,Amount,Close Date\nA,Won,100,2026-02-01\n")
    said = [one for one in proposal.remarks if "known by 'Deal ID', which this file has not" in one]
    assert len(said) == 1
    assert "a second time" in said[0]


def test_two_files_of_one_import_know_rows_by_the_same(own: Engine, bring: Bring) -> None:
    head = "Name,E-mail,Company\n"
    people = "Ann,ann@x.org,Acme\nBen,ben@x.org,Bolt\n"
    bring(contacts_a=head + people, contacts_b="Contact ID,Name,E-mail,Company\n9,Ann,ann@x.org,Acme\n")
    assert rows(own, "contacts", "source_id") == [("ann@x.org",), ("ben@x.org",)]


def test_ids_of_one_kind_may_be_headed_otherwise(own: Engine, bring: Bring) -> None:
    bring(accounts="Account ID,Account Name,City\n1,Acme,Bern\n")
    _, proposal = bring(accounts="Customer ID,Customer Name,City\n1,Acme,Basel\n")
    assert rows(own, "accounts", "source_id", "city") == [("1", "Basel")]
    assert not any("known by" in one for one in proposal.remarks)
    bring(accounts="Account ID,Customer ID,Account Name,City\nx,1,Acme,Genf\n")
    assert rows(own, "accounts", "source_id", "city") == [("1", "Basel"), ("x", "Genf")], "the first is there"


def test_of_two_ids_the_one_of_before_counts(own: Engine, bring: Bring) -> None:
    bring(accounts="Customer ID,Customer Name,City\n1,Acme,Bern\n")
    bring(accounts="Account ID,Customer ID,Account Name,City\nx,1,Acme,Genf\n")
    assert rows(own, "accounts", "source_id", "city") == [("1", "Genf")]


def test_two_branches_of_a_company_are_two(own: Engine, bring: Bring) -> None:
    _, proposal = bring(
        customers="Company,City,Phone\nAcme GmbH,Berlin,030 1234\nAcme GmbH,Munich,089 7654\nBolt,Bonn,\n"
    )
    assert rows(own, "accounts", "name", "city") == [
        ("Acme GmbH", "Berlin"),
        ("Acme GmbH", "Munich"),
        ("Bolt", "Bonn"),
    ]
    assert any("such as 'Acme GmbH'" in one and "'City'" in one for one in proposal.remarks)


def test_an_id_that_comes_again_is_said(bring: Bring) -> None:
    _, proposal = bring(
        orders="Deal ID,Deal Name,Account,Stage,Amount,Created,Close Date\n"
        "1,a,Acme,Won,100,2026-01-01,2026-02-01\n1,a line 2,Acme,Won,900,2026-01-01,2026-02-01\n"
        "2,b,Beta,Won,200,2026-01-03,2026-02-03\n"
    )
    assert any("1 row has the same 'Deal ID' as another one, such as '1'" in one for one in proposal.remarks)


def test_a_person_says_by_what_rows_are_known(own: Engine, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "Deal ID,Line,Deal Name,Stage,Amount,Close Date\n"
        "1,1,a,Won,100,2026-02-01\n1,2,a,Won,900,2026-02-01\n2,1,b,Won,5,2026-02-01\n"
    )
    (found,) = recognise([path])
    override = Override("deals.csv", columns={"Deal ID": ID, "Line": f"opportunities.{ID}"})
    former = Former("opportunities", "Deal Name", "import no. 1", True)
    proposal = propose([found], [override], currency="EUR", formers=[former])
    run_import(own, proposal.mapping, [path], tmp_path, lambda *_: None)
    assert rows(own, "opportunities", "source_id", "amount") == [("1/1", 100), ("1/2", 900), ("2/1", 5)]
    assert not any("Deal ID" in one for one in proposal.remarks)
    seen = {column.heading: column.becomes for column in overridden(found, override).columns}
    assert seen["Line"] == (f"opportunities.{ID}",)


def test_what_changes_tells_rows_apart_only_with_a_word(bring: Bring) -> None:
    _, proposal = bring(
        deals="Deal Name,Stage,Amount,Close Date\n"
        "A,Won,1,2026-02-01\nA,Won,2,2026-02-01\nA,Lost,2,2026-02-01\n"
    )
    assert any("A row in which one of them changes is added again" in one for one in proposal.remarks)


def test_ids_that_a_spreadsheet_has_cut_short_stay_out(tmp_path: Path) -> None:
    path = tmp_path / "hubspot-crm-exports-all-companies.csv"
    path.write_text(
        "Record ID,Company name,Company Domain Name,Company owner,Create Date\n"
        "1.23457E+11,Acme,acme.com,Ann,2026-01-01 10:00\n1.23457E+11,Beta,beta.com,Ann,2026-01-01 10:00\n"
    )
    (found,) = recognise([path])
    assert found.system == "hubspot"
    assert "'Record ID' has '1.23457E+11', which can be many rows" in str(found.problem)
    with pytest.raises(ImportStopped):
        propose([found])
