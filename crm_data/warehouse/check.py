"""Comparing the copy with the CRM database, and its facts with its mirror."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
from sqlalchemy import BigInteger, Integer, SmallInteger

from crm_data.warehouse import marked
from crm_data.warehouse.build import Build
from crm_data.warehouse.builds import FACTS
from crm_data.warehouse.copy import Copy
from crm_data.warehouse.mirror import AMOUNT, DAY, INSTANT, MIRROR, RATE, REAL, WORD, Kind
from crm_data.warehouse.refresh import Progress
from crm_data.warehouse.source import Snapshot
from crm_data.warehouse.vocabulary import choose, teach

#: Facts that have exactly one row for each row of a table.
_ONE_EACH = {
    "deals": "opportunities",
    "invoice_lines": "invoice_lines",
    "leads": "leads",
    "spend": "spend",
    "emails": "emails",
    "targets": "targets",
    "cases": "cases",
    "invitations": "survey_invitations",
    "answers": "survey_answers",
    "article_views": "article_views",
}
_UNITS = {AMOUNT: 10_000, RATE: 1_000_000_000}
_FILLED = "number of values"
_TRIES = 3


@dataclass(frozen=True)
class Difference:
    """One figure that is not the same. `there`: what it should be."""

    table: str
    column: str | None
    measure: str
    there: object
    here: object
    sentence: str


@dataclass(frozen=True)
class Checked:
    tables: int
    rows: int
    facts: int
    differences: tuple[Difference, ...]


def check(copy: Copy, progress: Progress = lambda _share: None) -> Checked:
    """Brings the copy up to date and compares it; `progress` is told the share that is done.

    Raises CrmUnavailable, CopyError.
    """
    steps = len(MIRROR) + len(FACTS)
    for attempt in range(_TRIES):
        copy.refresh(heal=False)  # or it would mend what it is to name
        with copy.reading() as connection, copy.source.snapshot() as snapshot:
            found = []
            for done, table in enumerate(MIRROR):
                found += _table(connection, snapshot, table)
                progress((done + 1) / steps)
            found += _marked(connection, snapshot)
            # What was committed between refresh and comparison is no difference of the copy.
            if found and copy.behind() and attempt + 1 < _TRIES:
                continue
            teach(connection, copy.organisation, copy.state.today or date.min)
            choose(connection, None)
            for done, build in enumerate(FACTS, len(MIRROR)):
                found += _fact(connection, build)
                progress((done + 1) / steps)
            rows = sum(_one(connection, f"SELECT count(*) FROM crm.{table}")[0] for table in MIRROR)
            break
    return Checked(len(MIRROR), rows, len(FACTS), tuple(found))


def _marked(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> list[Difference]:
    """The values of marked custom columns that differ, by their number."""
    number = marked.differing(connection, snapshot)
    if not number:
        return []
    sentence = f"Marked custom columns: {number} values are not the same in the CRM database and in the copy."
    return [Difference("marked", None, "values", 0, number, sentence)]


def _measures(name: str, kind: Kind, expression: str) -> dict[str, str]:
    """What is compared of a column: measure in words -> SQL."""
    if name == "id":
        return {"lowest": f"min({expression})", "highest": f"max({expression})"}
    filled = {_FILLED: f"count({expression})"}
    if kind in (DAY, INSTANT):
        return filled | {"first": f"min({expression})", "last": f"max({expression})"}
    return filled | {"sum": f"sum({expression})"}


def _table(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: str) -> list[Difference]:
    """The figures of a mirrored table that differ from the CRM database's."""
    asked: list[tuple[str | None, str, Kind | None]] = [(None, "number of rows", None)]
    there_sql, here_sql = ["count(*)"], ["count(*)"]
    for name, kind in MIRROR[table].items():
        if kind is WORD:
            continue
        theirs = _measures(name, kind, kind.select(snapshot.dialect, name))
        ours = _measures(name, kind, name)
        asked += [(name, measure, None if measure == _FILLED else kind) for measure in ours]
        there_sql += theirs.values()
        here_sql += ours.values()
    there = snapshot.all(f"SELECT {', '.join(there_sql)} FROM {table}")[0]
    here = _one(connection, f"SELECT {', '.join(here_sql)} FROM crm.{table}")
    found = [
        _difference(table, name, measure, _shown(kind, is_there), _shown(kind, is_here))
        for (name, measure, kind), is_there, is_here in zip(asked, there, here, strict=True)
        if not _same(kind, is_there, is_here)
    ]
    words = [name for name, kind in MIRROR[table].items() if kind is WORD]
    return found + [one for name in words for one in _words(connection, snapshot, table, name)]


