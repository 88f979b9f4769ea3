"""One transaction for a whole demo: a killed run leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import adbc_driver_postgresql.dbapi
import adbc_driver_sqlite.dbapi
from adbc_driver_manager.dbapi import Connection, Cursor, OperationalError, ProgrammingError
from sqlalchemy import Engine

from crm_data.engine import CrmUnavailable
from crm_data.schema import metadata

_KEPT = ("index", "trigger")  # of SQLite's schema: taken away while loading, then put back
_NEXT_ID = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), coalesce(max(id), 0) + 1, false) FROM {0}"


class DemoRefused(CrmUnavailable):
    """There is something in the database that a demo would overwrite."""


@contextmanager
def whole(engine: Engine, *, replace: bool) -> Iterator[Connection]:
    """A connection whose work is committed at the end, or not at all. Indexes are built at the end.

    Raises DemoRefused where the database holds data; a demo only unless `replace`, which empties it.
    """
    if engine.dialect.name == "sqlite":
        with _sqlite(engine, replace=replace) as connection:
            yield connection
    else:
        with _postgresql(engine, replace=replace) as connection:
            yield connection


@contextmanager
def _sqlite(engine: Engine, *, replace: bool) -> Iterator[Connection]:
    file = engine.url.database
    if not file or file == ":memory:":
        raise CrmUnavailable("A demo needs a database in a file. Give CRM_DATABASE_URL one.")
    engine.dispose()  # an open connection would keep the file in write-ahead mode, which writes all twice
    with closing(adbc_driver_sqlite.dbapi.connect(file)) as connection, connection.cursor() as cursor:
        connection.adbc_connection.set_autocommit(True)
        with suppress(OperationalError, ProgrammingError):  # somebody else has it open: slower, no harm
            _run(cursor, "PRAGMA journal_mode = DELETE")
        for setting in (
            "busy_timeout = 30000",
            "synchronous = OFF",
            "cache_size = -262144",
            "temp_store = MEMORY",
        ):
            _run(cursor, f"PRAGMA {setting}")
        connection.adbc_connection.set_autocommit(False)
        _run(cursor, "DELETE FROM organisation WHERE false")  # nobody else may write from here on
        _refuse(cursor, replace=replace)
        kept = _run(
            cursor, f"SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN {_KEPT}"
        )
        for kind, name, _ in kept:
            _run(cursor, f'DROP {kind} "{name}"')
        if replace:
            for table in metadata.tables:
                _run(cursor, f"DELETE FROM {table}")
        yield connection
        for _, _, statement in kept:
            _run(cursor, statement)
        _run(cursor, "ANALYZE")
        connection.commit()
        connection.adbc_connection.set_autocommit(True)
        _run(cursor, "PRAGMA journal_mode = WAL")


@contextmanager
def _postgresql(engine: Engine, *, replace: bool) -> Iterator[Connection]:
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(adbc_driver_postgresql.dbapi.connect(address)) as connection, connection.cursor() as cursor:
        _run(cursor, "LOCK TABLE organisation IN SHARE ROW EXCLUSIVE MODE")
        _refuse(cursor, replace=replace)
        if replace:
            for table in metadata.tables:
                _run(cursor, f"ALTER TABLE {table} DISABLE TRIGGER USER")  # no tombstones for a whole demo
            _run(cursor, f"TRUNCATE {', '.join(metadata.tables)}")
            for table in metadata.tables:
                _run(cursor, f"ALTER TABLE {table} ENABLE TRIGGER USER")
        yield connection
        for name in metadata.tables.keys() - {"organisation"}:
            _run(cursor, _NEXT_ID.format(name))
        _run(cursor, "ANALYZE")
        connection.commit()


def _refuse(cursor: Cursor, *, replace: bool) -> None:
    settings = _run(cursor, "SELECT name, demo_seed FROM organisation")
    if settings and settings[0][1] is not None:
        if not replace:
            raise DemoRefused(
                f"This CRM is a demo already (seed {settings[0][1]}). Nothing was changed. "
                "Add --replace to make it anew; whatever was changed in it is lost then."
            )
        return
    filled = [table for table in metadata.tables if _run(cursor, f"SELECT 1 FROM {table} LIMIT 1")]
    if filled:
        raise DemoRefused(
            f"This CRM has data of its own ({', '.join(filled[:3])}{' …' if len(filled) > 3 else ''}). "
            "Nothing was changed: a demo needs an empty database. Set CRM_DATABASE_URL to another one."
        )


def _run(cursor: Cursor, statement: str) -> list[tuple[Any, ...]]:
    cursor.execute(statement)
    return cursor.fetchall() if cursor.description else []
