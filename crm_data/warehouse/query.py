"""Running SQLAlchemy Core statements on DuckDB: values travel only as parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, cast

import duckdb
import pyarrow as pa
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT = postgresql.dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


Values = Mapping[str, Any]
_NONE: Values = MappingProxyType({})


@dataclass(frozen=True)
class Reader:
    """Runs statements one after the other on a connection of its own."""

    connection: duckdb.DuckDBPyConnection

    def run(self, statement: ClauseElement, values: Values = _NONE) -> pa.Table:
        """The answer. `values`: of the parameters of a statement that is made once and run again."""
        return self._asked(statement, values).to_arrow_table()

    def run_all(self, asked: Sequence[tuple[ClauseElement, Values]]) -> list[pa.Table]:
        return [self.run(statement, values) for statement, values in asked]

    def batches(self, statement: ClauseElement, size: int) -> Iterator[pa.RecordBatch]:
        """The answer in portions, so that a long one is never whole in memory."""
        yield from self._asked(statement, _NONE).to_arrow_reader(size)

    def _asked(self, statement: ClauseElement, values: Values) -> duckdb.DuckDBPyRelation:
        compiled = _kept(statement) if values else _compiled(statement)
        expanded = compiled.construct_expanded_state(dict(values))
        return self.connection.sql(expanded.statement, params=list(expanded.positional_parameters))


def _compiled(statement: ClauseElement) -> SQLCompiler:
    return cast(SQLCompiler, statement.compile(dialect=_DIALECT))


#: Of statements that are run again, by their identity: compiling takes longer than most answers.
_kept = lru_cache(maxsize=1000)(_compiled)


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
