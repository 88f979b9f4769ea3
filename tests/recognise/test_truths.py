"""Exports that a spreadsheet of another language saved again: TRUE is Wahr, and the day may come first."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.importers.recognise import recognise
from tests.recognise.conftest import Load, rows

DEALS = (
    "Id;IsDeleted;Name;StageName;Amount;CloseDate;IsClosed;IsWon;OwnerId\n"
    "006000000000001AAA;{no};A;Unterschrieben;100;2026-01-31;{yes};{yes};005000000000001AAA\n"
    "006000000000002AAA;{no};B;Abgesagt;200;2026-01-31;{yes};{no};005000000000001AAA\n"
    "006000000000003AAA;{no};C;Angebot;300;2026-06-30;{no};{no};005000000000001AAA\n"
    "006000000000004AAA;{yes};D;Angebot;400;2026-06-30;{no};{no};005000000000001AAA\n"
)


@pytest.mark.parametrize(("yes", "no"), [("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("true", "false"), ("1", "0")])
def test_truths_of_salesforce(own: Engine, load: Load, tmp_path: Path, yes: str, no: str) -> None:
    path = tmp_path / "Opportunity.csv"
    path.write_text(DEALS.format(yes=yes, no=no))
    load(path)
    assert rows(own, "opportunities", "name", "status", "amount", "closed_on") == [
        ("A", "won", Decimal(100), date(2026, 1, 31)),
        ("B", "lost", Decimal(200), date(2026, 1, 31)),
        ("C", "open", Decimal(300), None),
    ]


def test_consent_in_other_languages(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "Kontakte.csv"
    words = ["Wahr", "Falsch", "ja", "NON", "sim", ""]
    lines = [f"{number};A{number};B;a{number}@x.de;{word}" for number, word in enumerate(words)]
    path.write_text("\n".join(["Kontaktnummer;Vorname;Nachname;E-Mail;Einwilligung", *lines]))
    outcome, _ = load(path)
    assert rows(own, "contacts", "email_consent") == [(True,), (False,), (True,), (False,), (True,), (None,)]
    assert not any("cannot be read" in note.text for note in outcome.notes)


def test_the_other_files_tell_which_of_day_and_month_comes_first(
    own: Engine, load: Load, tmp_path: Path
) -> None:
    head = "Deal ID,Deal Name,Stage,Amount,Close Date\n"
    (tmp_path / "a.csv").write_text(f"{head}1,A,Won,100,01/02/2026\n")
    (tmp_path / "b.csv").write_text(f"{head}2,B,Won,100,13/02/2026\n")
    _, proposal = load(tmp_path / "a.csv", tmp_path / "b.csv")
    assert rows(own, "opportunities", "closed_on") == [(date(2026, 2, 1),), (date(2026, 2, 13),)]
    assert "a.csv, 'Close Date': the day comes first, as in the other files." in proposal.remarks


def test_owners_customers_and_products_that_deals_name_are_made_in_each_language(
    own: Engine, load: Load, tmp_path: Path
) -> None:
    headings = [("Commercial", "Produit"), ("Vendedor", "Produto"), ("Responsable", "Producto")]
    for number, (owner, product) in enumerate(headings):
        path = tmp_path / f"deals{number}.csv"
        path.write_text(
            f"Deal ID,Deal,Stage,Amount,{owner},{product}\n{number},A,Won,1,Ann{number},P{number}\n"
        )
        assert recognise([path])[0].problem is None
        load(path)
    assert rows(own, "users", "name") == [("Ann0",), ("Ann1",), ("Ann2",)]
    assert None not in [key for (key,) in rows(own, "opportunities", "owner_id")]
    assert rows(own, "products", "name") == [("P0",), ("P1",), ("P2",)]
