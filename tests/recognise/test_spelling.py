"""How dates and numbers are written is told from whole columns; what cannot be told is said."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from crm_data.importers.cells import converter
from crm_data.importers.errors import Unreadable
from crm_data.importers.formats import CellFormat
from crm_data.importers.numbers import parse_number
from crm_data.importers.recognise import Override, propose, recognise
from crm_data.importers.recognise.spelling import date_spelling, number_spelling
from crm_data.schema import metadata
from tests.recognise.conftest import Load

t = metadata.tables


def days(count: int = 400) -> list[datetime]:
    chance = random.Random(3)
    return [datetime(2020, 1, 1) + timedelta(minutes=chance.randrange(3_000_000)) for _ in range(count)]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("pattern", "day_first"),
    [
        ("%d/%m/%Y", True),
        ("%m/%d/%Y", False),
        ("%d.%m.%y", True),
        ("%d-%m-%Y %H:%M", True),
        ("%m/%d/%y %I:%M %p", False),
        ("%m/%d/%Y %I:%M:%S%p", False),
        ("%d.%m.%Y, %H:%M:%S", True),
        ("%d/%m/%Y %H:%M:%S.%f", True),
        ("%d %b, %Y %H:%M:%S", None),
        ("%b %d, %Y", None),
        ("%d %B %Y", None),
        ("%d-%b-%Y", None),
        ("%Y/%m/%d %H:%M", None),
        ("%Y-%m-%dT%H:%M:%S.000+0000", None),
        ("%Y-%m-%d %H:%M:%S", None),
        ("%Y-%m-%d", None),
    ],
)
def test_dates_are_read_as_they_were_written(pattern: str, day_first: bool | None) -> None:
    moments = days()
    found = date_spelling([moment.strftime(pattern) for moment in moments])
    assert (found.day_first, found.ordered) == (day_first, day_first is not None)
    assert not found.unread
    cells = CellFormat(dates=found.formats(bool(found.day_first)))
    read = converter(t["opportunities"].c.closed_on, cells, UTC)  # type: ignore[arg-type]
    for moment in moments:
        assert read(moment.strftime(pattern)) == moment.date()


def test_numbers_of_one_sign_without_leading_zeros() -> None:
    found = date_spelling(["5/20/2024 7:42", "12/1/2024 11:02"])
    assert found.formats(bool(found.day_first)) == ("%m/%d/%Y %H:%M",)
    assert found.day_first is False


@pytest.mark.parametrize(
    ("texts", "kind", "meant"),
    [
        (["45000", "45123.5"], "excel", date(2023, 3, 15)),
        (["1700000000", "1500000000"], "epoch", date(2023, 11, 14)),
        (["1700000000000"], "epoch_ms", date(2023, 11, 14)),
    ],
)
def test_counts_of_days_and_seconds(texts: list[str], kind: str, meant: date) -> None:
    assert date_spelling(texts).patterns == (kind,)
    read = converter(t["opportunities"].c.closed_on, CellFormat(dates=(kind,)), UTC)  # type: ignore[arg-type]
    assert read(texts[0]) == meant


def test_one_column_that_tells_is_enough_for_the_other(tmp_path: Path, own: Engine, load: Load) -> None:
    """03/04/2026 alone could be two days; the file's other dates say which."""
    (tmp_path / "deals.csv").write_text(
        "Deal ID,Deal name,Stage,Amount,Created on,Close date\n"
        "1,A,Won,10,03/04/2026,25/04/2026\n2,B,Lost,20,05/06/2026,30/06/2026\n"
    )
    _, proposal = load(tmp_path / "deals.csv")
    with own.connect() as connection:
        found = list(connection.execute(select(t["opportunities"].c.opened_on)).scalars())
    assert found == [date(2026, 4, 3), date(2026, 6, 5)]
    said = " ".join(proposal.remarks)
    assert "'Created on': the day comes first, as in the file's other dates" in said
    assert "'Close date': the day comes first, as in 25/04/2026" in said


def test_what_cannot_be_told_is_said_and_may_be_contradicted(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "Deal ID,Deal name,Stage,Amount,Close date\n1,A,Won,10,03/04/2026\n2,B,Lost,20,05/06/2026\n"
    )
    found = recognise([path])
    guessed = propose(found)
    assert any("could be read in two ways" in remark and "guess" in remark for remark in guessed.remarks)
    assert '"%m/%d/%Y"' in guessed.text
    said = propose(found, [Override("deals.csv", day_first=True)])
    assert '"%d/%m/%Y"' in said.text
    assert not any("two ways" in remark for remark in said.remarks)


