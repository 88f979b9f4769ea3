"""Room for an import: in memory for the pages of the database, on disk for the rows that wait."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from crm_data.importers.errors import ImportStopped

_CACHE = 200_000  # KiB


@contextmanager
def roomy(connection: Connection) -> Iterator[None]:
    """SQLite keeps the pages of many indexes in memory while they are filled."""
    if connection.dialect.name != "sqlite":
        yield
        return
    (usual,) = connection.exec_driver_sql("PRAGMA cache_size").one()
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE}")
    try:
        yield
    finally:
        with suppress(DBAPIError):  # where it has just been lost
            connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")
            connection.exec_driver_sql("PRAGMA shrink_memory")


@contextmanager
def temporary_room() -> Iterator[None]:
    """The rows read are kept on the disk of temporary files until they are written."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise ImportStopped(
            f"There is no room for temporary files ({error}). Nothing was imported; free some space, or set "
            "SQLITE_TMPDIR to a folder on another disk."
        ) from error
