"""Reports that were kept, in the CRM database. What is in them, and what it means today, is in kpis.kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select

from crm_data.audit import note
from crm_data.engine import reported, writing
from crm_data.schema.base import utc_now
from crm_data.schema.system import kept_reports, kept_rows

Members = dict[str, list[Any]]


class NotKept(Exception):
    """There is no such report, or it cannot be read. The message is a sentence for the person in front."""


@dataclass(frozen=True)
class Head:
    """What was asked, by whom, and of which data. filters, rights: dimension -> members; id 0: new."""

    name: str
    start: date
    end: date
    filters: Members
    rights: Members
    kept_at: datetime
    kept_by: str
    data_version: int
    refreshed_at: datetime | None
    id: int = 0


@dataclass(frozen=True)
class RowSet:
    """The rows that a KPI counted in some windows. `rows` None: they were too many to keep."""

    kpi: str
    windows: tuple[tuple[date, date], ...]
    n: int
    digest: str
    rows: bytes | None


def add(engine: Engine, head: Head, answer: bytes, sets: Iterable[RowSet]) -> Head:
    """Keep a report: all of it, or nothing. Raises CrmUnavailable."""
    with reported(engine), writing(engine) as connection:
        values = _values(head)
        statement = insert(kept_reports).values(**values, answer=answer).returning(kept_reports.c.id)
        key = int(connection.execute(statement).scalar_one())
        for one in sets:
            windows = [[f"{start}", f"{end}"] for start, end in one.windows]
            row = {"report_id": key, "kpi": one.kpi, "windows": windows, "n": one.n, "digest": one.digest}
            connection.execute(insert(kept_rows).values(**row, rows=one.rows))
        note(connection, head.kept_at, head.kept_by, "create", kept_reports.name, key, None, values)
    return Head(**{**head.__dict__, "id": key})


def heads(connection: Connection) -> list[Head]:
    """All kept reports, the latest first."""
    return [_head(row) for row in connection.execute(_heads().order_by(kept_reports.c.id.desc()))]


def find(connection: Connection, key: int) -> tuple[Head, bytes]:
    """A kept report and its packed answer. Raises NotKept."""
    row = connection.execute(
        _heads().add_columns(kept_reports.c.answer).where(kept_reports.c.id == key)
    ).first()
    if row is None:
        raise NotKept(f"There is no kept report no. {key} (any more).")
    return _head(row), row.answer


def row_sets(connection: Connection, key: int) -> list[RowSet]:
    """The rows behind the figures of a kept report."""
    found = connection.execute(select(kept_rows).where(kept_rows.c.report_id == key).order_by(kept_rows.c.id))
    return [
        RowSet(
            row.kpi,
            tuple((date.fromisoformat(start), date.fromisoformat(end)) for start, end in row.windows),
            row.n,
            row.digest,
            row.rows,
        )
        for row in found
    ]


def remove(engine: Engine, key: int, actor: str) -> Head:
    """Delete a kept report for good; the audit log says who did. Raises NotKept, CrmUnavailable."""
    with reported(engine), writing(engine) as connection:
        head, _ = find(connection, key)
        connection.execute(delete(kept_rows).where(kept_rows.c.report_id == key))
        connection.execute(delete(kept_reports).where(kept_reports.c.id == key))
        note(connection, utc_now(), actor, "delete", kept_reports.name, key, _values(head), None)
    return head


def _heads() -> Any:
    return select(*(column for column in kept_reports.c if column.name != "answer"))


def _head(row: Row[Any]) -> Head:
    return Head(
        row.name,
        row.period_start,
        row.period_end,
        row.filters,
        row.rights,
        row.kept_at,
        row.kept_by,
        row.data_version,
        row.refreshed_at,
        row.id,
    )


def _values(head: Head) -> dict[str, Any]:
    same = ("name", "filters", "rights", "kept_at", "kept_by", "data_version", "refreshed_at")
    values = {name: getattr(head, name) for name in same}
    return values | {"period_start": head.start, "period_end": head.end}
