"""Taking an act back, as a new act: as far as nobody has changed since what it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from crm_data.audit import read, read_row, written
from crm_data.edits.act import Act, acting
from crm_data.edits.cases import find_case, respond_again
from crm_data.edits.contacts import CONSENT, find_contact
from crm_data.edits.errors import Gone, NotSaved
from crm_data.edits.revise import Saved
from crm_data.rights import Rights
from crm_data.schema import metadata
from crm_data.schema.service import case_comments
from crm_data.schema.system import audit_log

#: Follows from the comments that are there: it is found anew rather than set back.
_DERIVED = ("cases", "first_response_at")
#: Columns that say one thing, so that they go back together or not at all.
_TOGETHER = {"cases": (("status", "resolved_at"),), "contacts": (CONSENT,)}


@dataclass(frozen=True)
class Step:
    """One field of one row, back to what it was. `now` is not `ours` where somebody changed it since."""

    table: str
    row: int
    field: str
    was: Any
    ours: Any
    now: Any

    @property
    def possible(self) -> bool:
        return bool(self.now == self.ours)


class Blocked(NotSaved):
    """Something was changed since. `possible` says whether the rest can be taken back without it."""

    def __init__(self, message: str, blocked: list[Step], *, possible: bool) -> None:
        super().__init__(message)
        self.blocked, self.possible = tuple(blocked), possible


def undo(
    engine: Engine, viewer: Rights, act_key: int, *, what_can_be: bool = False, who: str | None = None
) -> Saved:
    """Take an act back. Gives the record that it was about.

    Raises Blocked where a field was changed since; with `what_can_be`, the other fields are taken back.
    """
    with acting(engine, "undo", who=who, undoes=act_key) as act:
        rows = _rows(act.connection, act_key)
        record = _record(act.connection, rows)
        _may(act.connection, viewer, rows)
        if act.connection.execute(select(audit_log.c.id).where(audit_log.c.undoes == act_key)).first():
            raise NotSaved("This was undone before.")
        steps = [step for row in rows for step in _steps(act.connection, row)]
        blocked = [step for step in steps if not step.possible]
        possible = len(_possible(steps)) > 0
        if blocked and not (what_can_be and possible):
            names = ", ".join(dict.fromkeys(step.field.removesuffix("_id") for step in blocked))
            raise Blocked(f"Changed again since: {names}.", blocked, possible=possible)
        for row in reversed(rows):
            _back(act, row)
        _respond_again(act, rows)
        if act.key is None:
            raise NotSaved("There is nothing left of this to undo.")
        return Saved(record, act.key)


def _rows(connection: Connection, act_key: int) -> list[Row[Any]]:
    statement = select(audit_log).where(audit_log.c.act == act_key).order_by(audit_log.c.id)
    rows = list(connection.execute(statement))
    if not rows:
        raise Gone("There is no such act in the audit log.")
    return rows


def _record(connection: Connection, rows: list[Row[Any]]) -> int:
    """The contact or case that the act was about."""
    for row in reversed(rows) if rows[0].undoes else rows:  # an undo goes backwards
        if row.table_name in ("contacts", "cases") and row.row_id is not None:
            return int(row.row_id)
    return next((int(row.after["case_id"]) for row in rows if "case_id" in (row.after or {})), 0)


def _may(connection: Connection, viewer: Rights, rows: list[Row[Any]]) -> None:
    """Each contact and case of the act that is still there is the viewer's to see."""
    find = {"contacts": find_contact, "cases": find_case}
    for row in rows:
        table = metadata.tables.get(row.table_name)
        if row.table_name not in find or table is None or row.row_id is None:
            continue
        there = connection.execute(select(table.c.id).where(table.c.id == row.row_id)).first()
        if there and find[row.table_name](connection, viewer, row.row_id) is None:
            raise Gone("There is no such act, or it is not for you to see.")


def _steps(connection: Connection, row: Row[Any]) -> list[Step]:
    """What undoing this row of the log would set back; a row that was made or deleted has no fields."""
    table = metadata.tables[row.table_name]
    if row.before is None or row.after is None:
        return []
    if row.row_id is None:
        (name,) = row.after.keys() - {"rows"}
        keys, old, new = row.after["rows"], row.before[name], row.after[name]
        found = connection.execute(select(table.c.id, table.c[name]).where(table.c.id.in_(keys)))
        return [Step(table.name, key, name, old, new, now) for key, now in found]
    current = connection.execute(select(table).where(table.c.id == row.row_id)).mappings().first()
    if current is None:
        raise NotSaved("The record itself is gone: there is nothing to set back.")
    return [
        Step(table.name, row.row_id, name, row.before[name], after, written(current[name]))
        for name, after in row.after.items()
        if (table.name, name) != _DERIVED
    ]


def _possible(steps: list[Step]) -> list[Step]:
    """Those that can be taken back: not what was changed since, nor what belongs to that."""
    stuck = {(step.table, step.row, step.field) for step in steps if not step.possible}
    return [
        step
        for step in steps
        if not any((step.table, step.row, field) in stuck for field in _belonging(step.table, step.field))
    ]


def _belonging(table: str, field: str) -> tuple[str, ...]:
    return next((together for together in _TOGETHER.get(table, ()) if field in together), (field,))


def _back(act: Act, row: Row[Any]) -> None:
    table = metadata.tables[row.table_name]
    if row.before is None:
        _unmake(act, table, row)
    elif row.after is None:
        act.connection.execute(insert(table).values(**read_row(table, row.before)))
        act.note("create", table.name, row.row_id, None, read_row(table, row.before))
    elif row.row_id is None:
        _return(act, table, row)
    else:
        now = act.row(table, row.row_id)
        possible = {
            step.field: read(table.c[step.field], step.was) for step in _possible(_steps(act.connection, row))
        }
        if possible:
            act.update(table, now, possible)
        elif not row.after:  # a merger that changed no field
            act.note("update", table.name, row.row_id, {}, {})


def _respond_again(act: Act, rows: list[Row[Any]]) -> None:
    """The first response of a case of which a public comment was taken out or put back."""
    for row in rows:
        comment = row.after if row.before is None else row.before if row.after is None else {}
        if row.table_name == case_comments.name and comment.get("public"):
            respond_again(act, read_row(case_comments, comment), returned=row.after is None)


def _return(act: Act, table: Table, row: Row[Any]) -> None:
    """Rows that were moved refer again to what they did; those moved on since, or gone, stay."""
    (name,) = row.after.keys() - {"rows"}
    old, new = row.before[name], row.after[name]
    still = select(table.c.id).where(table.c.id.in_(row.after["rows"]), table.c[name] == new)
    keys = list(act.connection.scalars(still.order_by(table.c.id)))
    if keys:
        act.connection.execute(update(table).where(table.c.id.in_(keys)).values({name: old}))
        act.note("update", table.name, None, {name: new, "rows": keys}, {name: old, "rows": keys})


def _unmake(act: Act, table: Table, row: Row[Any]) -> None:
    """A row that the act made is deleted, if nothing was changed in it and nothing refers to it."""
    now = act.row(table, row.row_id)
    changed = [name for name, value in row.after.items() if written(now[name]) != value]
    if changed:
        raise NotSaved(f"It was changed since ({', '.join(changed)}). Undo that first.")
    try:
        act.connection.execute(delete(table).where(table.c.id == row.row_id))
    except IntegrityError as error:
        raise NotSaved("Other records refer to it by now, so it stays.") from error
    act.note("delete", table.name, row.row_id, now, None)
