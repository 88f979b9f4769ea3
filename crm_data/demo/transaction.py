"""One transaction for a whole demo: a run that fails or is killed leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from adbc_driver_manager.dbapi import Connection, Cursor, Error
from sqlalchemy import Engine

from crm_data.demo import on_postgresql, on_sqlite
from crm_data.engine import CrmUnavailable
from crm_data.migrations import search
from crm_data.schema import metadata

#: Is told what is being done, and which share of the whole is done.
Progress = Callable[[str, float], None]
LOADED = 0.66  # the share of the work that is done when the rows are there and the indexes are not


class DemoRefused(CrmUnavailable):
    """There is something in the database that a demo would overwrite."""


@contextmanager
def whole(engine: Engine, progress: Progress, *, replace: bool) -> Iterator[Connection]:
    """A connection whose work is committed at the end, or not at all. Indexes are built at the end.

    Raises DemoRefused where the database holds data; a demo only unless `replace`, which empties it.
    Raises CrmUnavailable where the database fails.
    """
    bulk = on_sqlite if engine.dialect.name == "sqlite" else on_postgresql
    try:
        with bulk.opened(engine) as connection, connection.cursor() as cursor:
            _refuse(cursor, replace=replace)
            statements = bulk.strip(cursor)
            if replace:
                bulk.empty(cursor)
            yield connection
            for statement in search.fill(engine.dialect.name):
                cursor.execute(statement)
            for done, statement in enumerate(statements):
                progress("indexes", LOADED + (0.97 - LOADED) * done / len(statements))
                cursor.execute(statement)
            bulk.count_on(cursor)
            cursor.execute("ANALYZE")
            connection.commit()
    except Error as error:
        said = str(error).splitlines()[0].rstrip(".")
        where = engine.url.render_as_string()
        raise CrmUnavailable(
            f"The demo could not be made in {where}: {said}. The database is as it was before."
        ) from error


def _refuse(cursor: Cursor, *, replace: bool) -> None:
    cursor.execute("SELECT demo_seed FROM organisation")
    settings = cursor.fetchone()
    if settings and settings[0] is not None:
        if not replace:
            raise DemoRefused(
                f"This CRM is a demo already (seed {settings[0]}). Nothing was changed. "
                "Add --replace to make it anew; whatever was changed in it is lost then."
            )
        return
    filled = [table for table in metadata.tables if _has_rows(cursor, table)]
    if filled:
        raise DemoRefused(
            f"This CRM has data of its own ({', '.join(filled[:3])}{' …' if len(filled) > 3 else ''}). "
            "Nothing was changed: a demo needs an empty database. Set CRM_DATABASE_URL to another one."
        )


def _has_rows(cursor: Cursor, table: str) -> bool:
    cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")
    return cursor.fetchone() is not None
