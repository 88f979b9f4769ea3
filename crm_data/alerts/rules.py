"""Alert rules: read, saved, switched on and off, deleted and brought back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, insert, select, update

from crm_data.alerts.runs import Overtaken, end_runs
from crm_data.audit import changed, note
from crm_data.engine import writing
from crm_data.schema.base import utc_now
from crm_data.schema.system import alert_rules as table

#: dimension -> the members that are counted; None is "(none)"
Filters = tuple[tuple[str, tuple[object, ...]], ...]

#: What a rule asks. Another answer to any of these makes another cause of each alert.
_ASKED = (
    "kpi",
    "basis",
    "comparison",
    "threshold",
    "period",
    "against",
    "dimension",
    "filters",
    "smallest_n",
    "sure",
)


@dataclass(frozen=True)
class Rule:
    """A limit on a KPI. basis "level": the value; "change": how much it changed, as a fraction of its value
    in the comparable window (`against`: year, previous). comparison: above, below the threshold.

    dimension: one check for each member; None: the whole. Windows with fewer than `smallest_n` rows say
    nothing. sure: fires only where the margin of error is beyond the limit, too. id and version 0: new.
    """

    name: str
    kpi: str
    threshold: float
    basis: str = "level"
    comparison: str = "above"
    period: str = "month"
    against: str = "year"
    dimension: str | None = None
    filters: Filters = ()
    smallest_n: int = 30
    sure: bool = False
    active: bool = True
    id: int = 0
    version: int = 0
    deleted_at: datetime | None = None


def read_rules(connection: Connection, *, deleted: bool = False) -> list[Rule]:
    """The rules, oldest first; or those that were deleted, the last first."""
    wanted = table.c.deleted_at.isnot(None) if deleted else table.c.deleted_at.is_(None)
    order = table.c.deleted_at.desc() if deleted else table.c.id
    found = connection.execute(select(table).where(wanted).order_by(order)).mappings()
    return [_rule(row) for row in found]


def save(engine: Engine, rule: Rule, actor: str) -> Rule:
    """A new rule, or a changed one. Where it asks something else than before, its alerts are over.

    Raises Overtaken when somebody else has changed it since it was read.
    """
    now = utc_now()
    with writing(engine) as connection:
        values = _values(rule)
        if not rule.id:
            key = connection.execute(
                insert(table).values(**values, version=1, updated_at=now)
            ).inserted_primary_key
            assert key is not None
            note(connection, now, actor, "create", table.name, key[0], None, values)
            return _one(connection, key[0])
        before = _one(connection, rule.id)
        if before.version != rule.version or before.deleted_at:
            raise Overtaken("Somebody else has changed this rule meanwhile. Nothing was saved.")
        if any(_values(before)[name] != values[name] for name in _ASKED):
            end_runs(connection, rule.id, now, actor, "the rule was changed")
        return _change(connection, before, values, actor, "update", now)


def switch(engine: Engine, rule_id: int, on: bool, actor: str) -> Rule:
    """A rule that is off is not evaluated; its alerts wait until it is on again."""
    with writing(engine) as connection:
        return _change(connection, _one(connection, rule_id), {"active": on}, actor, "update", utc_now())


def delete(engine: Engine, rule_id: int, actor: str) -> Rule:
    """The rule and its alerts are no longer there to be seen; `restore` brings them back as they were."""
    now = utc_now()
    with writing(engine) as connection:
        return _change(connection, _one(connection, rule_id), {"deleted_at": now}, actor, "delete", now)


def restore(engine: Engine, rule_id: int, actor: str) -> Rule:
    with writing(engine) as connection:
        return _change(connection, _one(connection, rule_id), {"deleted_at": None}, actor, "undo", utc_now())


def _change(
    connection: Connection, before: Rule, values: Mapping[str, Any], actor: str, action: str, now: datetime
) -> Rule:
    connection.execute(
        update(table)
        .where(table.c.id == before.id)
        .values(**values, version=before.version + 1, updated_at=now)
    )
    note(
        connection,
        now,
        actor,
        action,
        table.name,
        before.id,
        *changed(_values(before) | {"deleted_at": before.deleted_at}, values),
    )
    return _one(connection, before.id)


def _one(connection: Connection, rule_id: int) -> Rule:
    row = connection.execute(select(table).where(table.c.id == rule_id)).mappings().first()
    if row is None:
        raise Overtaken("This rule is no longer there. Nothing was saved.")
    return _rule(row)


def _rule(row: RowMapping) -> Rule:
    filters = tuple((dimension, tuple(members)) for dimension, members in (row["filters"] or {}).items())
    names = [name for name in Rule.__dataclass_fields__ if name != "filters"]
    return Rule(filters=filters, **{name: row[name] for name in names})


def _values(rule: Rule) -> dict[str, Any]:
    values = asdict(rule) | {
        "filters": {dimension: list(members) for dimension, members in rule.filters} or None
    }
    return {name: value for name, value in values.items() if name not in ("id", "version", "deleted_at")}
