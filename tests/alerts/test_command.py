"""python -m kpis alerts, as a schedule runs it; and the watch that the app keeps."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from crm_data.alerts import Rule, open_events, read_rules, save
from crm_data.demo.make import make_demo
from crm_data.engine import connect, prepare
from crm_data.schema.system import alert_rules
from crm_data.warehouse import Keeper, open_copy
from kpis.__main__ import main
from kpis.alerts import Verdict, Watch
from tests.warehouse.test_keeper import within

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a demo CRM whose rules are all switched off."""
    file = tmp_path_factory.mktemp("made") / "crm.db"
    engine = connect(f"sqlite:///{file}")
    prepare(engine)
    make_demo(engine, events=3000, today=TODAY)
    with engine.begin() as connection:
        connection.execute(update(alert_rules).values(active=False))
    engine.dispose()  # the last connection folds the write-ahead log into the file
    return file


@pytest.fixture
def demo(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    engine = connect(f"sqlite:///{shutil.copy(made, tmp_path / 'crm.db')}")
    yield engine
    engine.dispose()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(("alerts", *arguments))
    out, err = capsys.readouterr()
    assert err == ""
    return code, out


def test_the_exit_code_says_whether_something_is_open(
    demo: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys) == (0, "No alert is open.\n")
    save(demo, Rule("<b>Deals</b>", "deals_won", 0, period="12m", dimension="region", smallest_n=0), "ann")
    code, said = run(capsys, "--dry-run", "--json", "--today", str(TODAY))
    verdicts = json.loads(said)
    assert code == 3
    assert {one["says"] for one in verdicts} == {"beyond"}
    with demo.connect() as connection:
        assert open_events(connection) == [], "a dry run writes nothing"
    code, said = run(capsys, "--json")
    events = json.loads(said)
    assert code == 3
    assert [(one["name"], one["state"]) for one in events] == [("<b>Deals</b>", "open")] * len(verdicts)
    assert {one["member"] for one in events} == {one["member"] for one in verdicts}
    assert run(capsys, "--json") == (3, said), "again, and nothing fires twice"
    code, said = run(capsys)
    assert (code, "<b>Deals" in said) == (3, True)
    code, said = run(capsys, "--dry-run")
    assert (code, "above 0" in said) == (3, True)


def test_only_today_is_written_down(demo: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("alerts", "--today", "2026-01-01")) == 1
    assert "--dry-run" in capsys.readouterr().err


def test_a_rule_that_cannot_be_asked_is_said_and_stops_no_other(
    demo: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    save(demo, Rule("Old", "profit", 1), "ann")
    save(demo, Rule("Deals", "deals_won", 0, period="12m", smallest_n=0), "ann")
    code, said = run(capsys, "--dry-run")
    assert (code, "There is no KPI 'profit'" in " ".join(said.split())) == (3, True)
    assert len(json.loads(run(capsys, "--json")[1])) == 1


def test_the_app_evaluates_after_each_refresh_and_new_rules_at_once(demo: Engine) -> None:
    keeper = Keeper(demo, then=Watch(demo))
    keeper.start()

    def fired() -> int:
        with demo.connect() as connection:
            return len(open_events(connection))

    try:
        assert within(lambda: keeper.copy is not None), keeper.error
        save(demo, Rule("Deals", "deals_won", 0, period="12m", smallest_n=0), "ann")
        assert within(lambda: keeper.news == 1), keeper.error
        assert fired() == 1
        with demo.connect() as connection:
            rule = next(one for one in read_rules(connection) if one.name == "Deals")
        save(demo, Rule(**{**vars(rule), "threshold": 1e9}), "ann")
        assert within(lambda: fired() == 0)
        with demo.begin() as connection:
            connection.exec_driver_sql("UPDATE opportunities SET status = 'won', closed_on = '2026-11-20'")
        assert within(lambda: keeper.copy is not None and keeper.copy.state.version > 1)
        assert (fired(), keeper.error) == (0, None)
    finally:
        keeper.stop()


def test_what_is_known_already_is_not_evaluated_again(demo: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = []

    def look(*asked: object) -> list[Verdict]:
        looks.append(asked)
        return []

    monkeypatch.setattr("kpis.alerts.watch.evaluate", look)
    with open_copy(demo) as copy:
        watch = Watch(demo)
        assert watch(copy) is False
        assert looks == [], "no rule is on"
        save(demo, Rule("Deals", "deals_won", 0), "ann")
        watch(copy)
        watch(copy)
        assert len(looks) == 1
