"""A mapping file: which columns of which files fill which columns of the CRM. docs/import.md has it whole."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table

from crm_data.importers.errors import ImportStopped, listed, nearest
from crm_data.importers.field import COLUMN_OPTIONS, Field, conditions, identity, read_field
from crm_data.importers.formats import (
    CELL_OPTIONS,
    FILE_OPTIONS,
    CellFormat,
    FileFormat,
    cell_format,
    file_format,
    known_zone,
)
from crm_data.importers.options import Options
from crm_data.importers.reader import Problem, Reader
from crm_data.importers.vocabulary import known_currency
from crm_data.schema import metadata
from crm_data.schema.types import Money

#: What a mapping can fill: every table whose rows have a source of their own.
OBJECTS = {table.name: table for table in metadata.sorted_tables if "version" in table.c}
#: Which rows of a file count: each; the first of each id, and only where the CRM has none; those whose id
#: another part gives as well.
ROWS = ("all", "once", "known")
#: Written by the import itself.
KEPT = ("id", "source_system", "source_id", "version", "updated_at", "custom")

SETTINGS = {
    "name": str,
    "time_zone": str,
    "week_start": int,
    "fiscal_start_month": int,
    "fiscal_calendar": str,
    "base_currency": str,
    "locale": str,
}
TOP_OPTIONS = ("source", "currency", "full", "organisation", "maps", "import", *CELL_OPTIONS, *FILE_OPTIONS)
BLOCK_OPTIONS = (
    *("object", "file", "query", "since", "id", "optional", "full", "currency", "columns", "custom"),
    *("where", "rows"),
    *CELL_OPTIONS,
    *FILE_OPTIONS,
)


@dataclass(frozen=True)
class Block:
    """One [[import]]: a kind of file, and the rows of one object that it gives."""

    number: int
    place: str
    table: Table
    pattern: str  # of file names; empty where a query gives the rows
    query: str | None  # asked of a database
    since: str | None  # the query's column that grows with each change
    optional: bool  # whether the file may be absent
    full: bool  # whether it has every row, so that one that is missing was deleted
    file: FileFormat
    id: Field
    fields: tuple[Field, ...]
    custom: MappingOf[str, str]  # name in the custom column: heading
    where: MappingOf[str, frozenset[str]]  # heading: the words, folded, of rows that count; "*": any
    rows: str  # "all", "once", "known"
    others: tuple[int, ...] = ()  # parts of the same object that are read before this one

    def needed_headings(self) -> list[str]:
        """Without these the file cannot be read."""
        fields = [self.id, *(field for field in self.fields if not field.optional)]
        headings = [heading for field in fields for heading in field.headings]
        return headings + list(self.custom.values()) + list(self.where)


@dataclass(frozen=True)
class Mapping:
    source: str
    organisation: MappingOf[str, Any]
    blocks: tuple[Block, ...]  # an object's come after those that it refers to
    text: str  # the TOML that says all this


def read_mapping(path: Path) -> Mapping:
    """The mapping in a file. Raises ImportStopped with the place of what is wrong."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ImportStopped(f"The mapping {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise ImportStopped(f"The mapping {path} is not UTF-8 text.") from None
    return parse_mapping(text, path.name)


def parse_mapping(text: str, name: str = "mapping") -> Mapping:
    try:
        tree = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ImportStopped(f"{name} is not valid TOML: {error}.") from error
    top = Options(tree, name, TOP_OPTIONS)
    source = top.need("source", str)
    if not 0 < len(source) <= 40 or source == "app":
        raise ImportStopped(
            f"{name}: 'source' must be a short name of the other system, at most 40 signs, not 'app'."
        )
    blocks = top.need("import", list)
    parsed = [
        _block(number, Options(block, f"{name}: import {number}", BLOCK_OPTIONS), top)
        for number, block in enumerate(blocks, 1)
    ]
    if not parsed:
        raise ImportStopped(f"{name}: there is no [[import]], so nothing would be imported.")
    _check_required(parsed, name)
    order = list(OBJECTS)
    parsed.sort(key=lambda block: (order.index(block.table.name), ROWS.index(block.rows)))
    return Mapping(source, _organisation(top), tuple(_with_others(parsed)), text)


def _with_others(blocks: list[Block]) -> Iterator[Block]:
    """Parts that depend on what others of their object give know these."""
    before: dict[str, list[int]] = {}
    for block in blocks:
        others = before.setdefault(block.table.name, [])
        yield replace(block, others=tuple(others))
        others.append(block.number)


def _block(number: int, options: Options, top: Options) -> Block:
    object_name = options.need("object", str)
    table = OBJECTS.get(object_name)
    if table is None:
        raise ImportStopped(
            f"{options.place}: the CRM has no object '{object_name}'.{nearest(object_name, OBJECTS)} "
            f"It has {listed(sorted(OBJECTS), 60)}."
        )
    options.place += f" ({object_name})"
    cells = cell_format(options, cell_format(top, CellFormat()))
    maps = top.get("maps", dict, {})
    columns = options.need("columns", dict)
    fields = [_field(table, column, spec, options.place, cells, maps) for column, spec in columns.items()]
    currency = options.get("currency", str, top.get("currency", str))
    if currency is not None and "currency" in table.c and "currency" not in columns:
        fields.append(_field(table, "currency", {"value": currency}, options.place, cells, maps))
    fields = list(_in_currency(fields))
    custom = options.get("custom", dict, {})
    if custom and "custom" not in table.c:
        raise ImportStopped(f"{options.place}: {object_name} have no place for custom columns.")
    if not all(isinstance(heading, str) for heading in custom.values()):
        raise ImportStopped(f"{options.place}: 'custom' names a heading for each of its columns.")
    pattern, query = options.get("file", str), options.get("query", str)
    if (pattern is None) == (query is None):
        raise ImportStopped(f"{options.place}: give either a file or a query.")
    since, full = options.get("since", str), options.get("full", bool, top.get("full", bool, False))
    if since is not None and query is None:
        raise ImportStopped(f"{options.place}: 'since' is for a query.")
    return Block(
        number=number,
        place=options.place,
        table=table,
        pattern=pattern or "",
        query=query,
        since=since,
        optional=options.get("optional", bool, False),
        full=full and since is None,  # what is asked for by its changes has never every row
        file=file_format(options, file_format(top, FileFormat())),
        id=identity(table, options.table.get("id"), f"{options.place}, id", cells),
        fields=tuple(fields),
        custom=custom,
        where=conditions(options.get("where", dict, {}), f"{options.place}, where"),
        rows=options.choice("rows", *ROWS),
    )


def _in_currency(fields: list[Field]) -> Iterator[Field]:
    """The amounts with the currency that all of them are in, where the mapping says one."""
    said = [field.value for field in fields if field.column.name == "currency" and not field.when]
    for field in fields:
        yield replace(field, currency=said[0]) if said and isinstance(field.column.type, Money) else field


def _field(
    table: Table, column: str, spec: object, place: str, cells: CellFormat, maps: dict[str, Any]
) -> Field:
    allowed = [c.name for c in table.c if c.name not in KEPT]
    if column not in allowed:
        raise ImportStopped(
            f"{place}: {table.name} have no column '{column}' to fill.{nearest(column, allowed)} "
            f"There are {listed(allowed, 60)}."
        )
    spec = {"heading": spec} if isinstance(spec, str) else spec
    options = Options(spec, f"{place}, column '{column}'", COLUMN_OPTIONS)
    field = read_field(table.c[column], options, cells, maps)
    if field.value is not None and not field.when:
        problem = Reader(field, {}, ZoneInfo("UTC")).read([])
        if isinstance(problem, Problem):
            raise ImportStopped(f"{options.place}: '{problem.cell}' {problem.reason}.")
    return field


def _check_required(blocks: list[Block], name: str) -> None:
    for table in {block.table for block in blocks}:
        given = {field.column.name for block in blocks if block.table is table for field in block.fields}
        needed = {
            c.name for c in table.c if not c.nullable and c.server_default is None and c.name not in KEPT
        }
        if needed - given:
            raise ImportStopped(f"{name}: {table.name} need the columns {listed(sorted(needed - given))}.")


def _organisation(top: Options) -> dict[str, Any]:
    given = top.get("organisation", dict, {})
    options = Options(given, f"{top.place}, organisation", SETTINGS)
    settings = {key: options.get(key, kind) for key, kind in SETTINGS.items() if key in given}
    if "time_zone" in settings:
        known_zone(settings["time_zone"], options.place)
    if "base_currency" in settings:
        settings["base_currency"] = known_currency(settings["base_currency"], options.place)
    if not 1 <= settings.get("week_start", 1) <= 7 or not 1 <= settings.get("fiscal_start_month", 1) <= 12:
        raise ImportStopped(f"{options.place}: week_start is 1 (Monday) to 7, fiscal_start_month 1 to 12.")
    options.choice("fiscal_calendar", "months", "445")
    return settings
