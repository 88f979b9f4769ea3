"""Both sides of the comparison into the ledger: the files' rows, and the CRM's of the same source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Connection, DefaultClause, Row, Select, Table, literal, select

from crm_data.importers.cells import Cell, as_text
from crm_data.importers.field import Field
from crm_data.importers.made_up import known_names, made_from_names, named_anywhere
from crm_data.importers.mapping import Mapping
from crm_data.importers.opening import Opened, open_all
from crm_data.reconcile.cells import NotRead, amount, fits, month, row_id, saying
from crm_data.reconcile.ledger import FileRow, Ledger
from crm_data.schema.types import Money, UTCDateTime

#: The day or time that puts a row into a month, the first of these that the mapping fills.
_DAYS = (
    *("closed_on", "issued_on", "paid_on", "spent_on", "sent_on", "started_on", "joined_on", "happened_on"),
    *("opened_at", "happened_at", "created_at", "created_on", "opened_on", "starts_on", "joined_at"),
    *("touched_at", "sent_at", "answered_at", "changed_at", "day"),
)
_BATCH = 1000


@dataclass(frozen=True)
class Compared:
    """Which columns of an object are compared; None: the mapping does not fill it."""

    table: Table
    amount: Column[Decimal] | None
    currency: Column[str] | None
    status: Column[str] | None
    day: Column[object] | None


def compared(mapping: Mapping) -> list[Compared]:
    """For each object of the mapping."""
    found = []
    for table in dict.fromkeys(block.table for block in mapping.blocks):
        filled = {f.column.name for block in mapping.blocks if block.table is table for f in block.fields}
        money = next((c for c in table.c if isinstance(c.type, Money) and c.name in filled), None)
        status = next((table.c[name] for name in ("status", "kind") if name in filled), None)
        days = [table.c[name] for name in _DAYS if name in filled]
        currency = table.c.currency if "currency" in filled and money is not None else None
        found.append(Compared(table, money, currency, status, next(iter(days), None)))
    return found


@dataclass
class Read:
    """What was read of the files: rows by object, those of them without an id, and what made no sense."""

    rows: Counter[str] = field(default_factory=Counter)
    without_id: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)

    @property
    def remarks(self) -> list[str]:
        return [f"{what}: {n:,} {'cell' if n == 1 else 'cells'}" for what, n in self.unread.items()]


def read_files(
    ledger: Ledger, mapping: Mapping, paths: Iterable[Path], columns: list[Compared], zone: ZoneInfo
) -> Read:
    """Read every file again into the ledger. Raises ImportStopped."""
    known = {one.table.name: one for one in columns}
    found = Read()
    for opened in open_all(mapping, paths):
        name, block = opened.block.table.name, opened.block
        rows = _rows(opened, known[name], zone, found)
        while batch := list(islice(rows, _BATCH)):
            added = ledger.add_file_rows(batch, block.rows)
            if block.rows == "once":
                found.rows[name] += added
    return found


def _rows(opened: Opened, columns: Compared, zone: ZoneInfo, found: Read) -> Iterator[FileRow]:
    fields = {field.column.name: field for field in opened.fields}
    block, file = opened.block, opened.table.name
    key = saying(block.id, opened.columns)
    where = [(opened.columns[heading], words) for heading, words in block.where.items()]
    parts = [
        fields.get(column.name) if column is not None else None
        for column in (columns.amount, columns.currency, columns.status, columns.day)
    ]
    says = [saying(field, opened.columns) if field else None for field in parts]
    width, headed = max(opened.columns.values(), default=-1) + 1, len(opened.table.headings)

    def text(place: int, cells: Sequence[Cell]) -> str | None:
        field, say = parts[place], says[place]
        if field is None or say is None:
            return None
        cell = say(cells)
        try:
            return _read(place, cell, field, zone)
        except NotRead:
            found.unread[f"{file}, {field.column.name} cannot be read again"] += 1
            return None

    for row in opened.table.rows():
        if block.rows != "all" and (len(row.cells) < headed or any(map(as_text, row.cells[headed:]))):
            continue  # a row that stays out makes up nothing
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        if not all(fits(cells[index], words) for index, words in where):
            continue
        own = row_id(key, block.id, cells)
        if block.rows == "all":
            found.rows[block.table.name] += 1
            found.without_id[block.table.name] += not own
        if own:
            said = [text(place, cells) for place in range(4)]
            yield (block.table.name, own, block.number, file, row.line, *said)


def _read(place: int, cell: Cell, field: Field, zone: ZoneInfo) -> str | None:
    if place == 0:
        found = amount(cell, field.cells, field.times)
        return None if found is None else str(found)
    if place == 3:
        own = ZoneInfo(field.cells.time_zone) if field.cells.time_zone else zone
        return month(cell, field.cells, own, zone if isinstance(field.column.type, UTCDateTime) else own)
    word = as_text(cell)
    return (word.upper() if place == 1 else word) or _default(field.column)


def _default(column: Column[Any]) -> str | None:
    """What the CRM takes an empty cell for."""
    default = column.server_default
    return str(default.arg) if isinstance(default, DefaultClause) else None


def leave_named(ledger: Ledger, connection: Connection, mapping: Mapping, found: Read) -> None:
    """Of rows that were to be made from names, those whose name another row of the source has were not."""
    for block in filter(made_from_names, mapping.blocks):
        anywhere = named_anywhere(block.table, mapping.blocks)
        names = known_names(connection, block.table, mapping.source, anywhere=anywhere)
        found.rows[block.table.name] -= ledger.leave_out(block.table.name, block.number, names)


def read_crm(
    ledger: Ledger, connection: Connection, source: str, columns: list[Compared], zone: ZoneInfo
) -> None:
    """Every row that the CRM has of this source."""
    for one in columns:
        batch: list[tuple[object, ...]] = []
        for row in connection.execution_options(stream_results=True, max_row_buffer=_BATCH).execute(
            _of_source(one, source)
        ):
            batch.append((one.table.name, row.source_id, *_values(row, one, zone)))
            if len(batch) == _BATCH:
                ledger.add_crm_rows(batch)
                batch.clear()
        ledger.add_crm_rows(batch)


def _of_source(one: Compared, source: str) -> Select[Any]:
    table = one.table.c
    nothing = literal(None)
    return select(
        table.source_id,
        table.id,
        table.updated_at,
        (table.merged_into_id if "merged_into_id" in table else nothing).label("merged"),
        (one.amount if one.amount is not None else nothing).label("amount_"),
        (one.currency if one.currency is not None else nothing).label("currency_"),
        (one.status if one.status is not None else nothing).label("status_"),
        (one.day if one.day is not None else nothing).label("day_"),
    ).where(table.source_system == source, table.source_id.is_not(None))


def _values(row: Row[Any], one: Compared, zone: ZoneInfo) -> tuple[object, ...]:
    day = row.day_
    if day is not None and one.day is not None and isinstance(one.day.type, UTCDateTime):
        day = day.astimezone(zone)
    return (
        row.id,
        row.merged,
        row.updated_at.isoformat(),
        None if row.amount_ is None else str(row.amount_),
        row.currency_,
        row.status_,
        None if day is None else f"{day:%Y-%m}",
    )
