"""What the CRM that takes the files knows of them: whose rows they are, and by what these are known.

A later export may have so few columns that its headings name no system. Its rows must not come in a second
time, as those of another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, exists, select

from crm_data.importers.errors import ImportStopped
from crm_data.importers.ids import whole_id
from crm_data.importers.mapping import OBJECTS
from crm_data.importers.recognise import columns
from crm_data.importers.recognise.keys import as_before, formers
from crm_data.importers.recognise.look import Look
from crm_data.importers.recognise.model import Override, Proposal, Recognised
from crm_data.importers.recognise.propose import propose
from crm_data.importers.recognise.recognition import overridden
from crm_data.importers.recognise.score import fits
from crm_data.importers.recognise.vendors import GENERIC, VendorObject, systems

#: By what a person calls a row.
_CALLED = ("name", "subject", "number", "email", "last_name")
#: Objects whose rows add up, and what no two of one account have in common.
_TWICE = {"opportunities": "name", "invoices": "number"}

_LONG = 8  # signs of an id that is no mere count
_ROWS = 1000  # looked at in each file
_MANY = 500
_SURE = 0.95


def recognised_in(connection: Connection, found: Iterable[Recognised]) -> tuple[Recognised, ...]:
    """The same files, as far as rows tell that the CRM has already.

    A file of no known system whose ids are those of rows from one is a file of that system. One whose rows
    the CRM has from another system than the file's stays out until a person says what it is.
    """
    return tuple(_in_crm(connection, each) for each in found)


def proposed_in(
    connection: Connection, found: Sequence[Recognised], overrides: Sequence[Override], currency: str | None
) -> Proposal:
    """A mapping for this CRM: it makes up nothing that the CRM has, and knows rows by what they are known by.

    Raises ImportStopped as `propose` does.
    """
    first = propose(found, overrides, currency=currency)
    source = first.mapping.source
    there, known = objects_of(connection, source), formers(connection, source)
    if not there and not known:
        return first
    return propose(found, overrides, currency=currency, there=there, formers=known)


def objects_of(connection: Connection, source: str) -> list[str]:
    """The objects of the CRM that have rows of this source."""
    own = {name: exists().where(table.c.source_system == source) for name, table in OBJECTS.items()}
    return [name for name, condition in own.items() if connection.scalar(select(condition))]


def _in_crm(connection: Connection, found: Recognised) -> Recognised:
    look, table = found.look, OBJECTS.get(found.fills or "")
    if look is None or table is None or found.system is None:
        return found
    known = connection.scalars(select(table.c.source_system).distinct())
    others = [source for source in known if source not in (None, "app", found.system)]
    kinds = [fit.object for fit in fits(look) if fit.object.fills == table.name]
    for source in others if found.system == GENERIC else ():
        for kind in kinds:
            if kind.system == source and (rows := _shared(connection, kind, look)):
                said = overridden(found, Override(found.file, found.sheet, source, kind.key))
                reason = f"{rows:,} of its ids are those of {table.name} from {_name(source)} in the CRM"
                return replace(said, confidence=_SURE, reasons=(reason,))
    if table.name not in _TWICE or not found.object:
        return found
    own = systems()[found.system].objects[found.object]
    called = list(islice(_called(look, own), _ROWS))
    for source in [*others, *([own.system] if _known_otherwise(connection, own, look) else [])]:
        same = sum(_there(connection, table, source, called))
        if same * 2 >= len(called) > 0:
            against = (
                f"{same:,} of {len(called):,} rows looked at in {look.file.name} are called like those "
                f"{table.name} that the CRM has from {_name(source)} under other ids, and would count twice. "
                "Export it with the ids of those, or leave it out. If they are others, say what the file is."
            )
            return replace(found, against=against, problem=found.problem or against)
    return found


def _name(source: str) -> str:
    if source == GENERIC:
        return "another file"
    return systems()[source].name if source in systems() else f"'{source}'"


def _known_otherwise(connection: Connection, kind: VendorObject, look: Look) -> bool:
    """Whether rows of this system are known in the CRM by what the file has not."""
    key = columns.resolve(look, kind, {})[0].id
    try:
        before = as_before(look, kind.fills, key, formers(connection, kind.system)) if key else None
    except ImportStopped:  # which is said when the mapping is made
        return False
    return before is not None and before.anew


def _shared(connection: Connection, kind: VendorObject, look: Look) -> int:
    """How many rows have the id of one from this system and, where the id is but a count, its name too."""
    part = columns.resolve(look, kind, {})[0]
    if not part.usable or part.id not in look.headings:
        return 0
    table, options = OBJECTS[kind.fills], systems()[kind.system].options
    name = next((name for name in _CALLED if name in part.filled and name in table.c), None)
    headings = [part.id, part.filled[name]] if name else [part.id]
    texts = {key: rest for key, *rest in islice(look.cells(*headings), _ROWS) if key}
    rows = {whole_id(key) if options.get("salesforce_ids") else key: rest for key, rest in texts.items()}
    query = select(table.c.source_id, table.c[name or "source_id"]).where(
        table.c.source_system == kind.system
    )
    there = list(_asked(connection, query, table.c.source_id, list(rows)))
    alike = sum(1 for key, called in there if rows[key] == [called])
    return len(there) if alike * 2 >= len(there) or any(len(key) >= _LONG for key, _ in there) else 0


def _called(look: Look, kind: VendorObject) -> Iterator[tuple[str, ...]]:
    """What the rows are called and, where the file names it, their account."""
    part = columns.resolve(look, kind, {})[0]
    name, account = _TWICE.get(kind.fills, ""), part.columns.get("account_id")
    if name in part.filled:
        named = account.headings[:1] if account and account.options.get("by") == "name" else ()
        yield from look.cells(part.filled[name], *named)


def _there(
    connection: Connection, table: Table, source: str, rows: Sequence[tuple[str, ...]]
) -> Iterator[bool]:
    """Of each row, whether one from this source is called so, and has that account where both have one."""
    if not rows:
        return
    name, accounts = table.c[_TWICE[table.name]], OBJECTS["accounts"]
    query = (
        select(name, accounts.c.name)
        .join_from(table, accounts, accounts.c.id == table.c.account_id, isouter=True)
        .where(table.c.source_system == source)
    )
    known: dict[str, set[str]] = {}
    for theirs, account in _asked(connection, query, name, list({row[0] for row in rows if row[0]})):
        known.setdefault(theirs, set()).add((account or "").casefold())
    for called, *mine in rows:
        own = known.get(called, set())
        yield bool(own) and (not any(mine) or "" in own or mine[0].casefold() in own)


def _asked(
    connection: Connection, query: Select[Any], column: Column[Any], texts: Sequence[str]
) -> Iterator[Sequence[Any]]:
    """The rows of a query whose column has one of the texts."""
    for begin in range(0, len(texts), _MANY):
        yield from connection.execute(query.where(column.in_(texts[begin : begin + _MANY])))
