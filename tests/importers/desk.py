"""Importing small files that a test writes itself."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import openpyxl
from sqlalchemy import Engine, RowMapping, Table, select

from crm_data.importers.decisions import Decisions
from crm_data.importers.mapping import OBJECTS, Mapping, parse_mapping
from crm_data.importers.outcome import Outcome
from crm_data.importers.prepared import Prepared
from crm_data.importers.run import load, read, run_import
from crm_data.progress import Progress


@dataclass
class Desk:
    """A CRM, a folder of files to import, and where reports go."""

    crm: Engine
    folder: Path
    reports: Path

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())
        return path

    def load(self, mapping: str) -> Outcome:
        """Import the folder's files; the source is "old" unless the mapping says another."""
        return run_import(self.crm, self._parsed(mapping), [self.folder], self.reports, lambda *_: None)

    def read(
        self, mapping: str, progress: Progress = lambda *_: None, keep_in: Path | None = None
    ) -> Prepared:
        """The first of the two steps."""
        return read(self.crm, self._parsed(mapping), [self.folder], progress, keep_in)

    def write(self, prepared: Prepared, decisions: Decisions = Decisions()) -> Outcome:  # noqa: B008
        """The second."""
        return load(self.crm, prepared, decisions, self.reports, lambda *_: None)

    def _parsed(self, mapping: str) -> Mapping:
        text = dedent(mapping)
        return parse_mapping(text if re.search("^source =", text, re.M) else 'source = "old"\n' + text)

    def rows(self, table: Table, *columns: str) -> list[tuple[Any, ...]]:
        """The table's rows in the order they were added, as tuples of these columns."""
        query = select(*(table.c[name] for name in columns)).order_by(*table.primary_key)
        with self.crm.connect() as connection:
            return [tuple(row) for row in connection.execute(query)]

    def everything(self) -> dict[str, list[RowMapping]]:
        """Every row of every object: what an import that changes nothing leaves the same."""
        with self.crm.connect() as connection:
            return {
                name: list(connection.execute(select(table).order_by(table.c.id)).mappings())
                for name, table in OBJECTS.items()
            }

    def rejected(self, outcome: Outcome) -> list[list[str]]:
        """The report's rows, without its heading."""
        assert outcome.report is not None
        with outcome.report.open(encoding="utf-8-sig", newline="") as file:
            heading, *rows = csv.reader(file)
        assert heading == ["file", "line", "object", "column", "value", "reason"]
        return rows


def counts(outcome: Outcome, name: str) -> tuple[int, ...]:
    """(read, added, updated, unchanged, rejected, replaced) of an object; they must add up."""
    c = outcome.objects[name]
    assert c.read == c.added + c.updated + c.unchanged + c.rejected + c.replaced + c.merged
    return c.read, c.added, c.updated, c.unchanged, c.rejected, c.replaced


def write_workbook(path: Path, rows: list[list[object]], title: str = "Deals") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Notes"
    data = book.create_sheet(title)
    for row in rows:
        data.append(row)
    book.save(path)
    return path
