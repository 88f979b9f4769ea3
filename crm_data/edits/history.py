"""What was done to a contact or case: the audit log, act by act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from crm_data.schema.service import case_comments, case_reopenings
from crm_data.schema.system import audit_log

_MOST = 400  # rows of the log


@dataclass(frozen=True)
class Change:
    """A field from one value to another, as the audit log keeps them. None: there was no value."""

    table: str
    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Deed:
    """One act: who did what and when. `moved`: table -> how many rows refer to another contact now."""

    act: int
    at: datetime
    actor: str
    deed: str
    changes: tuple[Change, ...]
    moved: dict[str, int]
    undoes: int | None
    undone: bool


def history(connection: Connection, table: str, key: int) -> list[Deed]:
    """The acts that changed a contact or case or what belongs to it, the last one first."""
    log = audit_log.c
    own: ColumnElement[bool] = (log.table_name == table) & (log.row_id == key)
    if table == "cases":
        for part in (case_comments, case_reopenings):
            parts = select(part.c.id).where(part.c.case_id == key)
            own = or_(own, (log.table_name == part.name) & log.row_id.in_(parts))
    acts = select(log.act).where(own, log.act.is_not(None)).order_by(log.id.desc()).limit(_MOST)
    rows = connection.execute(
        select(audit_log).where(log.act.in_(acts)).order_by(log.act.desc(), log.id)
    ).all()
    keys = {row.act for row in rows}
    undone = set(connection.scalars(select(log.undoes).where(log.undoes.in_(keys))))
    found = []
    for act, group in groupby(rows, key=lambda row: row.act):
        some = list(group)
        first = some[0]
        changes, moved = [], dict[str, int]()
        for row in some:
            before, after = row.before or {}, row.after or {}
            if row.row_id is None:
                moved[row.table_name] = moved.get(row.table_name, 0) + len(after.get("rows", ()))
                continue
            if (row.table_name, row.row_id) == (table, key) or row.table_name.startswith("case_"):
                names = dict.fromkeys([*before, *after])
                changes += [Change(row.table_name, name, before.get(name), after.get(name)) for name in names]
        found.append(
            Deed(act, first.at, first.actor, first.deed or first.action, tuple(changes), moved,
                 first.undoes, act in undone)
        )  # fmt: skip
    return found
