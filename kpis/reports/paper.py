"""A report as PDF: A4, with the project's own font, every figure linked to its definition at the end.

The template (`paper.typ`) gets the report as data. Text from the CRM is a string there and stays one: no
markup in it is ever read.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import typst

from kpis.formats import Formats
from kpis.reports.about import entries, freshness
from kpis.reports.document import Cell, Column, Curve, Document, Part, Proof, Sentence, Table
from kpis.reports.drawing import svg

_HERE = Path(__file__).parent
_UNBROKEN = re.compile(r"(\S{28})(?=\S)")
_LONGEST = 700  # characters in a cell


def pdf(document: Document, formats: Formats) -> bytes:
    """The report on A4 pages."""
    known = {one.key for one in document.readings}
    about = [
        {
            "key": one.key,
            "label": one.label,
            "value": one.value,
            "rows": one.rows,
            "sentence": one.sentence,
            "formula": one.formula,
            "window": one.window,
            "notes": list(one.notes),
        }
        for one in entries(document, formats)
    ]
    data = {
        "title": document.title,
        "question": document.question,
        "organisation": document.organisation,
        "period": formats.period(document.period),
        "window": document.window,
        "filters": _text(document.filters),
        "freshness": freshness(document, formats),
        "parts": [_part(part, known, formats) for part in document.parts],
        "about": about,
        "definitions": "What the figures mean",
        "page": "Page",
    }
    written: bytes = typst.compile(
        (_HERE / "paper.typ").read_bytes(),
        font_paths=[str(_HERE / "fonts")],
        sys_inputs={"data": json.dumps(data)},
    )  # type: ignore[misc]
    return written


def _part(part: Part, known: set[str], formats: Formats) -> dict[str, Any]:
    return {
        "title": part.title,
        "sentences": [_sentence(one, known) for one in part.sentences],
        "curve": _curve(part.curve, formats) if part.curve else None,
        "tables": [_table(one, known, formats) for one in part.tables],
        "notes": [_text(note) for note in part.notes],
    }


def _curve(curve: Curve, formats: Formats) -> dict[str, str]:
    return {"caption": curve.caption, "svg": svg(curve, formats)}


def _table(table: Table, known: set[str], formats: Formats) -> dict[str, Any]:
    shown = table.rows[: table.shown]
    more = f"{formats.number(table.more)} more are in the spreadsheet." if table.more else ""
    return {
        "columns": [
            {"head": column.head, "number": _is_number(column, place, table), "width": _width(place, table)}
            for place, column in enumerate(table.columns)
        ],
        "rows": [[_cell(cell, known) for cell in row] for row in shown],
        "total": [_cell(cell, known) for cell in table.total] if table.total else None,
        "more": more,
    }


def _is_number(column: Column, place: int, table: Table) -> bool:
    return column.unit is not None or any(isinstance(row[place].value, int | float) for row in table.rows)


def _width(place: int, table: Table) -> int:
    """The share of the width."""
    if any(row[place].bar for row in table.rows):
        return 14
    word = max((len(word) for word in table.columns[place].head.split()), default=0)
    longest = max((len(row[place].text) for row in table.rows[: table.shown]), default=0)
    longest += 2 if table.columns[place].signed else 0
    return min(max(longest, word, 6 if _is_number(table.columns[place], place, table) else 14), 60)


def _cell(cell: Cell, known: set[str]) -> dict[str, Any]:
    return {
        "text": _text(cell.text),
        "kpi": _known(cell.proof, known),
        "bar": cell.bar,
        "shade": cell.shade,
    }


def _sentence(sentence: Sentence, known: set[str]) -> list[dict[str, Any]]:
    return [
        {
            "text": _text(one.text),
            "kpi": _known(one.proof, known),
            "figure": one.figure,
        }
        for one in sentence
    ]


def _known(proof: Proof | None, known: set[str]) -> str | None:
    return proof.kpi if proof and proof.kpi in known else None


def _text(text: str) -> str:
    """Text that fits: not endless, and long words may break."""
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + " …"
    return _UNBROKEN.sub("\\1\u200b", text)
