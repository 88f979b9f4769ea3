"""What docs/import.md says is true: its examples are accepted, and it leaves no option out."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from crm_data.engine import ROOT
from crm_data.importers.field import COLUMN_OPTIONS
from crm_data.importers.formats import CELL_OPTIONS, FILE_OPTIONS
from crm_data.importers.mapping import BLOCK_OPTIONS, SETTINGS, TOP_OPTIONS, read_mapping
from crm_data.schema.customers import accounts
from crm_data.schema.organisation import users
from crm_data.schema.sales import opportunities
from tests.importers.desk import Desk, counts, write_workbook

TEXT = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def section(title: str) -> str:
    return TEXT.split(f"### {title}\n")[1].split("\n### ")[0]


@pytest.mark.parametrize(
    ("title", "options"),
    [
        ("At the top", set(TOP_OPTIONS) - {*CELL_OPTIONS, *FILE_OPTIONS}),
        ("In each `[[import]]`", set(BLOCK_OPTIONS) - {*CELL_OPTIONS, *FILE_OPTIONS}),
        ("How files are laid out", set(FILE_OPTIONS)),
        ("How cells are written", set(CELL_OPTIONS)),
        ("In each column", set(COLUMN_OPTIONS) - set(CELL_OPTIONS)),
    ],
    ids=["top", "import", "files", "cells", "columns"],
)
def test_every_option_is_explained_and_no_other(title: str, options: set[str]) -> None:
    rows = re.findall(r"^\| `\[*(\w+)[^`]*` \|", section(title), re.MULTILINE)
    assert set(rows) == options
    assert len(rows) == len(options)


def test_every_setting_is_named() -> None:
    assert all(f"`{name}`" in section("At the top") for name in SETTINGS)


def test_every_shipped_mapping_is_valid() -> None:
    shipped = sorted((ROOT / "docs" / "examples").glob("*.toml"))
    assert shipped
    for path in shipped:
        assert read_mapping(path).source == path.stem


def test_the_example_imports_what_it_says(desk: Desk) -> None:
    """Files as the example expects them, read with the example itself."""
    (example,) = EXAMPLES
    with desk.crm.begin() as connection:
        connection.execute(users.insert().values(name="Ann", email="ann@example.com"))
    desk.put(
        "customers_2026.csv",
        """
        Customer no.;Company;Country;Parent customer no.;VAT ID
        7;Fisch & Söhne;Deutschland;8;DE1
        8;Holding;CH;;
        """,
    )
    heading = [
        "Year",
        "Number",
        "Title",
        "Customer",
        "Salesperson",
        "Phase",
        "Result",
        "Value",
        "Chance (%)",
        "Created",
    ]
    rows: list[list[object]] = [
        [*heading],
        [
            2026,
            1,
            "Big",
            "Holding",
            "ann@example.com",
            "20 - Angebot",
            "gewonnen",
            "1.234,50",
            90,
            "31.01.2026",
        ],
        [2026, 2, "Odd", "Nobody", "ann@example.com", "10 - Kontakt", "läuft", "9", "?", "2026-02-01"],
    ]
    write_workbook(desk.folder / "deals.xlsx", rows, "Open and closed")
    outcome = desk.load(example)
    assert outcome.report is None
    assert counts(outcome, "opportunities") == (2, 2, 0, 0, 0, 0)
    assert desk.rows(accounts, "source_id", "country", "custom") == [
        ("7", "DE", {"Tax no.": "DE1"}),
        ("8", "CH", None),
    ]
    assert desk.rows(opportunities, "source_id", "stage", "status", "amount", "probability", "opened_on") == [
        ("2026-1", "Offer", "won", Decimal("1234.5"), 0.9, date(2026, 1, 31)),
        ("2026-2", "Contact", "open", None, None, date(2026, 2, 1)),
    ]
