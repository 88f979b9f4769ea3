"""The migrations make the schema, the same on both databases."""

from __future__ import annotations

import multiprocessing
from datetime import date
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Engine, Inspector, insert, inspect, select
from sqlalchemy.exc import IntegrityError

from crm_data import migrations
from crm_data.engine import connect, prepare, writing
from crm_data.migrations import triggers
from crm_data.schema import metadata
from crm_data.schema.base import utc_now
from crm_data.schema.customers import accounts
from crm_data.schema.organisation import regions, targets
from crm_data.schema.types import db_now


def test_migrated_database_is_the_schema(crm: Engine) -> None:
    with crm.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": not_the_search}
        )
        assert compare_metadata(context, metadata) == []


def not_the_search(name: str | None, kind: str, _parents: object) -> bool:
    """The index that finds contacts is no table of the CRM: each database has it in its own way."""
    return kind != "table" or not str(name).startswith("contact_search")


def test_migrated_database_has_every_constraint_and_default(crm: Engine) -> None:
    migrated = described(inspect(crm))
    metadata.drop_all(crm)
    metadata.create_all(crm)
    assert migrated == described(inspect(crm))


def described(inspector: Inspector) -> dict[str, Any]:
    def index(found: Any) -> tuple[str, ...]:
        where = [
            str(value) for key, value in found.get("dialect_options", {}).items() if key.endswith("where")
        ]
        return (found["name"], str(found["column_names"]), str(found["unique"]), *where)

    return {
        table: {
            "columns": {
                c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in inspector.get_columns(table)
            },
            "key": inspector.get_pk_constraint(table),
            "checks": sorted((c["name"], c["sqltext"]) for c in inspector.get_check_constraints(table)),
            "unique": sorted(str(found) for found in inspector.get_unique_constraints(table)),
            # SQLite does not tell the name of one that came with an added column.
            "foreign": sorted(str(found | {"name": None}) for found in inspector.get_foreign_keys(table)),
            "indexes": sorted(index(found) for found in inspector.get_indexes(table)),
        }
        for table in set(inspector.get_table_names()) - {"alembic_version"}
        if not table.startswith("contact_search")
    }


def test_checks_are_named_the_same_on_both(crm: Engine) -> None:
    """Alembic does not compare CHECK constraints, so compare the names with the schema's."""
    inspector = inspect(crm)
    for table in metadata.sorted_tables:
        constraints = table.constraints | {c for column in table.c for c in column.constraints}
        wanted = {str(c.name) for c in constraints if isinstance(c, CheckConstraint)}
        assert {c["name"] for c in inspector.get_check_constraints(table.name)} == wanted


def test_preparing_twice_keeps_everything(crm: Engine) -> None:
    with crm.begin() as connection:
        connection.execute(insert(regions).values(name="North"))
    prepare(crm)
    prepare(crm)
    with crm.connect() as connection:
        assert connection.scalars(select(regions.c.name)).all() == ["North"]


def test_upgrading_an_older_database_keeps_its_rows(empty_url: str) -> None:
    engine = connect(empty_url)
    with writing(engine) as connection:
        migrations.upgrade(connection, "0003")
        connection.execute(insert(accounts).values(name="Cancity", source_system="old", source_id="1"))
    prepare(engine)
    with engine.connect() as connection:
        row = connection.execute(select(accounts.c.name, accounts.c.source_id, accounts.c.version)).one()
        assert tuple(row) == ("Cancity", "1", 1)
        assert migrations.revision_of(connection) == migrations.newest()
    engine.dispose()


def test_downgrading_removes_everything_it_made(empty_url: str) -> None:
    engine = connect(empty_url)
    prepare(engine)
    with writing(engine) as connection:
        migrations.downgrade(connection, "base")
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    prepare(engine)
    engine.dispose()


def _prepare(url: str) -> None:
    engine = connect(url)
    prepare(engine)
    engine.dispose()


def test_many_processes_may_start_together(empty_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        pool.map(_prepare, [empty_url] * 8, chunksize=1)
    engine = connect(empty_url)
    with engine.connect() as connection:
        assert migrations.revision_of(connection) == migrations.newest()
    engine.dispose()


def test_a_failing_migration_leaves_the_database_as_it_was(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError("stopped half-way")

    engine = connect(empty_url)
    monkeypatch.setattr(triggers, "create_functions", broken)
    with pytest.raises(RuntimeError, match="half-way"):
        prepare(engine)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    monkeypatch.undo()
    prepare(engine)
    engine.dispose()


def test_a_scope_has_one_target_a_period(crm: Engine) -> None:
    whole = {
        "kpi": "revenue_won",
        "period_start": date(2026, 1, 1),
        "period_end": date(2026, 4, 1),
        "target": 1,
    }
    with crm.begin() as connection:
        connection.execute(insert(targets).values(**whole))
        connection.execute(insert(targets).values(**whole, dimension="region", member="North"))
    for again in (whole, whole | {"dimension": "region", "member": "North"}):
        with pytest.raises(IntegrityError), crm.begin() as connection:
            connection.execute(insert(targets).values(**again))


def test_the_databases_clock_sorts_with_pythons(crm: Engine) -> None:
    before = utc_now()
    with crm.begin() as connection:
        connection.execute(insert(regions).values(name="North", updated_at=db_now()))
        written = connection.scalar(
            select(regions.c.updated_at).where(regions.c.updated_at > before.replace(microsecond=0))
        )
    assert written is not None
    assert abs((written - before).total_seconds()) < 5
