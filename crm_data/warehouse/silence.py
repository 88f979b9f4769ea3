"""When a customer without a contract counts as lost: found once from the data, then frozen.

The threshold is written into the CRM database, where people can see and change it. It is never
computed again, because that would rewrite who was lost when.
"""

from __future__ import annotations

from datetime import date

import duckdb
from sqlalchemy import Engine, insert, select

from crm_data.engine import reported, writing
from crm_data.schema.organisation import silence_thresholds

SHARE = 0.95  # of the gaps between orders that are shorter; the 80th would call most loyal customers lost
FEWEST_GAPS = 30
SHORTEST = 30  # days
UNMEASURED = 365  # days

_SILENT = "work.purchases WHERE id NOT IN (SELECT account_id FROM crm.memberships)"


def ensure(connection: duckdb.DuckDBPyConnection, engine: Engine, today: date) -> None:
    """Set the threshold for all segments without their own, if a customer needs it and there is none."""
    if not _needed(connection):
        return
    days, basis = _measure(connection, today)
    general = silence_thresholds.c.segment.is_(None)
    with reported(engine), writing(engine) as crm:
        find = select(silence_thresholds.c.id, silence_thresholds.c.days).where(general)
        if not crm.execute(find).first():  # another process may have been first
            crm.execute(insert(silence_thresholds).values(days=days, basis=basis))
        key, days = crm.execute(find).one()
    connection.execute("INSERT INTO crm.silence_thresholds (id, days) VALUES (?, ?)", [key, days])


def _needed(connection: duckdb.DuckDBPyConnection) -> bool:
    if connection.execute("FROM crm.silence_thresholds WHERE segment IS NULL LIMIT 1").fetchone():
        return False
    without = f"""
        SELECT 1 FROM (SELECT DISTINCT id FROM {_SILENT}) AS p
        JOIN work.account_versions AS a ON a.id = p.id
        LEFT JOIN crm.silence_thresholds AS t ON t.segment = a.segment
        WHERE t.id IS NULL LIMIT 1
    """
    return connection.execute(without).fetchone() is not None


def _measure(connection: duckdb.DuckDBPyConnection, today: date) -> tuple[int, str]:
    row = connection.execute(
        f"""
        WITH gaps AS (
            SELECT day - lag(day) OVER (PARTITION BY id ORDER BY day) AS days FROM {_SILENT}
        )
        SELECT count(days), quantile_disc(days, {SHARE}) FROM gaps
        """
    ).fetchone()
    assert row is not None
    gaps, days = row
    if gaps < FEWEST_GAPS:
        return UNMEASURED, f"set on {today}: {UNMEASURED} days, as {gaps} gaps between orders are too few"
    return max(days, SHORTEST), (
        f"set on {today}: {SHARE:.0%} of {gaps} gaps between orders were not longer (but {SHORTEST} days)"
    )
