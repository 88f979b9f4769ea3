"""Running SQLAlchemy Core statements on DuckDB: values travel only as parameters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import duckdb
import pyarrow as pa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Reader:
    """Runs statements one after the other on a connection of its own."""

    connection: duckdb.DuckDBPyConnection

    def run(self, statement: ClauseElement) -> pa.Table:
        return self._asked(statement).to_arrow_table()

    def batches(self, statement: ClauseElement, size: int) -> Iterator[pa.RecordBatch]:
        """The answer in portions, so that a long one is never whole in memory."""
        yield from self._asked(statement).to_arrow_reader(size)

    def _asked(self, statement: ClauseElement) -> duckdb.DuckDBPyRelation:
        compiled = cast(SQLCompiler, statement.compile(dialect=_DIALECT))
        expanded = compiled.construct_expanded_state()
        return self.connection.sql(expanded.statement, params=list(expanded.positional_parameters))


@contextmanager
def snapshot(connection: duckdb.DuckDBPyConnection) -> Iterator[Reader]:
    """A reader whose statements all see the same data, whatever is committed meanwhile."""
    with connection.cursor() as cursor:
        cursor.begin()
        try:
            yield Reader(cursor)
        finally:
            cursor.rollback()


def run(connection: duckdb.DuckDBPyConnection, statement: ClauseElement) -> pa.Table:
    """One statement's answer. Takes a cursor of its own, so that threads may share the connection."""
    with connection.cursor() as cursor:
        return Reader(cursor).run(statement)


def readable(statement: ClauseElement) -> str:
    """The statement with its values written in, for people to read and to run themselves."""
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
