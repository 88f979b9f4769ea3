"""Four ways to the Overview's figures: the dashboard, SQL by hand on its copy, and on the CRM database."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, bindparam, text

import kpis
from crm_data.warehouse import Copy
from kpis import Question
from tests.bench.figures import Values, by_hand, of_dashboard, windows
from tests.bench.timing import memory

HERE = Path(__file__).parent
FIRST_DAY = date(2000, 1, 1)

Asked = Mapping[str, Question]
Rows = list[dict[str, Any]]


class Dashboard:
    """The page's own questions, asked at once and of no cache."""

    name = "dashboard"

    def __init__(self, copy: Copy, asked: Asked) -> None:
        self._copy, self._asked = copy, asked

    def run(self) -> list[list[kpis.Reading]]:
        return kpis.ask(self._copy, *self._asked.values())

    def figures(self) -> Values:
        return of_dashboard(self._asked, self.run())


class ByHandOnCopy:
    """DuckDB statements over the same file, through the same connection."""

    name = "DuckDB by hand"

    def __init__(self, copy: Copy, asked: Asked) -> None:
        self._copy = copy
        known = windows(asked)
        self._statements = [
            text(sql).bindparams(*(bindparam(name, known[name]) for name in known if f":{name}" in sql))
            for sql in _statements("duckdb")
        ]

    def run(self) -> Rows:
        return [row for statement in self._statements for row in self._copy.run(statement).to_pylist()]

    def figures(self) -> Values:
        return by_hand(self.run())


class GaveUp(Exception):
    """A way was stopped after this many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class ByHandOnCrm:
    """SQLite statements over the CRM database itself: history, exchange rates and all.

    With a quarter of the memory for its pages, as PostgreSQL has. Ten million e-mails take it longer than
    anybody waits: `figures` raises GaveUp after `longest` seconds.
    """

    name = "SQLite by hand"
    longest = 300.0

    def __init__(self, crm: Path, copy: Copy, asked: Asked) -> None:
        self._connection = sqlite3.connect(f"file:{crm}?mode=ro", uri=True)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute(f"PRAGMA cache_size = -{memory() // 4 // 1024}")
        self._connection.execute("PRAGMA temp_store = MEMORY")
        days = {name: f"{day}" for name, day in windows(asked).items()}
        self._parameters = {**days, "base": copy.organisation.base_currency}
        _calendar(self._connection, copy.organisation.zone, windows(asked)["now_end"])

    def run(self) -> Rows:
        return [
            dict(row)
            for sql in _statements("sqlite")
            for row in self._connection.execute(sql, self._parameters)
        ]

    def figures(self) -> Values:
        until = monotonic() + self.longest
        self._connection.set_progress_handler(lambda: monotonic() > until, 1000)
        try:
            return by_hand(self.run())
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise GaveUp(self.longest) from problem
            raise
        finally:
            self._connection.set_progress_handler(None, 0)

    def close(self) -> None:
        self._connection.close()


class ByHandOnPostgreSQL:
    """PostgreSQL statements over the CRM database, with indexes for them and fresh statistics."""

    name = "PostgreSQL by hand"

    def __init__(self, crm: Engine, copy: Copy, asked: Asked) -> None:
        zone, last = copy.organisation.time_zone, windows(asked)["now_end"]
        with crm.connect().execution_options(isolation_level="AUTOCOMMIT") as administrator:
            administrator.exec_driver_sql((HERE / "postgresql" / "indexes.sql").read_text())
            administrator.exec_driver_sql(_DAYS_AND_RATES.format(zone=zone, first=FIRST_DAY, last=last))
            administrator.exec_driver_sql("VACUUM ANALYZE")
        self._parameters = {**windows(asked), "base": copy.organisation.base_currency, "zone": zone}
        self._connection = crm.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._connection.exec_driver_sql("SET search_path = public, bench")

    def run(self) -> Rows:
        return [
            dict(row)
            for sql in _statements("postgresql", without="indexes")
            for row in self._connection.execute(text(sql), self._parameters).mappings()
        ]

    def figures(self) -> Values:
        return by_hand(self.run())

    def close(self) -> None:
        self._connection.close()


#: Days with the instants between which they last, and each day's exchange rates. Not as temporary tables,
#: which PostgreSQL does not let its parallel workers read.
_DAYS_AND_RATES = """
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
CREATE TABLE bench.calendar AS
    SELECT day::date AS day, day::timestamp AT TIME ZONE '{zone}' AS starts_at,
        (day + INTERVAL '1 day')::timestamp AT TIME ZONE '{zone}' AS ends_at
    FROM generate_series(DATE '{first}', DATE '{last}', INTERVAL '1 day') AS days(day);
ALTER TABLE bench.calendar ADD PRIMARY KEY (day);
CREATE TABLE bench.rates AS
    SELECT c.day, k.currency, k.kind, round(r.rate::numeric, 9) AS rate
    FROM bench.calendar AS c
    CROSS JOIN (SELECT DISTINCT currency, kind FROM exchange_rates) AS k
    CROSS JOIN LATERAL (
        SELECT rate FROM exchange_rates AS r
        WHERE r.currency = k.currency AND r.kind = k.kind AND r.valid_on <= c.day
        ORDER BY r.valid_on DESC LIMIT 1
    ) AS r;
ALTER TABLE bench.rates ADD PRIMARY KEY (currency, kind, day);
"""


def _statements(engine: str, without: str = "") -> list[str]:
    return [path.read_text() for path in sorted((HERE / engine).glob("*.sql")) if path.stem != without]


def _calendar(connection: sqlite3.Connection, zone: ZoneInfo, last: date) -> None:
    """SQLite knows no time zones: a table of days, and the instants between which each lasts."""

    def instant(day: date) -> str:
        return datetime.combine(day, time(), zone).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")

    days = [FIRST_DAY + timedelta(days=n) for n in range((last - FIRST_DAY).days + 1)]
    connection.execute("CREATE TEMP TABLE calendar (day TEXT PRIMARY KEY, starts_at TEXT, ends_at TEXT)")
    connection.executemany(
        "INSERT INTO calendar VALUES (?, ?, ?)",
        [(f"{day}", instant(day), instant(day + timedelta(days=1))) for day in days],
    )
    connection.execute("CREATE INDEX temp.calendar_starts ON calendar (starts_at)")
