"""Running SQLAlchemy Core statements on DuckDB: values travel only as parameters."""

from __future__ import annotations

from typing import cast

import duckdb
import pyarrow as pa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def run(connection: duckdb.DuckDBPyConnection, statement: ClauseElement) -> pa.Table:
    """The statement's answer. Takes a cursor of its own, so that threads may share the connection."""
    compiled = cast(SQLCompiler, statement.compile(dialect=_DIALECT))
    expanded = compiled.construct_expanded_state()
    with connection.cursor() as cursor:
        return cursor.sql(expanded.statement, params=list(expanded.positional_parameters)).to_arrow_table()


def readable(statement: ClauseElement) -> str:
    """The statement with its values written in, for people to read and to run themselves."""
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
