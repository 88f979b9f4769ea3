"""An act: what one person does in one go. One transaction; each row it changes has a row in the audit log.

`version` and `updated_at` are left to the tables' triggers, which every writer shares.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from crm_data.audit import Row, note
from crm_data.edits.errors import Gone, NotSaved
from crm_data.engine import reported, writing
from crm_data.schema.base import utc_now
from crm_data.schema.system import audit_log

#: How long an edit waits for somebody else's transaction. Then it says so, and what was typed is kept.
PATIENCE = 4.0

_LONGEST_NAME = 200


def actor() -> str:
    """Who edits: CRM_USER if set, else the operating system's user. One's own machine has no login."""
    named = os.environ.get("CRM_USER", "").strip()
    if not named:
        try:
            named = getpass.getuser()
        except (KeyError, OSError):
            named = "unknown"
    return "".join(sign for sign in named if sign.isprintable())[:_LONGEST_NAME] or "unknown"


@dataclass
class Act:
    """`key` is there once the first row has been changed: until then nothing has happened."""

    connection: Connection
    actor: str
    deed: str
    now: datetime
    undoes: int | None = None
    key: int | None = None
    notes: list[str] = field(default_factory=list)

    def row(self, table: Table, key: int) -> Row:
        """The row as it is now. Raises Gone."""
        found = self.connection.execute(select(table).where(table.c.id == key)).mappings().first()
        if found is None:
            raise Gone(f"This {_singular(table)} is not in the CRM (any more).")
        return dict(found)

    def insert(self, table: Table, values: Mapping[str, Any]) -> int:
        """Add a row; gives its key."""
        statement = insert(table).values(**values).returning(table.c.id)
        key = int(self.connection.execute(statement).scalar_one())
        self.note("create", table.name, key, None, dict(values))
        return key

    def update(self, table: Table, before: Row, changes: Mapping[str, Any]) -> None:
        """Change some columns of the row that was read as `before`. What is the same is left alone."""
        real = {name: value for name, value in changes.items() if value != before[name]}
        if not real:
            return
        same = (table.c.id == before["id"]) & (table.c.version == before["version"])
        done = self.connection.execute(update(table).where(same).values(**real))
        if done.rowcount != 1:  # another program, which does not wait for our lock, was faster
            raise NotSaved(
                "Another program changed this record at the very moment. Nothing was saved; save again."
            )
        self.note("update", table.name, before["id"], {name: before[name] for name in real}, real)

    def delete(self, table: Table, before: Row) -> None:
        self.connection.execute(delete(table).where(table.c.id == before["id"]))
        self.note("delete", table.name, before["id"], before, None)

    def note(self, action: str, table: str, key: int | None, before: Row | None, after: Row | None) -> None:
        """One row in the audit log; the first gives the act its key."""
        done = "undo" if self.undoes else action
        written = note(
            self.connection,
            self.now,
            self.actor,
            done,
            table,
            key,
            before,
            after,
            act=self.key,
            undoes=self.undoes,
            deed=self.deed,
        )
        if self.key is None:
            self.key = written
            own = update(audit_log).where(audit_log.c.id == written)
            self.connection.execute(own.values(act=written))


@contextmanager
def acting(engine: Engine, deed: str, *, who: str | None = None, undoes: int | None = None) -> Iterator[Act]:
    """One act; all of it is saved at the end, or nothing.

    Raises CrmUnavailable where the database cannot be written, and NotSaved where it refuses the row.
    """
    try:
        with reported(engine), writing(engine, PATIENCE) as connection:
            yield Act(connection, who or actor(), deed, utc_now(), undoes)
    except (IntegrityError, DataError) as error:
        raise NotSaved(f"The database refuses this: {_reason(error)}. Nothing was saved.") from error


def _reason(error: IntegrityError | DataError) -> str:
    said = str(error.orig).strip().splitlines()
    return said[0] if said else "a rule of its own"


def _singular(table: Table) -> str:
    return {"contacts": "contact", "cases": "case"}.get(table.name, "record")
