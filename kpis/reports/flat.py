"""A report as CSV: one line a figure, for programs and for spreadsheets."""

from __future__ import annotations

import csv
import io
from datetime import date

from kpis.catalog import DEFINITIONS
from kpis.defuse import defused
from kpis.reports.document import Document, Part, Table

_HEAD = ("section", "item", "measure", "value", "unit", "rows", "from", "to", "why", "data_version")


def as_csv(document: Document) -> bytes:
    """RFC 4180, UTF-8 with a mark for Excel. Texts that a spreadsheet would run are defused."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_HEAD)
    last = (document.period.start, document.period.end)
    for one in document.readings:
        kpi = DEFINITIONS[one.key]
        total = ("Summary", "All", kpi.label, one.value, kpi.unit.value, one.n, *last, one.why)
        writer.writerow([defused(value) for value in (*total, document.freshness.version)])
    for part in document.parts:
        for table in part.tables:
            for line in _lines(document, part, table):
                writer.writerow([defused(value) for value in line])
    return file.getvalue().encode("utf-8-sig")


def _lines(document: Document, part: Part, table: Table) -> list[tuple[object, ...]]:
    """Each row's first cell names it; each further one that holds something is a line."""
    found: list[tuple[object, ...]] = []
    for row in (*table.rows, *((table.total,) if table.total else ())):
        for column, cell in list(zip(table.columns, row, strict=True))[1:]:
            if not column.head or (cell.value is None and not cell.why):
                continue
            unit = cell.unit or column.unit
            value = cell.value.isoformat() if isinstance(cell.value, date) else cell.value
            found.append(
                (
                    part.title,
                    row[0].text,
                    column.head,
                    value,
                    unit.value if unit else "",
                    cell.n,
                    document.period.start,
                    document.period.end,
                    cell.why,
                    document.freshness.version,
                )
            )
    return found
