"""How PostgreSQL takes millions of rows: what `transaction` needs done there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import adbc_driver_postgresql.dbapi
from adbc_driver_manager.dbapi import Connection, Cursor
from sqlalchemy import Engine

from crm_data.schema import metadata

_KEYS = """
    SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = current_schema()::regnamespace AND relname <> 'alembic_version'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
"""
_NEXT_KEY = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), coalesce(max(id), 0) + 1, false) FROM {0}"


@contextmanager
def opened(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction that shuts out every other writer."""
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(adbc_driver_postgresql.dbapi.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(metadata.tables)} IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        yield connection


def strip(cursor: Cursor) -> list[str]:
    """Take foreign keys and indexes away; gives the statements that make them again, checking all rows.

    New contacts are not indexed for the search meanwhile: all of them are, at the end.
    """
    cursor.execute("ALTER TABLE contacts DISABLE TRIGGER contacts_found")
    cursor.execute(_KEYS)
    keys = cursor.fetchall()
    for table, name, _ in keys:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    cursor.execute(_INDEXES)
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    again = [f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for table, name, definition in keys]
    watch = "ALTER TABLE contacts ENABLE TRIGGER contacts_found"
    return [*(definition for _, definition in indexes), *again, watch]


def empty(cursor: Cursor) -> None:
    """Delete every row; without triggers, so without tombstones."""
    for table in metadata.tables:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    cursor.execute(f"TRUNCATE {', '.join(metadata.tables)}")
    for table in metadata.tables:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def count_on(cursor: Cursor) -> None:
    """New rows get keys beyond those loaded."""
    for name, table in metadata.tables.items():
        if "id" in table.c and name != "organisation":
            cursor.execute(_NEXT_KEY.format(name))
