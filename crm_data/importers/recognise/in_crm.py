"""What the CRM that takes the files knows of them: whose rows they are, and by what these are known.

A later export may have so few columns that its headings name no system. Its rows must not come in a second
time, as those of another one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, exists, select

from crm_data.importers.errors import ImportStopped
from crm_data.importers.field import PLACEHOLDER
from crm_data.importers.ids import whole_id
from crm_data.importers.mapping import OBJECTS
from crm_data.importers.recognise import columns
from crm_data.importers.recognise.keys import as_before, formers
from crm_data.importers.recognise.look import Look
from crm_data.importers.recognise.model import Override, Proposal, Recognised
from crm_data.importers.recognise.propose import propose
from crm_data.importers.recognise.recognition import overridden
from crm_data.importers.recognise.score import fits
from crm_data.importers.recognise.told import headings_of
from crm_data.importers.recognise.vendors import GENERIC, VendorObject, systems
from crm_data.schema.system import imports

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
    the CRM has under other ids, or under another name than those of the other files, stays out until a person
    says what it is.
    """
    seen = [_of_known_system(connection, each) for each in found]
    owners = [_owner(connection, each) for each in seen]
    main = _most(owners)
    return tuple(
        _with_doubts(connection, each, owner.source if owner else None, main)
        for each, owner in zip(seen, owners, strict=True)
    )


def proposed_in(
    connection: Connection, found: Sequence[Recognised], overrides: Sequence[Override], currency: str | None
) -> Proposal:
    """A mapping for this CRM: it makes up nothing that the CRM has, and knows rows by what they are known by.

    Its source is the one under which the CRM has the rows, where it has some. Raises ImportStopped as
    `propose` does.
    """
    there = _most(_owner(connection, each) for each in found if each.problem is None)
    first = propose(found, overrides, currency=currency, source=there)
    source = first.mapping.source
    objects, known = objects_of(connection, source), formers(connection, source)
    if not objects and not known:
        return first
    return propose(found, overrides, currency=currency, source=there, there=objects, formers=known)


def objects_of(connection: Connection, source: str) -> list[str]:
    """The objects of the CRM that have rows of this source."""
    own = {name: exists().where(table.c.source_system == source) for name, table in OBJECTS.items()}
    return [name for name, condition in own.items() if connection.scalar(select(condition))]


@dataclass(frozen=True)
class _Owner:
    """The source under which the CRM has rows of a file, and how many of those looked at."""

    source: str
    rows: int


def _most(owners: Iterable[_Owner | None]) -> str | None:
    """The source of most rows."""
    counted: Counter[str] = Counter()
    for owner in filter(None, owners):
        counted[owner.source] += owner.rows
    return counted.most_common(1)[0][0] if counted else None


def _sources(connection: Connection) -> list[str]:
    """The sources of the imports so far."""
    columns = imports.c
    return sorted(
        connection.scalars(select(columns.source_system).where(columns.undone_at.is_(None)).distinct())
    )


def _kind(found: Recognised) -> VendorObject | None:
    return systems()[found.system].objects.get(found.object or "") if found.system else None


def _owner(connection: Connection, found: Recognised) -> _Owner | None:
    """Under which source the CRM has rows with the ids of the file."""
    kind = _kind(found)
    if found.look is None or kind is None or kind.fills not in OBJECTS:
        return None
    shared = [
        _Owner(source, _shared(connection, source, kind, found.look)) for source in _sources(connection)
    ]
    best = max(shared, key=lambda one: (one.rows, one.source == kind.system), default=None)
    return best if best and best.rows else None


def _of_known_system(connection: Connection, found: Recognised) -> Recognised:
    look, table = found.look, OBJECTS.get(found.fills or "")
    if look is None or table is None or found.system != GENERIC:
        return found
    sources = {*_sources(connection)} - {GENERIC}
    for kind in (fit.object for fit in fits(look)):
        if kind.fills != table.name or kind.system not in sources:
            continue
        if rows := _shared(connection, kind.system, kind, look):
            said = overridden(found, Override(found.file, found.sheet, kind.system, kind.key))
            reason = f"{rows:,} of its ids are those of {table.name} from {_name(kind.system)} in the CRM"
            return replace(said, confidence=_SURE, reasons=(reason,))
    return found


def _with_doubts(
    connection: Connection, found: Recognised, owner: str | None, main: str | None
) -> Recognised:
    """owner: the source under which the CRM has rows of the file; main: rows of most files."""
    kind, look = _kind(found), found.look
    if kind is None or look is None or found.problem is not None:
        return found
    if owner is not None and owner not in systems():
        against = (
            f"The CRM has rows of {look.file.name} from {_name(owner)}, read as a mapping says. Import it "
            "with that mapping again; without it, they could be read otherwise."
        )
        return replace(found, against=against, problem=against)
    if owner is not None and owner != main:
        against = (
            f"The CRM has rows of {look.file.name} from {_name(owner)}, and those of the other files from "
            f"{_name(main or '')}. Import it on its own."
        )
        return replace(found, against=against, problem=against)
    if owner is not None or kind.fills not in _TWICE:
        return found
    table, called = OBJECTS[kind.fills], list(islice(_called(look, kind), _ROWS))
    for source in _sources(connection):
        if source == kind.system and not _known_otherwise(connection, kind, look):
            continue
        same = sum(_there(connection, table, source, called))
        if same * 2 >= len(called) > 0:
            against = (
                f"{same:,} of {len(called):,} rows looked at in {look.file.name} are called like those "
                f"{table.name} that the CRM has from {_name(source)} under other ids, and would count twice. "
                "Export it with the ids of those, or leave it out. If they are others, say what the file is."
            )
            return replace(found, against=against, problem=against)
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


def _shared(connection: Connection, source: str, kind: VendorObject, look: Look) -> int:
    """How many rows have the id of one from the source and, where that is but a count, its name too."""
    part = columns.resolve(look, kind, {})[0]
    ids = PLACEHOLDER.findall(part.id or "") or [part.id]
    if not part.usable or not {*ids} <= {*look.headings}:
        return 0
    table, whole = OBJECTS[kind.fills], systems()[kind.system].options.get("salesforce_ids")
    name = next((name for name in _CALLED if headings_of(part, name)), None)
    rows: dict[str, str | None] = {}
    for cells in islice(look.cells(*ids, *(headings_of(part, name)[:1] if name else ())), _ROWS):
        key = "/".join(cells[: len(ids)])
        rows[whole_id(key) if whole else key] = cells[-1] if name else None
    query = select(table.c.source_id, table.c[name or "source_id"]).where(table.c.source_system == source)
    there = list(_asked(connection, query, table.c.source_id, [key for key in rows if key]))
    alike = sum(1 for key, called in there if rows[key] == called)
    return len(there) if alike * 2 >= len(there) or any(len(key) >= _LONG for key, _ in there) else 0


def _called(look: Look, kind: VendorObject) -> Iterator[tuple[str, ...]]:
    """What the rows are called and, where the file names it, their account."""
    part = columns.resolve(look, kind, {})[0]
    name, account = headings_of(part, _TWICE[kind.fills])[:1], part.columns.get("account_id")
    if name:
        named = account.headings[:1] if account and account.options.get("by") == "name" else ()
        yield from look.cells(*name, *named)


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
