"""An alert about a member that there is no more ends, and says so; one that is only quiet goes on."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Engine

from crm_data.alerts import Rule, history, open_events, read_rules, save
from crm_data.demo.make import make_demo
from crm_data.engine import connect, prepare
from crm_data.warehouse import open_copy
from kpis.alerts.vanished import vanished
from kpis.alerts.watch import look

TODAY = date(2026, 11, 21)
NAMES = ("Many customers", "Wins of a day", "Deals won")


def test_a_renamed_region_ends_its_alert_and_begins_another(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'crm.db'}")
    prepare(engine)
    make_demo(engine, events=600, today=TODAY)
    rule = Rule("Many customers", "active_customers", 0, dimension="region", smallest_n=0)
    quiet = Rule("Wins of a day", "win_rate", 0, period="13w", dimension="region", smallest_n=0)
    total = Rule("Deals won", "deals_won", 0, period="13w", dimension="region", smallest_n=0)
    for one in (rule, quiet, total):
        save(engine, one, "ann")
    looked(engine, tmp_path)
    before = {event.cause for event in going_on(engine, "Many customers")}
    assert {"EMEA", "North America"} <= before
    wins = {event.cause for event in going_on(engine, "Wins of a day")} - {"EMEA"}
    assert wins
    assert {event.cause for event in going_on(engine, "Deals won")} >= wins
    with engine.begin() as crm:
        crm.exec_driver_sql("UPDATE regions SET name = 'Old ''World'' <b>' WHERE name = 'EMEA'")
        crm.exec_driver_sql(
            "UPDATE opportunities SET closed_on = '2026-03-03' WHERE closed_on > '2026-08-01'"
        )
    looked(engine, tmp_path)
    after = {event.cause for event in going_on(engine, "Many customers")}
    assert after == (before - {"EMEA"}) | {"Old 'World' <b>"}
    with engine.connect() as crm:
        past = {(event.rule_name, event.cause): event for event in history(crm)[0]}
    ended = past["Many customers", "EMEA"]
    assert ended.ended == "the region is no longer there: renamed, or without rows"
    assert ended.who == "alert rules"
    assert isinstance(ended.cleared_at, datetime)
    assert {event.cause for event in going_on(engine, "Wins of a day")} >= wins, "no wins of late are no end"
    assert going_on(engine, "Deals won") == [], "no deal is 0 deals"
    with engine.connect() as crm:
        asked = next(one for one in read_rules(crm) if one.name == "Wins of a day")
    with open_copy(engine, tmp_path / "copy.duckdb") as copy:
        lasting = [(asked.id, "North America"), (asked.id, "EMEA"), (asked.id + 1, "EMEA")]
        assert [one.cause for one in vanished(copy, [asked], [], lasting)] == ["EMEA"]
        assert vanished(copy, [asked], [], []) == []
    engine.dispose()


def looked(engine: Engine, folder: Path) -> None:
    with engine.connect() as crm:
        rules = [one for one in read_rules(crm) if one.name in NAMES]
    with open_copy(engine, folder / "copy.duckdb") as copy:
        look(engine, copy, rules, TODAY)


def going_on(engine: Engine, name: str):
    with engine.connect() as crm:
        return [event for event in open_events(crm) if event.rule_name == name]
