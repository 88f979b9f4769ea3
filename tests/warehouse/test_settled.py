"""What the copy has read long enough ago is not read again: an import stamps a million rows in a minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from crm_data.warehouse import Copy, heads
from crm_data.warehouse.source import Snapshot
from tests.warehouse.conftest import NOW, add, sql


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """table -> how many rows of it were read since this was cleared."""
    counts: dict[str, int] = {}
    plain = Snapshot.rows

    def counted(self: Snapshot, table: str, where: str) -> list[tuple[Any, ...]]:
        found = plain(self, table, where)
        counts[table] = counts.get(table, 0) + len(found)
        return found

    monkeypatch.setattr(Snapshot, "rows", counted)
    return counts


def test_only_what_may_still_come_is_read_again(
    crm: Engine, copy: Copy, read: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = datetime.now(UTC) - timedelta(minutes=10)
    keys = [add(crm, "leads", created_at=NOW, updated_at=before) for _ in range(4)]
    copy.refresh(now=NOW)
    read.clear()
    add(crm, "campaigns", name="elsewhere")
    copy.refresh(now=NOW)
    assert read["leads"] == 4  # somebody may still commit what was stamped a moment before
    monkeypatch.setattr(heads, "SETTLED", timedelta(0))
    read.clear()
    add(crm, "campaigns", name="elsewhere, later")
    copy.refresh(now=NOW)
    assert "leads" not in read
    sql(crm, f"UPDATE leads SET channel = 'fair' WHERE id = {keys[1]}")
    assert copy.refresh(now=NOW).tables == {"leads": 1}
    assert read["leads"] == 1


def test_a_table_is_settled_once_its_newest_stamp_is_known_for_long() -> None:
    at = [f"2026-11-28 09:{minute}:00.000000" for minute in ("00", "01", "02")]
    known: dict[str, tuple[str | None, int]] = {"leads": (at[0], 7)}
    assert not heads.Heads(known, at[1], {"leads": at[0]}).settled("leads")
    assert heads.Heads(known, at[2], {"leads": at[0]}).settled("leads")
    assert not heads.Heads(known, at[2], {}).settled("leads")


def test_the_copy_looks_once_more_when_all_is_settled(crm: Engine, copy: Copy) -> None:
    add(crm, "leads", created_at=NOW)
    copy.refresh(now=NOW)
    then = NOW + heads.SETTLED
    assert not copy.behind(then - timedelta(seconds=1))
    assert copy.behind(then)
    assert not copy.refresh(now=then).changed
    assert not copy.behind(then + timedelta(minutes=5))