def test_the_end_of_a_long_column_counts(tmp_path: Path) -> None:
    """Only the last of 30,000 dates tells that the day comes first."""
    lines = [f"{i},Deal {i},Won,10,0{1 + i % 9}/0{1 + i % 8}/2026" for i in range(30_000)]
    path = tmp_path / "deals.csv"
    path.write_text(
        "\n".join(["Deal ID,Deal name,Stage,Amount,Close date", *lines, "x,Last,Won,10,28/02/2026"])
    )
    proposal = propose(recognise([path]))
    assert '"%d/%m/%Y"' in proposal.text
    assert any("the day comes first, as in 28/02/2026" in remark for remark in proposal.remarks)


def test_both_orders_in_one_column_are_said() -> None:
    found = date_spelling(["25/04/2026", "26/04/2026", "04/25/2026"])
    assert found.mixed
    assert found.day_first


NUMBERS: list[tuple[list[str], list[str]]] = [
    (["$22,700.00", "$1.50", "$1,117.10"], ["22700.00", "1.50", "1117.10"]),
    (["1.234,56 €", "12,00 €", "7 €"], ["1234.56", "12.00", "7"]),
    (["1.234.567", "12.000"], ["1234567", "12000"]),
    (["1 234,5", "12\u00a0345,75", "3"], ["1234.5", "12345.75", "3"]),
    (["1'234.50", "10.00"], ["1234.50", "10.00"]),
    (["(500)", "1,250.00", "-3"], ["-500", "1250.00", "-3"]),
    (["$1,117.10K", "$2.5M", "$10.00"], ["1117100.0", "2500000.0", "10.00"]),
    (["EUR 1,234.50", "USD 2.00"], ["1234.50", "2.00"]),
    (["0.125", "12.5"], ["0.125", "12.5"]),
    (["12,5", "1234,75"], ["12.5", "1234.75"]),
    (["1,234,567", "1,000"], ["1234567", "1000"]),
    (["1,234", "950.50"], ["1234", "950.50"]),
    (["1.234", "950,50"], ["1234", "950.50"]),
    (["R$ 1.234,50", "US$ 7,00"], ["1234.50", "7.00"]),
]


@pytest.mark.parametrize(("written", "meant"), NUMBERS)
def test_money_in_every_spelling(written: list[str], meant: list[str]) -> None:
    found = number_spelling(written)
    cells = CellFormat(decimal=found.decimal, thousands=found.thousands, abbreviated=found.abbreviated)
    assert [parse_number(text, cells) for text in written] == [Decimal(text) for text in meant]
    assert not found.example


def test_a_number_that_could_be_two_is_said() -> None:
    assert number_spelling(["1,234"]).example == "1,234"
    assert number_spelling(["1,234", "5,50"]).example == ""
    assert number_spelling(["1.234"]).example == "1.234"


def test_two_decimal_signs_in_a_column_are_said(tmp_path: Path) -> None:
    assert number_spelling(["12.5", "12,5", "9.75"]).mixed
    assert not number_spelling(["1,234", "950.50"]).mixed
    path = tmp_path / "deals.csv"
    path.write_text(
        "Deal ID;Deal name;Stage;Amount;Close date\n1;A;Won;12,5;2026-04-03\n2;B;Won;9.75;2026-04-03\n"
    )
    assert any("amount: some numbers have a comma" in remark for remark in propose(recognise([path])).remarks)


@pytest.mark.parametrize("text", ["1,2,3", "12K", "abc", "1.2.3,4", "--5", "5 EUROS"])
def test_what_is_no_number_stays_none(text: str) -> None:
    with pytest.raises(Unreadable):
        parse_number(text, CellFormat(thousands=","))


@pytest.mark.parametrize(
    ("text", "pattern", "meant"),
    [
        ("0", "months before 2024-08-31", date(2024, 8, 31)),
        ("6", "months before 2024-08-31", date(2024, 2, 29)),
        ("18", "months before 2024-08-31", date(2023, 2, 28)),
        ("8", "months before 2024-08-31", date(2023, 12, 31)),
        ("31", "days before 2024-08-31", date(2024, 7, 31)),
    ],
)
def test_time_that_has_passed_since(text: str, pattern: str, meant: date) -> None:
    read: Callable[[str], date] = converter(t["memberships"].c.started_on, CellFormat(dates=(pattern,)), UTC)  # type: ignore[arg-type]
    assert read(text) == meant
    with pytest.raises(Unreadable):
        read("1.5")
