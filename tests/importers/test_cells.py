"""Each cell becomes the right value, or a reason; nothing is guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_data.importers.cells import as_text, converter
from crm_data.importers.errors import UnknownCurrency, Unreadable
from crm_data.importers.formats import CellFormat
from crm_data.schema import metadata

UTC_ZONE = ZoneInfo("UTC")
GERMAN = CellFormat(decimal=",", thousands=".")
ENGLISH = CellFormat(thousands=",")


def read(column: str, cell: Any, cells: CellFormat | None = None, zone: str = "UTC", times: str = "1") -> Any:
    table, name = column.split(".")
    found = metadata.tables[table].c[name]
    return converter(found, cells or CellFormat(), ZoneInfo(zone), Decimal(times))(cell)


@pytest.mark.parametrize(
    ("cell", "cells", "amount"),
    [
        ("1054", None, "1054"),
        (" 1054.50 ", None, "1054.5"),
        ("-0.0001", None, "-0.0001"),
        ("+5.", None, "5"),
        (".5", None, "0.5"),
        ("$22700.00", None, "22700"),
        ("22 €", None, "22"),
        ("(12.50)", None, "-12.5"),
        ("−3", None, "-3"),
        ("1.234.567,89", GERMAN, "1234567.89"),
        ("1.234", GERMAN, "1234"),
        ("€ 1.234,5", GERMAN, "1234.5"),
        ("$1,117.10", ENGLISH, "1117.1"),
        ("1,00,000", ENGLISH, "100000"),
        ("1\u202f234,50", CellFormat(decimal=",", thousands=" "), "1234.5"),
        ("1\u00a0234", CellFormat(thousands=" "), "1234"),
        ("1'234.50", CellFormat(thousands="'"), "1234.5"),
        (1100.04, None, "1100.04"),
        (0.1 + 0.2, None, "0.3"),
        (7, None, "7"),
        (Decimal("2.50"), None, "2.5"),
        ("999999999999999.9999", None, "999999999999999.9999"),
    ],
)
def test_amounts(cell: Any, cells: CellFormat | None, amount: str) -> None:
    assert read("opportunities.amount", cell, cells) == Decimal(amount)


@pytest.mark.parametrize(
    ("cell", "cells"),
    [
        ("1,234.50", None),
        ("1.234,50", None),
        ("12,34", ENGLISH),
        ("1,2345", ENGLISH),
        (",123", ENGLISH),
        ("1.5", GERMAN),
        ("1,5,3", GERMAN),
        ("12 34", None),
        ("1e5", None),
        ("1.23E+05", None),
        ("NaN", None),
        ("inf", None),
        (float("-inf"), None),
        (True, None),
        ("٣", None),
        ("１２", None),
        ("$1,117.10K", ENGLISH),
        ("5%", None),
        ("--5", None),
        ("=1+1", None),
        ("1_000", None),
        ("0x10", None),
        ("12.34567", None),
        ("1000000000000000", None),
        pytest.param("9" * 5000, None, id="5000 digits"),
        ("-", None),
        ("()", None),
        (date(2026, 1, 1), None),
    ],
)
def test_no_amounts(cell: Any, cells: CellFormat | None) -> None:
    with pytest.raises(Unreadable):
        read("opportunities.amount", cell, cells)


@given(st.decimals(-(10**14), 10**14, places=4), st.sampled_from([GERMAN, ENGLISH, CellFormat()]))
def test_every_amount_written_comes_back(amount: Decimal, cells: CellFormat) -> None:
    grouped = f"{amount:,.4f}" if cells.thousands else f"{amount:.4f}"
    written = grouped.translate(str.maketrans(",.", (cells.thousands or ",") + cells.decimal))
    assert read("opportunities.amount", written, cells) == amount


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("accounts.employees", "12.0", 12),
        ("accounts.employees", 13.0, 13),
        ("opportunities.probability", "60%", 0.6),
        ("opportunities.probability", "0.25", 0.25),
        ("exchange_rates.rate", "1.0835", Decimal("1.0835")),
        ("exchange_rates.rate", "0.33333333333333", Decimal("0.333333333")),
        ("targets.target", "1.23456789", 1.234568),
        ("contacts.email_consent", "Yes", True),
        ("contacts.email_consent", "0", False),
        ("contacts.email_consent", False, False),
        ("opportunities.currency", "usd", "USD"),
        ("accounts.country", "de", "DE"),
        ("accounts.country", "united STATES", "US"),
        ("opportunities.status", "WON", "won"),
        ("surveys.kind", "csat", "CSAT"),
        ("accounts.name", "  Acme\u00a0", "Acme"),
        ("accounts.name", "Zoe\u0308", "Zoë"),
        ("accounts.name", 123.0, "123"),
        ("accounts.name", 0.1, "0.1"),
        ("accounts.name", True, "true"),
        ("accounts.name", date(2026, 1, 2), "2026-01-02"),
        ("accounts.name", time(9, 30), "09:30:00"),
        ("case_comments.body", "=HYPERLINK(1)", "=HYPERLINK(1)"),
        pytest.param("case_comments.body", "x" * 100_000, "x" * 100_000, id="long text"),
    ],
)
def test_other_values(column: str, cell: Any, value: Any) -> None:
    found = read(column, cell)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("accounts.employees", "12.5", "is not a whole number"),
        ("accounts.employees", "2147483648", "is too large"),
        ("accounts.employees", "5%", "is not a number"),
        pytest.param("opportunities.probability", "1" + "0" * 400, "is too large", id="400 digits"),
        ("exchange_rates.rate", "10000000000", "is too large"),
        ("targets.target", "1" + "0" * 13, "is too large"),
        ("contacts.email_consent", "maybe", "is neither yes nor no"),
        ("accounts.country", "Philipines", "is no country"),
        ("accounts.country", "ZZ", "is no country"),
        ("opportunities.status", "Engaging", "is none of 'open', 'won', 'lost'"),
        pytest.param("accounts.name", "x" * 301, "is longer than 300 characters", id="long name"),
        ("accounts.name", "Ac\0me", "holds a NUL byte"),
    ],
)
def test_other_reasons(column: str, cell: Any, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(column, cell)


@pytest.mark.parametrize("code", ["", "US", "USDD", "XXX", "XTS", "€", "ZZZ", "US$"])
def test_unknown_currencies(code: str) -> None:
    with pytest.raises(UnknownCurrency):
        read("opportunities.currency", code)


def test_a_factor_is_exact() -> None:
    assert read("activities.minutes", "180000", times="0.0000166666666666666667") == 3
    assert read("accounts.annual_revenue", "1100.04", times="1000000") == Decimal(1_100_040_000)
    with pytest.raises(Unreadable, match="is too large"):
        read("accounts.annual_revenue", "1" + "0" * 14, times="1000")


@pytest.mark.parametrize(
    ("cell", "dates", "day"),
    [
        ("2017-03-01", "iso", date(2017, 3, 1)),
        ("2024-02-29T23:30:00.000+0000", "iso", date(2024, 3, 1)),  # in Berlin
        ("2024-02-29 23:30:00", "iso", date(2024, 2, 29)),
        ("31.12.2025", "%d.%m.%Y", date(2025, 12, 31)),
        ("5/20/2024 7:42", "%m/%d/%Y %H:%M", date(2024, 5, 20)),
        ("15 Apr, 2021 00:03:00", "%d %b, %Y %H:%M:%S", date(2021, 4, 15)),
        ("44927", "excel", date(2023, 1, 1)),
        ("44927.99", "excel", date(2023, 1, 1)),
        ("1700000000", "epoch", date(2023, 11, 14)),
        ("1700000000000", "epoch_ms", date(2023, 11, 14)),
        (date(2026, 1, 2), "iso", date(2026, 1, 2)),
        (datetime(2026, 1, 2, 23, 59), "iso", date(2026, 1, 2)),  # noqa: DTZ001
    ],
)
def test_days(cell: Any, dates: str, day: date) -> None:
    assert read("opportunities.opened_on", cell, CellFormat(dates=(dates,)), "Europe/Berlin") == day


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-31",
        "20226-01-01",
        "2026-13-01",
        "2026-1-5",
        "20260105",
        "2026-W01-1",
        "44927",
        "0001-01-01",
        "1899-12-31",
        "9999-12-31",
        "2200-01-01",
        "0000-00-00",
        "01/02/2026",
        "today",
        44928,
        time(9, 30),
    ],
)
def test_no_days(cell: Any) -> None:
    with pytest.raises(Unreadable):
        read("opportunities.opened_on", cell)


@pytest.mark.parametrize(
    ("cell", "dates"), [("1e400", "excel"), ("nan", "excel"), ("9" * 30, "epoch"), ("-1", "excel")]
)
def test_no_serial_days(cell: str, dates: str) -> None:
    with pytest.raises(Unreadable):
        read("opportunities.opened_on", cell, CellFormat(dates=(dates,)))


def test_several_formats_are_tried_in_turn() -> None:
    cells = CellFormat(dates=("iso", "%d.%m.%Y", "excel"))
    found = {read("opportunities.opened_on", cell, cells) for cell in ("2023-01-01", "01.01.2023", "44927")}
    assert found == {date(2023, 1, 1)}


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2026-07-01 12:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-01-01", datetime(2025, 12, 31, 23, tzinfo=UTC)),
        ("2010-10-14T12:00:00.000Z", datetime(2010, 10, 14, 12, tzinfo=UTC)),
        ("2024-01-22T16:14:25.000+0000", datetime(2024, 1, 22, 16, 14, 25, tzinfo=UTC)),
        ("2026-07-01T12:00:00-05:00", datetime(2026, 7, 1, 17, tzinfo=UTC)),
        ("1900-01-01", datetime(1899, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_instants(cell: str, instant: datetime) -> None:
    assert read("leads.created_at", cell, zone="Europe/Berlin") == instant


@given(st.text() | st.floats() | st.integers() | st.booleans() | st.dates() | st.times() | st.timedeltas())
def test_any_cell_is_a_value_or_a_reason(cell: Any) -> None:
    """Whatever stands in a cell: no other error, and no value that the column cannot hold."""
    for table in metadata.sorted_tables:
        for column in table.c:
            if str(column.type) == "JSON":
                continue
            try:
                value = converter(column, ENGLISH, UTC_ZONE)(cell)
            except Unreadable:
                continue
            assert value is not None
            assert not isinstance(value, str) or "\0" not in value
    assert isinstance(as_text(cell), str)