def _words(
    connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, table: str, column: str
) -> list[Difference]:
    """The first word that is not there as often as here; the others are rarely news."""
    word = WORD.select(snapshot.dialect, column)
    there = dict(snapshot.all(f"SELECT {word}, count(*) FROM {table} GROUP BY 1"))
    here = dict(connection.execute(f"SELECT {column}, count(*) FROM crm.{table} GROUP BY 1").fetchall())
    wrong = [value for value in there | here if there.get(value, 0) != here.get(value, 0)]
    return [
        _difference(
            table,
            column,
            f"number of rows with {'nothing' if value is None else repr(value)}",
            there.get(value, 0),
            here.get(value, 0),
        )
        for value in wrong[:1]
    ]


def _difference(table: str, column: str | None, measure: str, there: object, here: object) -> Difference:
    place = f"{table}.{column}" if column else table
    sentence = f"{place}: the {measure} is {there} in the CRM database and {here} in the copy."
    return Difference(table, column, measure, there, here, sentence)


def _same(kind: Kind | None, there: Any, here: Any) -> bool:
    if kind is INSTANT or kind is DAY:
        return _instant(there) == _instant(here)
    if kind is REAL and there is not None and here is not None:
        return abs(there - here) <= 1e-9 * max(abs(there), abs(here), 1)  # floats add up in any order
    return (there or 0) == (here or 0)


def _instant(value: str | date | None) -> str | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - both sides are without zone
    return value.replace(tzinfo=None).isoformat() if value else None


def _shown(kind: Kind | None, value: Any) -> Any:
    if kind in _UNITS and value is not None:
        return Decimal(int(value)) / _UNITS[kind]
    return value


def _fact(connection: duckdb.DuckDBPyConnection, build: Build) -> list[Difference]:
    """What of a fact is not what the mirror's rows make."""
    found = []
    if build.name in _ONE_EACH:
        table = _ONE_EACH[build.name]
        there = _one(connection, f"SELECT count(*) FROM crm.{table}")[0]
        here = _one(connection, f"SELECT count(*) FROM {build.name}")[0]
        if there != here:
            sentence = f"{build.name}: the fact has {here} rows for {there} rows of {table}."
            found.append(Difference(build.name, None, "number of rows", there, here, sentence))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS FROM {build.name} LIMIT 0")
    connection.execute(f"INSERT INTO fresh BY NAME {build.sql_of_many}")
    wrong = _one(connection, f"SELECT count(*) FROM (FROM {build.name} EXCEPT ALL FROM fresh)")[0]
    missing = _one(connection, f"SELECT count(*) FROM (FROM fresh EXCEPT ALL FROM {build.name})")[0]
    if not (wrong or missing):
        return found
    sentence = (
        f"{build.name}: {wrong} rows of the fact are not what the CRM's rows make, {missing} are missing."
    )
    found.append(Difference(build.name, None, "rows", missing, wrong, sentence))
    for column in build.table.columns:
        if column.name != "id" and isinstance(column.type, BigInteger | Integer | SmallInteger):
            ask = f"SELECT sum({column.name}) FROM"
            there, here = (_one(connection, f"{ask} {table}")[0] for table in ("fresh", build.name))
            if there != here:
                sentence = f"{build.name}.{column.name}: the sum should be {there} and is {here}."
                found.append(Difference(build.name, column.name, "sum", there, here, sentence))
    return found


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row = connection.execute(sql).fetchone()
    assert row is not None
    return row
