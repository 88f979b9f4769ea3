"""Running SQLAlchemy Core statements on DuckDB: values travel only as parameters."""

from __future__ import annotations

import duckdb
import pyarrow as pa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement

_DIALECT = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def run(connection: duckdb.DuckDBPyConnection, statement: ClauseElement) -> pa.Table:
    """The statement's answer. Takes a cursor of its own, so that threads may share the connection."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    parameters = compiled.construct_params()
    ordered = [parameters[name] for name in compiled.positiontup or ()]
    with connection.cursor() as cursor:
        return cursor.execute(str(compiled), ordered).to_arrow_table()


def readable(statement: ClauseElement) -> str:
    """The statement with its values written in, for people to read and to run themselves."""
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
