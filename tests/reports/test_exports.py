"""Reports in files: the figures are those of the tiles, and no name is ever run."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest
from pypdf import PdfReader

from crm_data.warehouse import Copy
from kpis import DEFINITIONS, Question, ask
from kpis.defuse import defused
from kpis.formats import Formats
from kpis.reports import REPORTS, Document
from kpis.reports.flat import as_csv
from kpis.reports.paper import pdf
from kpis.reports.sheet import xlsx
from tests.reports.conftest import HOSTILE, TODAY, YEAR, Written

EVERY = pytest.mark.parametrize("name", REPORTS)


def squeezed(text: str) -> str:
    """Text without what a line break or a font may add."""
    return "".join(text.split()).replace("\u200b", "").replace("\xad", "")


def paper(document: Document, formats: Formats) -> str:
    reader = PdfReader(io.BytesIO(pdf(document, formats)))
    return "\n".join(page.extract_text() for page in reader.pages)


@EVERY
def test_the_workbook_has_the_figures_of_the_tiles(
    written: Written, copy: Copy, formats: Formats, name: str
) -> None:
    document = written(name)
    book = openpyxl.load_workbook(io.BytesIO(xlsx(document, formats)))
    rows = {row[1]: row for row in book["Summary"].iter_rows(min_row=7, values_only=True) if row[1]}
    keys = tuple(one.key for one in document.readings)
    assert len(keys) >= 3
    for tile in ask(copy, Question(keys, YEAR, TODAY))[0]:
        assert rows[tile.key][2] == pytest.approx(tile.value)
        assert rows[tile.key][6] == tile.n
        assert rows[tile.key][7:9] == (datetime(2026, 1, 1), datetime(2026, 11, 22))  # noqa: DTZ001
    assert {"Summary", "About"} < set(book.sheetnames)
    about = [cell for row in book["About"].iter_rows(values_only=True) for cell in row if cell]
    for key in keys:
        assert DEFINITIONS[key].help in about
    for sheet in book:
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"], "no formulas"


def test_numbers_are_numbers_and_days_are_days(written: Written, formats: Formats) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(written("sales"), formats)))
    heads, first, *_ = [
        row for row in book["Largest deals won"].iter_rows(min_row=2, values_only=True) if row[0]
    ]
    deal = dict(zip(heads, first, strict=True))
    assert isinstance(deal["Day"], datetime)
    assert isinstance(deal["Amount"], float | int)
    cell = next(one for one in book["Summary"]["C"] if one.value == pytest.approx(deal_total(written)))
    assert "EUR" in cell.number_format


def deal_total(written: Written) -> float:
    value = next(one.value for one in written("sales").readings if one.key == "revenue_won")
    assert value
    return value


@EVERY
def test_the_table_of_lines_reads_back(written: Written, copy: Copy, name: str) -> None:
    document = written(name)
    made = as_csv(document)
    assert made.startswith(b"\xef\xbb\xbf")
    assert made.count(b"\r\n") > 20
    lines = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"), newline="")))
    totals = {line["measure"]: line for line in lines if line["section"] == "Summary"}
    keys = tuple(one.key for one in document.readings)
    for tile in ask(copy, Question(keys, YEAR, TODAY))[0]:
        line = totals[DEFINITIONS[tile.key].label]
        assert line["why"] == (tile.why or "")
        if tile.value is not None:
            assert float(line["value"]) == pytest.approx(tile.value)
            assert int(line["rows"]) == tile.n
        assert (line["from"], line["to"]) == ("2026-01-01", "2026-11-22")
    for line in lines:
        for text in line.values():
            assert defused(text) == text or _is_number(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@EVERY
def test_the_paper_has_the_sentences_and_figures(written: Written, formats: Formats, name: str) -> None:
    document = written(name)
    text = squeezed(paper(document, formats))
    assert squeezed(document.title) in text
    assert squeezed(document.window) in text
    for one in document.readings:
        assert squeezed(formats.value(DEFINITIONS[one.key].unit, one.value)) in text
    plain = [part for part in document.parts if part.title != "Representatives"]
    for word in plain[0].sentences[0]:
        assert squeezed(word.text) in text


def test_hostile_names_are_text_on_paper(written: Written, formats: Formats) -> None:
    document = written("sales")
    text = squeezed(paper(document, formats))
    largest = next(part for part in document.parts if part.title == "Largest deals won").tables[0]
    shown = {row[0].text for row in largest.rows} & set(HOSTILE)
    assert len(shown) >= 5
    for name in shown:
        if name.isascii() and name.isprintable():
            assert squeezed(name) in text
    for name in ("satisfaction", "campaigns", "segments", "churn"):
        assert paper(written(name), formats)


def test_hostile_names_are_text_in_spreadsheets(written: Written, formats: Formats) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(written("sales"), formats)))
    names = [row[0] for row in book["Largest deals won"].iter_rows(values_only=True)]
    assert HOSTILE[0] in names, "a formula is kept as the text it is"
    lines = as_csv(written("sales")).decode("utf-8-sig")
    assert "'=HYPERLINK" in lines
    assert "\n=HYPERLINK" not in lines
    assert ",=HYPERLINK" not in lines


@EVERY
@pytest.mark.parametrize("compare", ["none", "previous"])
def test_an_empty_window_says_so(written: Written, formats: Formats, name: str, compare: str) -> None:
    empty = type(YEAR)(date(1990, 1, 1), date(1990, 4, 1))
    document = written(name, empty, compare)
    assert document.parts
    assert all(one.value in (None, 0) for one in document.readings)
    assert "cannot be told" in paper(document, formats)
    assert xlsx(document, formats)
    assert as_csv(document)
