"""What the copy holds, and what it says of itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine, String

from crm_data.engine import connect
from crm_data.warehouse import CopyError, open_copy
from crm_data.warehouse.build import category_of
from crm_data.warehouse.builds import FACTS
from tests.warehouse.conftest import add, rows, sql
from tests.warehouse.random_crm import NOW
from tests.warehouse.test_refresh import contents


def test_the_copy_holds_no_personal_data(crm: Engine, tmp_path: Path) -> None:
    """Whatever is written into names, addresses and texts, none of it is in the file."""
    mark = "Zaphod"
    account = add(crm, "accounts", name=f"{mark} Ltd", domain=f"{mark}.example", city=mark, phone=mark)
    user = add(crm, "users", name=mark, email=f"{mark}@a.example")
    contact = add(crm, "contacts", first_name=mark, last_name=mark, email=mark, account_id=account)
    add(crm, "leads", created_at=NOW, first_name=mark, company=mark, email=mark, owner_id=user)
    add(crm, "cases", subject=mark, description=mark, opened_at=NOW, contact_id=contact, account_id=account)
    survey = add(crm, "surveys", name="S", kind="CSAT", scale_min=1, scale_max=5)
    add(crm, "survey_answers", survey_id=survey, answered_at=NOW, comment=mark, score=5)
    add(crm, "opportunities", name=mark, stage="New", status="open", account_id=account)
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        assert mark not in repr(contents(copy))
    assert mark.encode() not in (tmp_path / "copy.duckdb").read_bytes()


def test_an_empty_database_gets_its_tables(empty_url: str, tmp_path: Path) -> None:
    engine = connect(empty_url)
    with engine.connect():
        pass  # SQLite makes the file
    with open_copy(engine, tmp_path / "copy.duckdb") as copy:
        assert (copy.state.version, copy.state.newest_day) == (1, None)
    engine.dispose()


def test_state_says_what_the_copy_knows(crm: Engine, tmp_path: Path) -> None:
    sql(crm, "INSERT INTO organisation (id, name, time_zone) VALUES (1, 'Us', 'Asia/Tokyo')")
    with open_copy(crm, tmp_path / "copy.duckdb", refresh=False) as copy:
        assert (copy.state.version, copy.state.newest_day, copy.organisation.name) == (
            0,
            None,
            "My organisation",
        )
        copy.refresh(now=NOW)
        assert (copy.state.version, copy.state.loaded, copy.organisation.name) == (1, "full", "Us")
        add(crm, "leads", created_at=NOW.replace(hour=16))  # tomorrow in Tokyo
        add(crm, "leads", created_at=NOW.replace(day=1, hour=3), updated_at=NOW.replace(year=2199))
        copy.refresh(now=NOW)
        state = copy.state
        assert (state.version, state.loaded, state.rows["leads"]) == (2, "incremental", 2)
        assert (state.newest_day, state.today) == (NOW.date(), NOW.date())
        assert (state.refreshed_at, state.changed_at) == (NOW, NOW.replace(year=2199))


def test_every_category_of_the_facts_is_an_enum() -> None:
    """Text would be half as fast; `bad` is a sentence that is nearly always missing."""
    text = {
        f"{build.name}.{column.name}"
        for build in FACTS
        for column in build.table.columns
        if isinstance(column.type, String) and not category_of(column)
    }
    assert text == {
        "deal_spells.bad",
        "customer_spells.bad",
        "loyalty_spells.bad",
        "case_spells.bad",
        "targets.kpi",
        "targets.dimension",
        "targets.member",
    }


def test_a_value_that_is_not_of_its_kind_is_named(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "crm.db")
    crm = connect(f"sqlite:///{tmp_path / 'crm.db'}")
    add(crm, "spend", spent_on=NOW.date(), amount=5, currency="EUR")
    with open_copy(crm, tmp_path / "copy.duckdb") as copy:
        for column, wrong in (("spent_on", "'next Tuesday'"), ("amount", "'much'"), ("amount", "1.5")):
            sql(crm, f"UPDATE spend SET {column} = {wrong}")
            with pytest.raises(CopyError, match="The CRM table spend holds a value that is not of"):
                copy.refresh()
            assert rows(copy, "SELECT amount_cents FROM spend") == [(500,)]
            sql(crm, f"UPDATE spend SET spent_on = '{NOW.date()}', amount = 50000")
            copy.refresh()
    crm.dispose()
