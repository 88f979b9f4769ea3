"""Reading the CRM database, SQLite or PostgreSQL: a cheap sign of change, snapshots, bulk streams."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine

from crm_data.engine import CrmUnavailable, reported
from crm_data.warehouse import bulk, mirror
from crm_data.warehouse.errors import CopyError


class Source:
    """The CRM database as the copy reads it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dialect = engine.dialect.name
        self.file = _file(engine)
        self._watcher: sqlite3.Connection | None = None
        self._watched: tuple[int, int] | None = None

    def close(self) -> None:
        if self._watcher:
            self._watcher.close()
            self._watcher = None

    def mark(self) -> object:
        """A value that is another one as soon as anything has been committed. Takes about 1 ms."""
        if self.file:
            return self._sqlite_mark(self.file)
        with reported(self.engine), self.engine.connect() as connection:
            # Which transactions are over and which go on: any commit changes it.
            return connection.exec_driver_sql("SELECT CAST(pg_current_snapshot() AS text)").scalar()

    def _sqlite_mark(self, file: Path) -> object:
        identity = _identity(file)
        if identity != self._watched or self._watcher is None:
            if self._watched:
                self.engine.dispose()  # its connections still hold the file that was replaced
            self.close()
            try:
                self._watcher = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, check_same_thread=False)
            except sqlite3.Error as problem:
                raise CrmUnavailable(f"The CRM database {file} cannot be read: {problem}.") from problem
            self._watched = identity
        try:
            return identity, self._watcher.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as problem:
            self.close()
            raise CrmUnavailable(f"The CRM database {file} cannot be read: {problem}.") from problem

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """One state of the database, for questions with few rows."""
        if self.file:
            _identity(self.file)  # opening a file that is gone would make an empty one
        with reported(self.engine), self.engine.connect() as connection:
            if self.file:
                connection.exec_driver_sql("BEGIN")
                yield Snapshot(connection, self.dialect, None)
                connection.exec_driver_sql("ROLLBACK")
            else:
                # What began before this instant may still commit rows that say they are older.
                horizon = connection.exec_driver_sql(
                    "SELECT to_char(least(clock_timestamp(), min(xact_start)) AT TIME ZONE 'UTC', "
                    "'YYYY-MM-DD HH24:MI:SS.US') FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ).scalar()
                connection.rollback()
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                yield Snapshot(connection, self.dialect, horizon)
                connection.rollback()

    @contextmanager
    def bulk(self) -> Iterator[bulk.Rows]:
        """One state of the database, for many rows, as streams of Arrow batches."""
        if self.file:
            _identity(self.file)
        with bulk.sqlite(self.file, self.mark) if self.file else bulk.postgresql(self.engine) as rows:
            yield rows


class Snapshot:
    """Small questions to one state of the database. `horizon`: see `Source.snapshot`."""

    def __init__(self, connection: Connection, dialect: str, horizon: str | None) -> None:
        self.connection = connection
        self.dialect = dialect
        self.horizon = horizon

    def all(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.connection.exec_driver_sql(sql)]

    def rows(self, table: str, where: str) -> list[tuple[Any, ...]]:
        """The rows of a mirrored table for which a condition holds."""
        return self.all(mirror.select(table, self.dialect, where))

    def arrow(self, table: str, rows: list[tuple[Any, ...]]) -> pa.RecordBatchReader:
        """Such rows as a bulk stream has them."""
        schema = mirror.schema(table, self.dialect)
        columns = list(zip(*rows, strict=True)) or [()] * len(schema)
        try:
            # Cast, because making an integer array of 1.5 would silently drop the half.
            arrays = [
                pa.array(values).cast(field.type) for values, field in zip(columns, schema, strict=True)
            ]
        except pa.ArrowException as problem:
            raise not_of_its_kind(table, problem) from problem
        return pa.Table.from_arrays(arrays, schema=schema).to_reader()

    def stream(self, table: str, where: str | None) -> pa.RecordBatchReader:
        return self.arrow(table, self.rows(table, where or "true"))


def not_of_its_kind(table: str, problem: Exception) -> CopyError:
    said = str(problem).splitlines()[0]
    return CopyError(
        f"The CRM table {table} holds a value that is not of its column's kind: {said}. "
        "Correct the row; the dashboard goes on with what it had."
    )


def _file(engine: Engine) -> Path | None:
    if engine.dialect.name == "postgresql":
        return None
    if engine.dialect.name != "sqlite":
        raise CrmUnavailable(
            f"A {engine.dialect.name} database cannot be copied, only SQLite and PostgreSQL."
        )
    if not engine.url.database or engine.url.database == ":memory:":
        raise CrmUnavailable("A SQLite database in memory cannot be copied. Name a file.")
    return Path(engine.url.database).resolve()


def _identity(file: Path) -> tuple[int, int]:
    """Which file it is; another one when somebody has put another in its place."""
    try:
        found = file.stat()
    except OSError as problem:
        raise CrmUnavailable(
            f"The CRM database {file} is not there. Put it back, or make one: python -m crm_data demo"
        ) from problem
    return found.st_dev, found.st_ino
