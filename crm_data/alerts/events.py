"""Alerts as they stand, read for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select

from crm_data.audit import Row, read_row
from crm_data.schema.base import utc_now
from crm_data.schema.organisation import users
from crm_data.schema.system import alert_events as table
from crm_data.schema.system import alert_rules, audit_log

#: In the order in which they ask for attention.
STATES = ("open", "acknowledged", "snoozed", "resolved")


@dataclass(frozen=True)
class Event:
    """An alert. `value` is of when it fired; `latest`, `compared`, window and n are of the last look while it
    went on. `who` set the state, at `state_at`."""

    id: int
    rule_id: int
    rule_name: str
    kpi: str
    basis: str
    comparison: str
    against: str
    dimension: str | None
    filters: dict[str, list[object]]
    cause: str
    start: date
    end: date
    value: float
    latest: float
    compared: float | None
    n: int | None
    threshold: float
    fired_at: datetime
    seen_at: datetime
    cleared_at: datetime | None
    ended: str | None
    state: str
    state_at: datetime | None
    who: str | None
    snoozed_until: datetime | None


def open_events(connection: Connection, now: datetime | None = None) -> list[Event]:
    """The alerts that go on and that nobody has resolved: open ones first (also those whose snooze is over),
    then the acknowledged, then the snoozed; each the latest first."""
    now = now or utc_now()
    going_on = and_(table.c.cleared_at.is_(None), table.c.state != "resolved", alert_rules.c.active)
    found = [_event(row, now) for row in connection.execute(_select().where(going_on)).mappings()]
    return sorted(found, key=lambda one: STATES.index(one.state))


def history(connection: Connection, *, offset: int = 0, limit: int = 25) -> tuple[list[Event], int]:
    """Alerts that are over or resolved, the latest first, and how many there are. Their value, window and
    what it was compared with are those at which they fired."""
    past = or_(table.c.cleared_at.isnot(None), table.c.state == "resolved")
    live = alert_rules.c.deleted_at.is_(None)
    counted = select(func.count()).select_from(table.join(alert_rules)).where(past, live)
    found = connection.execute(_select().where(past).limit(limit).offset(offset)).mappings().all()
    fired = _fired(connection, found)
    return [_event({**row, **fired[row["id"]]}, None) for row in found], connection.scalar(counted) or 0


def _fired(connection: Connection, rows: Sequence[RowMapping]) -> dict[int, Row]:
    """The numbers of the look at which each alert fired. Its own row has those of the last look while it
    went on, so the audit log is asked; where that has no line, all are of the last one."""
    log = audit_log.c
    keys = [row["id"] for row in rows]
    made = select(log.row_id, log.after).where(
        log.table_name == table.name, log.row_id.in_(keys), log.action == "create"
    )
    found = {row["id"]: {} if row["latest"] is None else {"value": row["latest"]} for row in rows}
    names = ("value", "period_start", "period_end", "compared", "n")
    for key, after in connection.execute(made):
        values = read_row(table, after)
        found[key] = {name: values[name] for name in names if name in values}
    return found


def _select() -> Select[Any]:
    asked = ("kpi", "basis", "comparison", "against", "dimension", "filters")
    return (
        select(
            table,
            *(alert_rules.c[name] for name in asked),
            alert_rules.c.name.label("rule_name"),
            alert_rules.c.threshold.label("limit_now"),
            func.coalesce(users.c.name, table.c.state_actor).label("who"),
        )
        .select_from(
            table.join(alert_rules, table.c.rule_id == alert_rules.c.id).outerjoin(
                users, table.c.state_by == users.c.id
            )
        )
        .where(alert_rules.c.deleted_at.is_(None))
        .order_by(table.c.fired_at.desc(), table.c.id.desc())
    )


def state_of(state: str, snoozed_until: datetime | None, now: datetime | None) -> str:
    """The state at an instant: an alert whose snooze is over is open again."""
    over = state == "snoozed" and now is not None and snoozed_until is not None and snoozed_until <= now
    return "open" if over else state


def _event(row: Mapping[Any, Any], now: datetime | None) -> Event:
    state = state_of(row["state"], row["snoozed_until"], now)
    same = (
        "id rule_id rule_name kpi basis comparison against dimension cause value compared n fired_at "
        "cleared_at ended state_at who snoozed_until"
    ).split()
    return Event(
        **{name: row[name] for name in same},
        filters=row["filters"] or {},
        start=row["period_start"],
        end=row["period_end"],
        latest=row["value"] if row["latest"] is None else row["latest"],
        threshold=row["limit_now"] if row["threshold"] is None else row["threshold"],
        seen_at=row["seen_at"] or row["fired_at"],
        state=state,
    )
