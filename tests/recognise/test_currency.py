"""The currency of amounts: a column's, else the sign's beside it, else the heading's, else the CRM's."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from crm_data.importers.errors import ImportStopped
from crm_data.importers.formats import CellFormat
from crm_data.importers.mapping import parse_mapping
from crm_data.importers.numbers import parse_number
from crm_data.importers.reader import Reader
from crm_data.importers.recognise import propose, recognise
from crm_data.reconcile.cells import saying
from tests.recognise.conftest import Load, rows


def deals(folder: Path, *cells: str, headings: str = "Amount") -> Path:
    path = folder / "deals.csv"
    lines = [f"Deal ID;Deal Name;Stage;Close Date;{headings}"]
    lines += [f"{key};Deal {key};Won;2026-02-01;{row}" for key, row in enumerate(cells, 1)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def money(engine: Engine) -> list[tuple[object, ...]]:
    return rows(engine, "opportunities", "amount", "currency")


def test_each_amount_has_the_currency_beside_it(own: Engine, load: Load, tmp_path: Path) -> None:
    _, proposal = load(
        deals(tmp_path, "$5,000.00", "€100.00", "7.50 GBP", "R$ 2.00", "10.00"), currency="EUR"
    )
    assert money(own) == [
        (Decimal(5000), "USD"),
        (Decimal(100), "EUR"),
        (Decimal("7.5"), "GBP"),
        (Decimal(2), "BRL"),
        (Decimal(10), "EUR"),
    ]
    (said,) = [remark for remark in proposal.remarks if "beside each amount" in remark]
    assert said == (
        "deals.csv: the currency is read beside each amount: '$' is USD (1 row), '€' is EUR (1 row), "
        "'GBP' is GBP (1 row), 'R$' is BRL (1 row), without any it is EUR (1 row)."
    )


@pytest.mark.parametrize(
    ("books", "sign", "meant", "told"),
    [
        ("EUR", "$", "USD", True),
        ("USD", "$", "USD", False),
        ("CAD", "$", "CAD", False),
        ("CAD", "US$", "USD", True),
        ("CNY", "¥", "CNY", False),
        ("EUR", "¥", "JPY", True),
        (None, "£", "GBP", False),
    ],
)
def test_a_sign_of_several_currencies_is_that_of_the_books(
    own: Engine, load: Load, tmp_path: Path, books: str | None, sign: str, meant: str, told: bool
) -> None:
    _, proposal = load(deals(tmp_path, f"{sign}5", f"{sign} 7"), currency=books)
    assert money(own) == [(Decimal(5), meant), (Decimal(7), meant)]
    assert any("beside each amount" in remark for remark in proposal.remarks) is told
    assert not any("No file says" in remark for remark in proposal.remarks)
    assert proposal.mapping.organisation == {"base_currency": books or meant}


@pytest.mark.parametrize(
    "heading",
    ["Amount (EUR)", "Amount [€]", "Amount in EUR", "Amount EUR", "Amount €", "amount_eur", "BETRAG EUR"],
)
def test_a_heading_may_name_the_currency(own: Engine, load: Load, tmp_path: Path, heading: str) -> None:
    path = deals(tmp_path, "5", "$7", headings=heading)
    (found,) = recognise([path])
    assert "opportunities.amount" in {one for column in found.columns for one in column.becomes}
    _, proposal = load(path, currency="GBP")
    assert money(own) == [(Decimal(5), "EUR"), (Decimal(7), "USD")]
    assert any("without any it is EUR" in remark for remark in proposal.remarks)


def test_the_currency_of_a_heading_alone(own: Engine, load: Load, tmp_path: Path) -> None:
    _, proposal = load(deals(tmp_path, "5;6", headings="Amount (EUR);Amount (USD)"), currency="GBP")
    assert money(own) == [(Decimal(5), "EUR")]
    assert "deals.csv: the amounts are EUR, as the heading 'Amount (EUR)' says." in proposal.remarks
    assert "deals.csv: 'Amount (USD)' is not read, since 'Amount (EUR)' is." in proposal.remarks


@pytest.mark.parametrize("heading", ["Amount (k€)", "Amount TEUR", "Amount (thousands)"])
def test_thousands_are_no_currency(tmp_path: Path, heading: str) -> None:
    proposal = propose(recognise([deals(tmp_path, "5", headings=heading)]))
    assert any("amount: no column is taken for it" in remark for remark in proposal.remarks)


def test_a_column_counts_and_what_contradicts_it_is_said(own: Engine, load: Load, tmp_path: Path) -> None:
    cells = ["$5;EUR", "$6;USD", "$7;CAD", "8;EUR", "9;", "€10;Euro"]
    _, proposal = load(deals(tmp_path, *cells, headings="Amount;Currency"), currency="GBP")
    assert [currency for _, currency in money(own)] == ["EUR", "USD", "CAD", "EUR", "GBP", "EUR"]
    against = (
        "deals.csv: in 1 row the amount or its heading says another currency than 'Currency', which counts."
    )
    assert against in proposal.remarks
    assert "deals.csv: 1 row with an amount and no 'Currency' taken as GBP." in proposal.remarks


def test_an_unknown_sign_stops_and_no_number_costs_its_row(own: Engine, load: Load, tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match="currency '₵' is no currency code"):
        load(deals(tmp_path, "$5", "₵7"))
    with pytest.raises(ImportStopped, match="no currency code"):
        load(deals(tmp_path, "$5", "$7 €"))
    outcome, _ = load(deals(tmp_path, "$5", "seven", "5 EUR USD", ""), currency="EUR")
    assert outcome.objects["opportunities"].rejected == 2
    assert money(own) == [(Decimal(5), "USD"), (None, "EUR")]


def test_signs_after_the_rows_looked_at_count_too(tmp_path: Path) -> None:
    path = deals(tmp_path, *["5"] * 20_001)
    mapping = propose(recognise([path]), currency="EUR").mapping
    (field,) = [field for field in mapping.blocks[-1].fields if field.column.name == "currency"]
    read = Reader(field, {"Amount": 0}, ZoneInfo("UTC")).read
    assert [read([cell]) for cell in ("5", "$5", "5 GBP")] == ["EUR", "USD", "GBP"]


def test_invoices_have_the_currency_of_their_lines(own: Engine, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    path.write_text(
        "Invoice number;Customer;Invoice date;Amount\n1;Acme;2026-01-02;$5\n2;Bolt;2026-01-03;6 €\n"
    )
    load(path, currency="GBP")
    assert rows(own, "invoices", "number", "currency") == [("1", "USD"), ("2", "EUR")]


def test_files_without_any_are_in_the_books_currency(own: Engine, load: Load, tmp_path: Path) -> None:
    _, proposal = load(deals(tmp_path, "5"))
    assert "No file says the currency of its amounts: they are taken as USD." in proposal.remarks
    assert money(own) == [(Decimal(5), "USD")]


@pytest.mark.parametrize(
    ("text", "meant"),
    [("CA$5", 5), ("US$ 5", 5), ("5 zł", 5), ("R$5", 5), ("5Kč", 5), ("-$5", -5), ("($5)", -5), ("A$5", 5)],
)
def test_signs_of_several_letters(text: str, meant: int) -> None:
    assert parse_number(text, CellFormat()) == meant


MAPPING = """\
source = "x"
[[import]]
object = "opportunities"
file = "x.csv"
id = "Id"
[import.columns]
name = "N"
stage = "S"
status = "S"
amount = "A"
currency = { heading = "A", signs = { "$" = "CAD" }, map = { "" = "EUR" } }
"""


def test_the_comparison_reads_the_same_currencies() -> None:
    """By a reader of its own, which must not agree by chance: each text has one right answer."""
    fields = parse_mapping(MAPPING).blocks[0].fields
    field = next(field for field in fields if field.column.name == "currency")
    meant = {"$5": "CAD", "5 USD": "USD", "US$5": "USD", "7": "EUR", "€7": "EUR", "usd 7": "USD", "": "EUR"}
    read, say = Reader(field, {"A": 0}, ZoneInfo("UTC")).read, saying(field, {"A": 0})
    assert {text: read([text]) for text in meant} == meant
    assert {text: say([text]) for text in meant} == meant
    with pytest.raises(ImportStopped, match="'signs' is for currencies"):
        parse_mapping(MAPPING.replace('amount = "A"', 'amount = { heading = "A", signs = {} }'))
    with pytest.raises(ImportStopped, match="'dollars' is not a currency code"):
        parse_mapping(MAPPING.replace('"CAD"', '"dollars"'))
