"""Two contacts that are one person: what refers to either refers to the survivor, and it can be undone."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, Engine, Table, select, update

from crm_data.audit import Row
from crm_data.edits.act import Act, acting
from crm_data.edits.contacts import CONSENT, DETAILS, seen_contact
from crm_data.edits.errors import NotSaved
from crm_data.edits.revise import Saved
from crm_data.rights import Rights
from crm_data.schema import metadata
from crm_data.schema.customers import contacts

#: The fields to choose between. Consent goes as a whole: an answer belongs to its time and source.
CHOICES = (*DETAILS, "consent")
MANY = 500  # keys in one statement, and in one row of the audit log


def references() -> list[tuple[Table, Column[Any]]]:
    """Every column of the CRM that refers to a contact."""
    return [
        (table, column)
        for table in metadata.sorted_tables
        for column in table.c
        for foreign in column.foreign_keys
        if foreign.column.table is contacts
    ]


def proposal(keep: Row, other: Row) -> set[str]:
    """The fields to take from the other: those that the survivor lacks, and the younger consent."""
    taken = {name for name in DETAILS if keep[name] is None and other[name] is not None}
    theirs, ours = other["consent_at"], keep["consent_at"]
    if theirs is not None and (ours is None or theirs > ours):
        taken.add("consent")
    return taken


def merge(
    engine: Engine,
    viewer: Rights,
    keep: int,
    other: int,
    take: Collection[str],
    *,
    versions: tuple[int, int],
    who: str | None = None,
) -> Saved:
    """Make `keep` of both; `take` names the fields that come from `other`, which is hidden from then on.

    `versions` are those of the two as they were looked at: when either has changed since, nothing is done.
    """
    if keep == other:
        raise NotSaved("A contact cannot be merged with itself.")
    with acting(engine, "merge", who=who) as act:
        survivor, duplicate = seen_contact(act, viewer, keep), seen_contact(act, viewer, other)
        if (survivor["version"], duplicate["version"]) != versions:
            raise NotSaved(
                "One of the two was changed since you opened this. Nothing was merged; look at both again."
            )
        columns = {name for name in take if name in DETAILS} | (set(CONSENT) if "consent" in take else set())
        act.update(contacts, survivor, {name: duplicate[name] for name in columns})
        if act.key is None:  # the survivor's history tells of the merger even where no field changed
            act.note("update", "contacts", keep, {}, {})
        act.update(contacts, duplicate, {"merged_into_id": keep})
        for table, column in references():
            _move(act, table, column, other, keep)
        return Saved(keep, act.key)


def _move(act: Act, table: Table, column: Column[Any], old: int, new: int) -> None:
    """Let every row that refers to `old` refer to `new`; which ones is in the audit log."""
    rows = act.connection.scalars(select(table.c.id).where(column == old).order_by(table.c.id)).all()
    for first in range(0, len(rows), MANY):
        some = list(rows[first : first + MANY])
        act.connection.execute(update(table).where(table.c.id.in_(some)).values({column.name: new}))
        moved = {"rows": some}
        act.note("update", table.name, None, {column.name: old} | moved, {column.name: new} | moved)
