"""Rows as a CSV file: what was counted, for how much, and who it was."""

from __future__ import annotations

import csv
import io

from kpis import Rows
from ui import escape
from ui.names import names_of


def as_csv(found: Rows) -> bytes:
    """Every column, with a column of names beside each column of keys. UTF-8 with a mark, for Excel.

    Numbers are written exactly; texts that a spreadsheet would run as formulas are defused.
    """
    known = names_of(found)
    named = [name for name in found.columns if known.has(name)]
    head = [part for name in found.columns for part in ((name, f"{name}_name") if name in named else (name,))]
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    for row in found.rows:
        values = dict(zip(found.columns, row, strict=True))
        line: list[object] = []
        for name, value in values.items():
            line.append(escape.csv(value))
            if name in named:
                line.append(escape.csv(known.name(name, values)))
        writer.writerow(line)
    return file.getvalue().encode("utf-8-sig")
