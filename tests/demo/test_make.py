"""Making a demo on both databases: never over other data, all of it or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import Engine, func, insert, inspect, select, update

from crm_data.demo.make import make_demo
from crm_data.demo.plan import Plan, newest_day
from crm_data.demo.stories import NoDemo, plan_of, stories
from crm_data.demo.transaction import DemoRefused
from crm_data.schema import metadata
from crm_data.schema.customers import accounts
from crm_data.schema.organisation import organisation
from tests.demo.conftest import SMALL, make

TINY = Plan(400, SMALL.today - timedelta(40), 3)


def test_data_of_others_is_never_overwritten(crm: Engine) -> None:
    with crm.begin() as connection:
        connection.execute(insert(accounts).values(name="Real customer"))
    for replace in (False, True):
        with pytest.raises(DemoRefused, match=r"data of its own \(accounts\)\. Nothing was changed"):
            make(crm, TINY, replace=replace)
    with crm.connect() as connection:
        assert connection.scalars(select(accounts.c.name)).all() == ["Real customer"]
        assert connection.execute(select(organisation)).all() == []
    with pytest.raises(NoDemo):
        stories(crm)


def test_an_organisation_that_was_set_up_is_not_overwritten(crm: Engine) -> None:
    with crm.begin() as connection:
        connection.execute(insert(organisation).values(id=1, name="Ours"))
    with pytest.raises(DemoRefused, match=r"\(organisation\)"):
        make(crm, TINY, replace=True)


def test_a_demo_is_replaced_only_when_asked_and_works_like_any_crm(crm: Engine) -> None:
    indexes = _indexes(crm)
    make(crm, TINY)
    with pytest.raises(DemoRefused, match="a demo already"):
        make(crm, TINY)
    with crm.begin() as connection:
        connection.execute(insert(accounts).values(name="Added by hand"))

    made = make(crm, Plan(300, SMALL.today, 4), replace=True)
    assert _indexes(crm) == indexes
    with crm.begin() as connection:
        assert plan_of(connection) == Plan(300, SMALL.today, 4)
        assert made["emails"] == 300
        for name, table in metadata.tables.items():
            assert connection.scalar(select(func.count()).select_from(table)) == made.get(name, 0), name
        highest = connection.scalar(select(func.max(accounts.c.id))) or 0
        added = insert(accounts).values(name="One more").returning(accounts.c.id)
        key = connection.execute(added).scalar_one()
        assert key > highest
        connection.execute(update(accounts).where(accounts.c.id == key).values(name="Another name"))
        changed = connection.execute(select(accounts).where(accounts.c.id == key)).one()
        assert changed.version == 2  # the triggers are back


def test_a_run_that_stops_half_way_leaves_nothing(crm: Engine) -> None:
    indexes = _indexes(crm)

    def stop(what: str, _share: float) -> None:
        if what == "targets":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_demo(crm, events=TINY.events, today=TINY.today, progress=stop)
    assert _indexes(crm) == indexes
    with crm.connect() as connection:
        for table in metadata.tables.values():
            assert connection.execute(select(table).limit(1)).first() is None
    make(crm, TINY)


@pytest.mark.parametrize("events", [0, 199, 50_000_001])
def test_a_size_that_makes_no_sense_is_refused(crm: Engine, events: int) -> None:
    with pytest.raises(ValueError, match="A demo has 200 to 50,000,000 e-mails"):
        make_demo(crm, events=events)


def _indexes(crm: Engine) -> dict[str, set[str]]:
    looked = inspect(crm)
    return {table: {str(index["name"]) for index in looked.get_indexes(table)} for table in metadata.tables}


def test_nothing_of_a_demo_is_yet_to_come() -> None:
    for now in (datetime(2026, 11, 28, hour, 59, tzinfo=UTC) for hour in range(24)):
        plan = Plan(300, newest_day(now), 1)
        assert plan.now <= np.datetime64(now.replace(tzinfo=None))
        assert np.datetime64(now.replace(tzinfo=None)) - plan.now < np.timedelta64(1, "D")
