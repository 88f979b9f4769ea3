"""Running SQLAlchemy Core statements on DuckDB: values travel only as parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
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

_helpers = ThreadPoolExecutor(thread_name_prefix="question")


@dataclass(frozen=True)
class Reader:
    """Runs statements on a connection of its own; on a second one that sees the same data, if there is one,
    half of those that are asked together."""

    connection: duckdb.DuckDBPyConnection
    second: duckdb.DuckDBPyConnection | None = None

    def run(self, statement: ClauseElement, values: Values = _NONE) -> pa.Table:
        """The answer. `values`: of the parameters of a statement that is made once and run again."""
        return self._asked(statement, values).to_arrow_table()

    def run_all(self, asked: Sequence[tuple[ClauseElement, Values]]) -> list[pa.Table]:
        """The answers, in order. Statements have parts that use one core: two at a time use both."""
        answers: list[pa.Table] = [None] * len(asked)
        left = iter(range(len(asked)))  # taken from by both threads; `next` of it is one step

        def work(reader: Reader) -> None:
            for place in left:
                answers[place] = reader.run(*asked[place])

        helper = _helpers.submit(work, Reader(self.second)) if self.second and len(asked) > 1 else None
        try:
            work(self)
        finally:
            if helper and not helper.cancel():
                helper.result()
        return answers

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
def snapshot(connection: duckdb.DuckDBPyConnection, mark: str | None = None) -> Iterator[Reader]:
    """A reader whose statements all see the same data, whatever is committed meanwhile.

    `mark`: a query that answers otherwise after each commit; with it two statements may run at a time.
    """
    with ExitStack() as stack:
        cursors = [stack.enter_context(connection.cursor()) for _ in range(2 if mark else 1)]
        while True:
            for cursor in cursors:
                cursor.begin()
            if mark is None or len({str(cursor.execute(mark).fetchall()) for cursor in cursors}) == 1:
                break
            for cursor in cursors:  # something was committed between the two beginnings
                cursor.rollback()
        try:
            yield Reader(*cursors)
        finally:
            for cursor in cursors:
                cursor.rollback()


def run(connection: duckdb.DuckDBPyConnection, statement: ClauseElement) -> pa.Table:
    """One statement's answer. Takes a cursor of its own, so that threads may share the connection."""
    with connection.cursor() as cursor:
        return Reader(cursor).run(statement)


def readable(statement: ClauseElement) -> str:
    """The statement with its values written in, for people to read and to run themselves."""
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
