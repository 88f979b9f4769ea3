"""Kept reports in the CRM database, on both engines."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, func, select

from crm_data import kept
from crm_data.kept import Head, NotKept, RowSet
from crm_data.schema.system import audit_log, kept_rows

HEAD = Head(
    "sales", date(2026, 1, 1), date(2026, 7, 1), {"region": ["EMEA", None]}, {},
    datetime(2026, 11, 3, 14, 2, tzinfo=UTC), "Olga \"O'\" <b>", 12, None,
)  # fmt: skip
WINDOWS = ((date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 2, 1), date(2026, 3, 1)))
SETS = [
    RowSet("revenue_won", WINDOWS, 2, "a" * 64, bytes(range(256))),
    RowSet("csat", WINDOWS[:1], 5, "b" * 64, None),
]


def test_what_is_kept_comes_back(crm: Engine) -> None:
    head = kept.add(crm, HEAD, b"\x00answer", SETS)
    with crm.connect() as connection:
        assert kept.heads(connection) == [head]
        assert kept.find(connection, head.id) == (head, b"\x00answer")
        assert kept.row_sets(connection, head.id) == SETS
        assert Head(**{**head.__dict__, "id": 0}) == HEAD


def test_deleting_leaves_a_line_in_the_audit_log(crm: Engine) -> None:
    first, second = (kept.add(crm, HEAD, b"x", SETS) for _ in range(2))
    kept.remove(crm, first.id, "Ben")
    with crm.connect() as connection:
        assert [head.id for head in kept.heads(connection)] == [second.id]
        assert connection.scalar(select(func.count()).select_from(kept_rows)) == len(SETS)
        line = connection.execute(select(audit_log).order_by(audit_log.c.id.desc())).first()
        assert line is not None
        assert (line.actor, line.action, line.table_name, line.row_id) == (
            "Ben",
            "delete",
            "kept_reports",
            first.id,
        )
        assert line.before["kept_by"] == HEAD.kept_by
        with pytest.raises(NotKept, match="no kept report"):
            kept.find(connection, first.id)
    with pytest.raises(NotKept):
        kept.remove(crm, first.id, "Ben")
    third = kept.add(crm, HEAD, b"x", [])
    assert third.id > second.id > first.id, "a link to a deleted report opens no other one"


def test_a_report_is_kept_whole_or_not_at_all(crm: Engine) -> None:
    def broken():
        yield SETS[0]
        raise RuntimeError("killed in mid-write")

    with pytest.raises(RuntimeError):
        kept.add(crm, HEAD, b"x", broken())
    with crm.connect() as connection:
        assert kept.heads(connection) == []
        assert connection.scalar(select(func.count()).select_from(kept_rows)) == 0
