"""What an evaluation found is written down here, and what people do about it.

An alert is one unbroken run of a cause (a rule and a member) being beyond the limit. The database itself
refuses a second one while the first goes on, whoever writes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, delete, insert, select, update

from crm_data.alerts.events import STATES, state_of
from crm_data.audit import changed, note
from crm_data.engine import writing
from crm_data.schema.base import utc_now
from crm_data.schema.system import alert_events as table
from crm_data.schema.system import alert_rules, alert_watch

#: Who writes what no person did.
WATCH = "alert rules"


class Overtaken(Exception):
    """Somebody else, or the data, was faster. The message is a sentence for the person in front."""


@dataclass(frozen=True)
class Finding:
    """What one look at one cause found. `beyond`: True starts an alert or keeps it going, False ends it,
    None does neither. version: of the rule that was asked."""

    rule_id: int
    version: int
    cause: str
    beyond: bool | None
    start: date
    end: date
    value: float
    compared: float | None
    n: int | None
    threshold: float


@dataclass(frozen=True)
class Gone:
    """A cause that there is no more. `why` in words, at most 80 characters; version: of the rule."""

    rule_id: int
    version: int
    cause: str
    why: str


@dataclass(frozen=True)
class Recorded:
    """The alerts, by their keys, that began and that ended."""

    fired: tuple[int, ...] = ()
    cleared: tuple[int, ...] = ()


def record(
    engine: Engine,
    as_of: datetime,
    findings: Sequence[Finding],
    now: datetime | None = None,
    *,
    gone: Sequence[Gone] = (),
) -> Recorded:
    """Write down what an evaluation of data as of `as_of` found. One that knows older data than the last
    changes nothing; neither do findings for rules that have changed since."""
    now = now or utc_now()
    with writing(engine) as connection:
        last = connection.scalar(select(alert_watch.c.as_of))
        if last is not None and as_of < last:
            return Recorded()
        connection.execute(delete(alert_watch))
        connection.execute(insert(alert_watch).values(id=1, as_of=as_of))
        live = alert_rules.c.active, alert_rules.c.deleted_at.is_(None)
        asked = connection.execute(select(alert_rules.c.id, alert_rules.c.version).where(*live))
        rules = {row.id: row.version for row in asked}
        lasting = select(table).where(table.c.cleared_at.is_(None))
        runs = {(row["rule_id"], row["cause"]): row for row in connection.execute(lasting).mappings()}
        fired, cleared = [], []
        for found in findings:
            if rules.get(found.rule_id) != found.version:
                continue
            run = runs.get((found.rule_id, found.cause))
            if run is None and found.beyond:
                fired.append(_fire(connection, found, now))
            elif run is not None and found.beyond is False:
                _end(connection, run, now, WATCH, "the condition is over", {"seen_at": now})
                cleared.append(run["id"])
            elif run is not None:
                _keep_up(connection, run, found, now)
        for lost in gone:
            run = runs.get((lost.rule_id, lost.cause))
            if run is not None and rules.get(lost.rule_id) == lost.version:
                _end(connection, run, now, WATCH, lost.why, {"seen_at": now})
                cleared.append(run["id"])
    return Recorded(tuple(fired), tuple(cleared))


def going_on(connection: Connection) -> list[tuple[int, str]]:
    """The alerts that are not over, resolved ones included: rule and cause of each."""
    found = select(table.c.rule_id, table.c.cause).where(table.c.cleared_at.is_(None))
    return [(row.rule_id, row.cause) for row in connection.execute(found)]


def _fire(connection: Connection, found: Finding, now: datetime) -> int:
    values = _seen(found, now) | {
        "rule_id": found.rule_id,
        "cause": found.cause,
        "value": found.value,
        "fired_at": now,
        "threshold": found.threshold,
    }
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    assert key is not None
    note(connection, now, WATCH, "create", table.name, key[0], None, values)
    return int(key[0])


def _seen(found: Finding, now: datetime) -> dict[str, Any]:
    return {
        "period_start": found.start,
        "period_end": found.end,
        "latest": found.value,
        "compared": found.compared,
        "n": found.n,
        "seen_at": now,
    }


def _keep_up(connection: Connection, run: RowMapping, found: Finding, now: datetime) -> None:
    """The numbers of a run that goes on; nothing is written where they are the same."""
    values = _seen(found, now)
    if any(run[name] != value for name, value in values.items() if name != "seen_at"):
        connection.execute(update(table).where(table.c.id == run["id"]).values(**values))


def end_runs(connection: Connection, rule_id: int, now: datetime, actor: str, why: str) -> None:
    """End all alerts of a rule that go on, in the caller's transaction."""
    lasting = select(table).where(table.c.cleared_at.is_(None), table.c.rule_id == rule_id)
    for run in connection.execute(lasting).mappings().all():
        _end(connection, run, now, actor, why, {})


def _end(
    connection: Connection, run: RowMapping, now: datetime, actor: str, why: str, seen: dict[str, Any]
) -> None:
    values: dict[str, Any] = {"cleared_at": now, "ended": why}
    if run["state"] != "resolved":
        values |= {"state": "resolved", "state_at": now, "state_actor": actor, "state_by": None}
    connection.execute(update(table).where(table.c.id == run["id"]).values(**values, **seen))
    note(connection, now, actor, "update", table.name, run["id"], *changed(dict(run), values))


def set_state(
    engine: Engine,
    event_id: int,
    state: str,
    actor: str,
    *,
    seen: str,
    until: datetime | None = None,
    now: datetime | None = None,
) -> None:
    """What a person does about an alert. `seen`: the state that it had before their eyes.

    Raises Overtaken when it has another by now, or is over.
    """
    if state not in STATES or (state == "snoozed") != (until is not None):
        raise ValueError(f"{state!r} until {until} is no state of an alert")
    now = now or utc_now()
    with writing(engine) as connection:
        run = connection.execute(select(table).where(table.c.id == event_id)).mappings().first()
        if run is None:
            raise Overtaken("This alert is no longer there.")
        if run["cleared_at"] is not None:
            raise Overtaken(f"This alert is over: {run['ended']}.")
        there = state_of(run["state"], run["snoozed_until"], now)
        if there != seen:
            who = run["state_actor"] or "somebody else"
            raise Overtaken(f"This alert is {there} already, by {who}. Nothing was changed.")
        values = {
            "state": state,
            "state_at": now,
            "state_actor": actor,
            "state_by": None,
            "snoozed_until": until,
        }
        connection.execute(update(table).where(table.c.id == event_id).values(**values))
        note(connection, now, actor, "update", table.name, event_id, *changed(dict(run), values))
