"""How SQLite takes millions of rows: what `transaction` needs done there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import adbc_driver_sqlite.dbapi
from adbc_driver_manager.dbapi import Connection, Cursor, Error
from sqlalchemy import Engine

from crm_data.engine import CrmUnavailable
from crm_data.schema import metadata


@contextmanager
def opened(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that shuts out every other writer."""
    file = engine.url.database
    if not file or file == ":memory:":
        raise CrmUnavailable("A demo needs a database in a file. Give CRM_DATABASE_URL one.")
    engine.dispose()  # its connections would keep the file in write-ahead mode, which writes all twice
    with closing(adbc_driver_sqlite.dbapi.connect(file)) as connection, connection.cursor() as cursor:
        connection.adbc_connection.set_autocommit(True)
        with suppress(Error):  # somebody else has it open: slower, no harm
            cursor.execute("PRAGMA journal_mode = DELETE")
        cursor.execute("PRAGMA busy_timeout = 30000")
        cursor.execute("PRAGMA synchronous = OFF")  # a killed run is rolled back all the same
        cursor.execute("PRAGMA cache_size = -16384")
        cursor.execute("PRAGMA temp_store = MEMORY")
        connection.adbc_connection.set_autocommit(False)
        cursor.execute("DELETE FROM organisation WHERE false")  # takes the lock
        try:
            yield connection
        finally:
            connection.rollback()  # of what has not been committed
            with suppress(Error):  # whoever connects next sets it too
                connection.adbc_connection.set_autocommit(True)
                cursor.execute("PRAGMA journal_mode = WAL")


def strip(cursor: Cursor) -> list[str]:
    """Take indexes and triggers away; gives the statements that make them again."""
    cursor.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('index', 'trigger')"
    )
    taken = cursor.fetchall()
    for kind, name, _ in taken:
        cursor.execute(f'DROP {kind} "{name}"')
    return [statement for _, _, statement in taken]


def empty(cursor: Cursor) -> None:
    """Delete every row; without triggers, so without tombstones."""
    for table in metadata.tables:
        cursor.execute(f"DELETE FROM {table}")
    cursor.execute("DELETE FROM sqlite_sequence")


def count_on(cursor: Cursor) -> None:
    """New rows get keys beyond those loaded: SQLite sees to that itself."""
