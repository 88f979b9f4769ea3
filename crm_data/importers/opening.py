"""Opening the files of each part of a mapping, before anything is read or written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
    file: Found
    table: OpenTable
    fields: list[Field]  # without the optional ones whose headings are absent
    columns: dict[str, int]  # heading: where it is


def open_all(mapping: Mapping, paths: Iterable[Path]) -> list[Opened]:
    """Each block with its files, in the order of import. Raises ImportStopped for anything amiss."""
    files = find_files(paths)
    return [
        _open(block, file)
        for block in mapping.blocks
        for file in matching(files, block.pattern, block.place, block.optional)
    ]


def _open(block: Block, file: Found) -> Opened:
    needed = block.needed_headings()
    try:
        table = open_table(file, block.file, needed)
    except OSError as error:
        raise ImportStopped(f"{file.name} cannot be read: {error.strerror}.") from error
    place = f"{block.place}, {file.name}"
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
