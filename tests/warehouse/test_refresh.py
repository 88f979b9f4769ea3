"""What incremental refreshes make equals what a full load makes, row for row."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from crm_data.warehouse import Copy, open_copy
from crm_data.warehouse.builds import BUILDS
from crm_data.warehouse.mirror import MIRROR
from tests.warehouse import random_crm
from tests.warehouse.random_crm import NOW


def contents(copy: Copy) -> dict[str, list[tuple[object, ...]]]:
    tables = [f"crm.{table}" for table in MIRROR] + [build.name for build in BUILDS]
    with copy.reading() as cursor:
        return {
            table: sorted(cursor.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in tables
        }


@pytest.mark.parametrize("seed", range(3))
def test_refreshed_is_what_a_full_load_makes(crm: Engine, tmp_path: Path, seed: int) -> None:
    random_crm.fill(crm, seed)
    with open_copy(crm, tmp_path / "a.duckdb", refresh=False) as copy:
        copy.refresh(now=NOW)
        for step in range(8):
            random_crm.change(crm, seed * 1000 + step)
            now = NOW + timedelta(days=20 * step)
            copy.refresh(now=now)
            found = contents(copy)
            with open_copy(crm, tmp_path / f"b{step}.duckdb", refresh=False) as fresh:
                fresh.refresh(now=now)
                expected = contents(fresh)
            assert copy.state.loaded == "incremental"
            for table, rows in expected.items():
                assert found[table] == rows, f"{table}, step {step}"
