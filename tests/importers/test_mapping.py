"""A mapping that cannot be meant is refused before anything is read, with the place and what to write."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from crm_data.importers.errors import ImportStopped
from crm_data.importers.mapping import OBJECTS, parse_mapping, read_mapping

START = 'source = "old"\n'
BLOCK = '[[import]]\nobject = "accounts"\nfile = "a.csv"\nid = "Id"\n'
NAME = 'columns = { name = "Name" }\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("source = ", "mapping is not valid TOML"),
        ('source = "a"\nsource = "b"', "mapping is not valid TOML"),
        ("", "mapping: 'source' is missing"),
        ('source = "app"\n' + BLOCK + NAME, "must be a short name of the other system"),
        (f'source = "{"x" * 41}"\n' + BLOCK + NAME, "at most 40 signs"),
        ("source = 5\n" + BLOCK + NAME, "'source' must be text in quotes, not 5"),
        (START, "mapping: 'import' is missing"),
        (START + "import = []", "there is no [[import]]"),
        (START + "import = [5]", "mapping: import 1 must be a table"),
        (START + "[import]\nobject = 'accounts'", "'import' must be a list"),
        (START + "sauce = 1\n" + BLOCK + NAME, "'sauce' is not known here. Did you mean 'source'?"),
        (
            START + BLOCK + NAME + "colums = {}",
            "import 1: 'colums' is not known here. Did you mean 'columns'?",
        ),
        (
            START + BLOCK.replace("accounts", "acounts") + NAME,
            "has no object 'acounts'. Did you mean 'accounts'?",
        ),
        (START + BLOCK.replace("accounts", "audit_log") + NAME, "the CRM has no object 'audit_log'"),
        (START + BLOCK, "'columns' is missing"),
        (START + BLOCK + "columns = {}", "accounts need the columns 'name'"),
        (
            START + BLOCK + 'columns = { nam = "N" }',
            "accounts have no column 'nam' to fill. Did you mean 'name'?",
        ),
        (START + BLOCK + 'columns = { name = "N", version = "V" }', "no column 'version' to fill"),
        (START + BLOCK + "columns = { name = 5 }", "column 'name' must be a table"),
        (START + BLOCK + "columns = { name = {} }", "give exactly one of heading, template and value"),
        (START + BLOCK + 'columns = { name = { heading = "N", value = "x" } }', "exactly one of"),
        (START + BLOCK + 'columns = { name = { template = "N" } }', "the template names no {heading}"),
        (START + BLOCK + 'columns = { name = { heading = "N", mapp = {} } }', "Did you mean 'map'?"),
        (START + BLOCK + 'columns = { name = { heading = "N", map = "x" } }', "there is no [maps.x]"),
        (
            START + BLOCK + 'columns = { name = { heading = "N", map = { a = 1 } } }',
            "'map' is a table of texts",
        ),
        (
            START + BLOCK + 'columns = { name = { heading = "N", by = "name" } }',
            "'by' is for columns that refer",
        ),
        (START + BLOCK + 'columns = { name = { heading = "N", times = 2 } }', "name is none"),
        (
            START + BLOCK + 'columns = { name = "N", parent_id = { heading = "P", by = "nam" } }',
            "Did you mean 'name'?",
        ),
        (
            START + BLOCK + 'columns = { name = "N", parent_id = { heading = "P", missing = "drop" } }',
            "must be one of",
        ),
        (
            START + BLOCK + 'columns = { name = "N", currency = { value = "US$" } }',
            "'US$' is no currency code",
        ),
        (START + BLOCK + 'currency = "Dollar"\n' + NAME, "'Dollar' is no currency code"),
        (
            START + BLOCK + 'columns = { name = "N", employees = { value = "many" } }',
            "'many' is not a number",
        ),
        (
            START + BLOCK + 'columns = { name = "N", employees = { heading = "E", times = "2" } }',
            "must be a number",
        ),
        (START + BLOCK + NAME + 'decimal = ","\nthousands = ","', "must be two different signs"),
        (START + BLOCK + NAME + 'dates = "dd.mm.yyyy"', "is not a date format"),
        (START + BLOCK + NAME + "dates = [1]", "must be a text or a list of texts"),
        (START + BLOCK + NAME + 'time_zone = "Berlin"', "'Berlin' is not a time zone"),
        (START + BLOCK + NAME + 'time_zone = "../../etc/passwd"', "is not a time zone"),
        (START + BLOCK + NAME + 'encoding = "utf-9"', "'utf-9' is not an encoding"),
        (START + BLOCK + NAME + 'delimiter = ";;"', "'delimiter' must be a single sign"),
        (START + BLOCK + NAME + "heading_line = 0", "'heading_line' counts from 1"),
        (START + BLOCK + NAME + "heading_line = true", "must be a whole number"),
        (START + BLOCK.replace('id = "Id"\n', "") + NAME, "name the heading that identifies a row"),
        (
            START + BLOCK.replace("accounts", "teams") + 'columns = { name = "N" }\ncustom = { a = "b" }',
            "no place for custom",
        ),
        (
            START + "organisation = { base_currency = 'Euro' }\n" + BLOCK + NAME,
            "'Euro' is not a currency code",
        ),
        (START + "organisation = { time_zone = 'Mars' }\n" + BLOCK + NAME, "'Mars' is not a time zone"),
        (START + "organisation = { week_start = 8 }\n" + BLOCK + NAME, "week_start is 1 (Monday) to 7"),
        (
            START + "organisation = { fiscal_calendar = '454' }\n" + BLOCK + NAME,
            "must be one of 'months', '445'",
        ),
    ],
    ids=range(48),
)
def test_what_is_wrong_is_said(text: str, says: str) -> None:
    with pytest.raises(ImportStopped) as stopped:
        parse_mapping(text)
    message = str(stopped.value)
    assert says in message
    assert "\n" not in message


def test_a_required_reference_cannot_be_kept_empty() -> None:
    text = '[[import]]\nobject = "emails"\nfile = "e.csv"\nid = "Id"\n[import.columns]\nsent_at = "S"\n'
    with pytest.raises(ImportStopped, match='contact_id is required, so missing = "keep" cannot be'):
        parse_mapping(START + text + 'contact_id = { heading = "C", missing = "keep" }')


def test_a_file_that_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(ImportStopped, match="cannot be read: No such file"):
        read_mapping(tmp_path / "none.toml")
    (tmp_path / "a.toml").write_bytes(b'source = "\xff"')
    with pytest.raises(ImportStopped, match="is not UTF-8 text"):
        read_mapping(tmp_path / "a.toml")
    (tmp_path / "a.toml").write_text("a = " + "[" * 5000)
    with pytest.raises(ImportStopped, match="is not valid TOML"):
        read_mapping(tmp_path / "a.toml")


def test_formats_come_from_the_nearest_place() -> None:
    mapping = parse_mapping(
        START
        + 'decimal = ","\nthousands = "."\ndates = "%d.%m.%Y"\nencoding = "cp1252"\n'
        + BLOCK
        + 'dates = ["iso", "excel"]\ndelimiter = ";"\n'
        + 'columns = { name = "N", annual_revenue = { heading = "R", decimal = ".", thousands = "" }, '
        + 'created_on = "C", currency = { value = "eur" } }'
    )
    (block,) = mapping.blocks
    fields = {field.column.name: field for field in block.fields}
    assert (block.file.encoding, block.file.delimiter) == ("cp1252", ";")
    assert fields["created_on"].cells.dates == ("iso", "excel")
    assert fields["created_on"].cells.decimal == ","
    assert (fields["annual_revenue"].cells.decimal, fields["annual_revenue"].cells.thousands) == (".", "")


def test_factors_are_exact() -> None:
    mapping = parse_mapping(
        START + BLOCK + 'columns = { name = "N", annual_revenue = { heading = "R", times = 0.1 } }'
    )
    assert mapping.blocks[0].fields[1].times == Decimal("0.1")


def test_every_object_with_a_source_can_be_filled() -> None:
    """A mapping of all columns of each object is accepted."""
    for name, table in OBJECTS.items():
        columns = [
            c.name
            for c in table.c
            if c.name not in ("id", "source_system", "source_id", "version", "updated_at", "custom")
        ]
        listed = ", ".join(f'{column} = "{column}"' for column in columns)
        mapping = parse_mapping(START + BLOCK.replace("accounts", name) + f"columns = {{ {listed} }}")
        assert [field.column.name for field in mapping.blocks[0].fields] == columns
