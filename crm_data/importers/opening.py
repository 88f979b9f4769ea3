"""Opening the files of each part of a mapping, before anything is read or written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from crm_data.importers.csv_file import CsvFile
from crm_data.importers.errors import ImportStopped
from crm_data.importers.excel_file import ExcelFile, is_spreadsheet
from crm_data.importers.field import Field
from crm_data.importers.files import Found, OpenTable, find_files, folded, locate, matching
from crm_data.importers.formats import FileFormat
from crm_data.importers.mapping import Block, Mapping


@dataclass(frozen=True)
class Opened:
    """A file that gives rows to a block."""

    block: Block
    file: Found | None  # None: a query gives the rows
    table: OpenTable
    fields: list[Field]  # without the optional ones whose headings are absent
    columns: dict[str, int]  # heading: where it is
    stamp: tuple[int, int] | None = None  # the file's size and time of change before it was opened

    def changed(self) -> bool:
        """Whether somebody has written into the file since it was opened."""
        return self.file is not None and self.stamp != _stamp(self.file)


def open_all(
    mapping: Mapping, paths: Iterable[Path], ask: Callable[[Block], OpenTable] | None = None
) -> list[Opened]:
    """Each block with its files, in the order of import. Raises ImportStopped for anything amiss.

    ask: opens what the query of a block gives, where there is a database to ask.
    """
    files = find_files(paths)
    opened = []
    for block in mapping.blocks:
        if block.query is not None:
            if ask is None:
                raise ImportStopped(f"{block.place} asks a database. Name its address: --from URL.")
            opened.append(_bound(block, None, ask(block)))
        else:
            found = matching(files, block.pattern, block.place, block.optional)
            opened += [_open(block, file) for file in found]
    return opened


def _open(block: Block, file: Found) -> Opened:
    try:
        stamp = _stamp(file)
        table = open_table(file, block.file, block.needed_headings())
    except OSError as error:
        raise ImportStopped(f"{file.name} cannot be read: {error.strerror}.") from error
    return replace(_bound(block, file, table), stamp=stamp)


def _stamp(file: Found) -> tuple[int, int]:
    state = file.path.stat()
    return state.st_size, state.st_mtime_ns


def _bound(block: Block, file: Found | None, table: OpenTable) -> Opened:
    needed = block.needed_headings()
    place = f"{block.place}, {table.name}"
    there = set(map(folded, table.headings))
    fields = [f for f in block.fields if not f.optional or set(map(folded, f.headings)) <= there]
    names = [heading for field in fields for heading in field.headings]
    return Opened(block, file, table, fields, locate([*needed, *names], table.headings, place))


def open_table(file: Found, layout: FileFormat, needed: Iterable[str]) -> OpenTable:
    """The file, whatever its kind. Raises ImportStopped where it is empty or damaged."""
    if file.path.stat().st_size == 0:
        raise ImportStopped(f"{file.name} is empty.")
    if is_spreadsheet(file.path):
        return ExcelFile(file, layout)
    return CsvFile(file, layout, needed)
