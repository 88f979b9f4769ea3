"""What becomes of an alert: it begins once for each cause, people act on it, and it ends."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import IntegrityError

from crm_data import migrations
from crm_data.alerts import (
    Event,
    Finding,
    Overtaken,
    Rule,
    delete,
    history,
    open_events,
    read_rules,
    record,
    restore,
    save,
    set_state,
    switch,
)
from crm_data.engine import connect, prepare, writing
from crm_data.schema.system import alert_events, audit_log

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
HOSTILE = ("<img src=x onerror=alert(1)>", "'; DROP TABLE alert_events; --", "=1+1", "~", "مبيعات", "x" * 200)


def rule(engine: Engine, **other: Any) -> Rule:
    values: dict[str, Any] = {"name": "Churn", "kpi": "churn_rate", "threshold": 0.1}
    return save(engine, Rule(**values | other), "ann")


def found(of: Rule, beyond: bool | None, cause: str = "", value: float = 0.2) -> Finding:
    return Finding(
        of.id, of.version, cause, beyond, date(2026, 7, 1), date(2026, 10, 1), value, None, 50, of.threshold
    )


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def looked(engine: Engine, hours: float, *findings: Finding) -> tuple[int, int]:
    done = record(engine, at(hours), findings, at(hours))
    return len(done.fired), len(done.cleared)


def opened(engine: Engine, hours: float = 0) -> list[Event]:
    with engine.connect() as connection:
        return open_events(connection, at(hours))


def test_the_same_cause_fires_once_until_it_is_over(crm: Engine) -> None:
    watched = rule(crm)
    assert looked(crm, 0, found(watched, True)) == (1, 0)
    assert looked(crm, 1, found(watched, True, value=0.3)) == (0, 0)
    assert looked(crm, 2, found(watched, None)) == (0, 0), "too few rows or unsure: neither news nor its end"
    assert looked(crm, 3) == (0, 0), "no answer is no end either"
    (event,) = opened(crm, 3)
    assert (event.value, event.latest, event.fired_at, event.state) == (0.2, 0.2, at(0), "open")
    assert looked(crm, 4, found(watched, False, value=0.05)) == (0, 1)
    assert opened(crm, 4) == []
    with crm.connect() as connection:
        (past,), total = history(connection)
    assert (total, past.ended, past.who, past.cleared_at) == (
        1,
        "the condition is over",
        "alert rules",
        at(4),
    )
    assert looked(crm, 5, found(watched, True)) == (1, 0), "after its end it may fire again"


def test_a_past_alert_shows_the_numbers_of_one_look(crm: Engine) -> None:
    """It fired at 80 against 100, a fall of 20%. A month later, at its end, the windows are others."""
    fell = rule(crm, kpi="revenue_won", basis="change", comparison="below", threshold=-0.15)

    def looks(month: int, beyond: bool, value: float, compared: float) -> Finding:
        window = date(2026, month, 1), date(2026, month, 11)
        return Finding(fell.id, fell.version, "", beyond, *window, value, compared, 10 * month, -0.15)

    looked(crm, 0, looks(9, True, 80, 100))
    looked(crm, 600, looks(10, True, 100, 400))
    (event,) = opened(crm, 600)
    assert (event.latest, event.compared, event.start) == (100, 400, date(2026, 10, 1)), "the last look"
    looked(crm, 700, looks(10, False, 450, 400))
    assert past(crm) == (80, 100, date(2026, 9, 1), date(2026, 9, 11), 90)
    with crm.begin() as connection:
        connection.execute(audit_log.delete())
    assert past(crm) == (100, 400, date(2026, 10, 1), date(2026, 10, 11), 100), (
        "the last one beyond the limit"
    )


def past(engine: Engine) -> tuple[float, float | None, date, date, int | None]:
    with engine.connect() as connection:
        ((event,), _) = history(connection)
    return event.value, event.compared, event.start, event.end, event.n


def test_an_answer_from_older_data_comes_too_late(crm: Engine) -> None:
    watched = rule(crm)
    assert looked(crm, 0, found(watched, True)) == (1, 0)
    assert looked(crm, 2, found(watched, False)) == (0, 1)
    assert looked(crm, 1, found(watched, True)) == (0, 0)
    assert opened(crm, 3) == []


def test_people_act_and_the_log_says_who(crm: Engine) -> None:
    watched = rule(crm)
    looked(crm, 0, found(watched, True))
    key = opened(crm)[0].id
    set_state(crm, key, "acknowledged", "ann", seen="open", now=at(1))
    assert (opened(crm, 1)[0].state, opened(crm, 1)[0].who) == ("acknowledged", "ann")
    with pytest.raises(Overtaken, match="acknowledged already, by ann"):
        set_state(crm, key, "resolved", "bob", seen="open", now=at(1))
    set_state(crm, key, "snoozed", "bob", seen="acknowledged", until=at(24), now=at(2))
    assert opened(crm, 23)[0].state == "snoozed"
    assert opened(crm, 24)[0].state == "open", "when the snooze is over it asks for attention again"
    set_state(crm, key, "resolved", "ann", seen="open", now=at(25))
    assert opened(crm, 25) == []
    assert looked(crm, 26, found(watched, True)) == (0, 0), "resolved, and still the same cause"
    assert looked(crm, 27, found(watched, False)) == (0, 1)
    with pytest.raises(Overtaken, match="the condition is over"):
        set_state(crm, key, "open", "ann", seen="resolved", now=at(28))
    with crm.connect() as connection:
        rows = connection.execute(
            select(audit_log).where(audit_log.c.table_name == "alert_events").order_by(audit_log.c.id)
        ).mappings()
        told = [(row["actor"], row["action"], (row["after"] or {}).get("state")) for row in rows]
    assert told == [
        ("alert rules", "create", None),
        ("ann", "update", "acknowledged"),
        ("bob", "update", "snoozed"),
        ("ann", "update", "resolved"),
        ("alert rules", "update", None),
    ]


def test_a_rule_that_asks_something_else_has_other_causes(crm: Engine) -> None:
    watched = rule(crm)
    looked(crm, 0, found(watched, True))
    renamed = save(crm, Rule(**{**vars(watched), "name": "Customers lost"}), "ann")
    assert opened(crm)[0].rule_name == "Customers lost", "another name is not another question"
    changed = save(crm, Rule(**{**vars(renamed), "threshold": 0.15}), "ann")
    assert opened(crm) == []
    assert looked(crm, 1, found(renamed, True)) == (0, 0), "asked before the change"
    assert looked(crm, 1, found(changed, True)) == (1, 0)
    with pytest.raises(Overtaken, match="Somebody else"):
        save(crm, renamed, "bob")


def test_off_and_deleted_rules_are_silent_and_come_back_as_they_were(crm: Engine) -> None:
    watched = rule(crm)
    looked(crm, 0, found(watched, True))
    set_state(crm, opened(crm)[0].id, "acknowledged", "ann", seen="open")
    off = switch(crm, watched.id, False, "ann")
    assert opened(crm) == []
    assert looked(crm, 1, found(off, True)) == (0, 0)
    switch(crm, watched.id, True, "ann")
    delete(crm, watched.id, "ann")
    with crm.connect() as connection:
        assert (opened(crm), read_rules(connection)) == ([], [])
        assert [one.name for one in read_rules(connection, deleted=True)] == ["Churn"]
    back = restore(crm, watched.id, "ann")
    assert [event.state for event in opened(crm)] == ["acknowledged"]
    assert looked(crm, 2, found(back, True)) == (0, 0)


def test_hostile_members_are_only_text(crm: Engine) -> None:
    hostile = rule(crm, name=HOSTILE[0], dimension="region", filters=(("segment", (None, *HOSTILE)),))
    assert looked(crm, 0, *(found(hostile, True, cause) for cause in HOSTILE)) == (len(HOSTILE), 0)
    assert {event.cause for event in opened(crm)} == set(HOSTILE)
    with crm.connect() as connection:
        (again,) = read_rules(connection)
    assert again == hostile
    assert again.filters == (("segment", (None, *HOSTILE)),)


def test_the_database_refuses_a_second_alert_of_a_cause(crm: Engine) -> None:
    watched = rule(crm)
    looked(crm, 0, found(watched, True))
    with crm.connect() as connection, pytest.raises(IntegrityError):
        again(connection, watched)


def again(connection: Connection, watched: Rule) -> None:
    day = date(2026, 7, 1)
    connection.execute(
        insert(alert_events).values(
            rule_id=watched.id, cause="", period_start=day, period_end=day, value=1, fired_at=NOW
        )
    )


def _look(task: tuple[str, Rule]) -> int:
    url, watched = task
    engine = connect(url)
    fired = record(engine, NOW, [found(watched, True, cause) for cause in ("a", "b")], NOW).fired
    engine.dispose()
    return len(fired)


def test_two_processes_do_not_fire_twice(crm_url: str) -> None:
    engine = connect(crm_url)
    watched = rule(engine, dimension="region")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        fired = pool.map(_look, [(crm_url, watched)] * 6, chunksize=1)
    assert sum(fired) == 2
    assert len(opened(engine)) == 2
    engine.dispose()


def test_an_older_database_keeps_its_alerts(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'crm.db'}")
    with writing(engine) as connection:
        migrations.upgrade(connection, "0007")
        connection.exec_driver_sql(
            "INSERT INTO alert_rules (name, kpi, comparison, threshold, period) "
            "VALUES ('Old', 'cac', 'above', 1, 'month')"
        )
        for member in ("'Web'", "'Web'", "NULL"):
            connection.exec_driver_sql(
                "INSERT INTO alert_events (rule_id, member, period_start, period_end, value, fired_at) "
                f"VALUES (1, {member}, '2026-01-01', '2026-02-01', 2, '2026-02-01 06:00:00.000000')"
            )
    prepare(engine)
    assert sorted(event.cause for event in opened(engine)) == ["", "Web"]
    engine.dispose()
