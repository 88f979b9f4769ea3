"""One line of the audit log for each change of a rule or an alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert

from crm_data.schema.system import audit_log


def note(
    connection: Connection,
    now: datetime,
    actor: str,
    action: str,
    table: str,
    row: int,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """In the caller's transaction. Of an update, only what differs is kept."""
    if before and after:
        changed = {key for key in after if before.get(key) != after[key]}
        before = {key: before.get(key) for key in changed}
        after = {key: after[key] for key in changed}
    connection.execute(
        insert(audit_log).values(
            at=now,
            actor=actor,
            action=action,
            table_name=table,
            row_id=row,
            before=_plain(before),
            after=_plain(after),
        )
    )


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if values is None:
        return None
    return {
        key: value.isoformat() if isinstance(value, date | datetime) else value
        for key, value in values.items()
    }
