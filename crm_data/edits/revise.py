"""Changing a record that somebody else may have changed since it was opened: nothing is lost silently."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, select

from crm_data.audit import Row
from crm_data.edits.act import Act
from crm_data.edits.errors import Changed, Conflict, Gone
from crm_data.schema.system import audit_log

_SEARCHED = 50  # audit rows of one record that are looked through for who changed a field


@dataclass(frozen=True)
class Saved:
    """What came of an edit. `act`: None where nothing was to be changed.

    `besides`: what others had changed since the record was opened, and is kept.
    """

    record: int
    act: int | None
    besides: tuple[Changed, ...] = field(default=())


def mine(seen: Mapping[str, Any], typed: Mapping[str, Any]) -> Row:
    """The fields that were really changed in the form."""
    return {name: value for name, value in typed.items() if value != seen.get(name)}


def revise(act: Act, table: Table, now: Row, seen: Mapping[str, Any], wanted: Row) -> Saved:
    """Write `wanted` into the record that was opened as `seen` and is `now` what it is.

    Raises Conflict where both changed the same field to different values. Fields that only others changed
    keep what they made of them.
    """
    others = {
        name: Changed(name, seen[name], now[name], wanted.get(name, seen[name]), *_who(act, table, now, name))
        for name in seen
        if name in now and now[name] != seen[name]
    }
    clash = [one for name, one in others.items() if name in wanted and wanted[name] != now[name]]
    if clash:
        raise Conflict(clash)
    act.update(table, now, wanted)
    return Saved(now["id"], act.key, tuple(one for name, one in others.items() if name not in wanted))


def news(
    connection: Connection, table: Table, key: int, seen: Mapping[str, Any], fields: Collection[str]
) -> tuple[Changed, ...]:
    """What others have changed in an open record since it was `seen`. Raises Gone."""
    row = connection.execute(select(table).where(table.c.id == key)).mappings().first()
    if row is None:
        raise Gone("This record is not in the CRM any more.")
    now = dict(row)
    return tuple(
        Changed(name, seen[name], now[name], seen[name], *_last(connection, table.name, now, name))
        for name in fields
        if now[name] != seen[name]
    )


def _who(act: Act, table: Table, now: Row, name: str) -> tuple[str | None, datetime | None]:
    return _last(act.connection, table.name, now, name)


def _last(connection: Connection, table: str, now: Row, name: str) -> tuple[str | None, datetime | None]:
    """Who last changed a field, and when; an import or another program leaves no name."""
    rows = connection.execute(
        select(audit_log.c.actor, audit_log.c.at, audit_log.c.after)
        .where(audit_log.c.table_name == table, audit_log.c.row_id == now["id"])
        .order_by(audit_log.c.id.desc())
        .limit(_SEARCHED)
    )
    for row in rows:
        if name in (row.after or {}):
            return row.actor, row.at
    return None, now.get("updated_at")
