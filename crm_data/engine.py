"""Where the CRM database is, and a connection to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
)

from crm_data import migrations

ROOT = Path(__file__).resolve().parent.parent

#: PostgreSQL's advisory lock that `writing` holds; any number that nobody else uses.
_WRITER = 0x43524D

#: What the drivers say, and what it means for the person in front.
_SENTENCES = {
    "file is not a database": "is not an SQLite database. Name another file; this one was not changed.",
    "unable to open database": "cannot be opened. Check that its folder exists and that you may write there.",
    "readonly database": "may not be written by you. Check the permissions of the file and its folder.",
    "lock timeout": "is held by another program. Wait until it has finished, then try again.",
    "database is locked": "is held by another program. Wait until it has finished, then try again.",
    "disk is full": "has no room left on its disk. Nothing was saved; free some space, then try again.",
    "No space left": "has no room left on its disk. Nothing was saved; free some space, then try again.",
    "disk I/O error": "cannot be read or written: the disk reports an error. Nothing was saved.",
    "no such table": "has lost its tables. Restore a backup, or start afresh with an empty database.",
    'relation "': "has lost its tables. Restore a backup, or start afresh with an empty database.",
    "malformed": "is damaged. Restore a backup.",
}


class CrmUnavailable(Exception):
    """The CRM database cannot be used. The message is one or two sentences for the person in front."""


def home() -> Path:
    """The folder of the CRM's SQLite file and of its copy: CRM_HOME, or `data` in the project."""
    folder = Path(os.environ.get("CRM_HOME") or ROOT / "data")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CrmUnavailable(f"The data folder {folder} cannot be made: {error.strerror}.") from error
    return folder


def active_file() -> Path:
    """The SQLite file in the data folder that is the CRM: crm.db, or own.db beside the demo.

    A file named `active` says which, as crm_data.active writes it.
    """
    folder = home()
    try:
        named = (folder / "active").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        named = ""
    own = folder / "own.db"
    return own if named == own.name and own.exists() else folder / "crm.db"


def database_url() -> URL:
    """CRM_DATABASE_URL, or the SQLite file in the data folder that is the CRM at the moment."""
    given = os.environ.get("CRM_DATABASE_URL")
    try:
        url = make_url(given or f"sqlite:///{active_file()}")
    except ArgumentError as error:
        raise CrmUnavailable(
            "CRM_DATABASE_URL is not a database address. "
            "Write it like sqlite:////path/to/crm.db or postgresql://user:password@host/name."
        ) from error
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise CrmUnavailable(
            f"CRM_DATABASE_URL names a {url.get_backend_name()} database. "
            "Only SQLite and PostgreSQL can be used."
        )
    return url


def connect(url: URL | str | None = None) -> Engine:
    """An engine for the CRM database; opens no connection yet."""
    try:
        engine = create_engine(url or database_url(), hide_parameters=True)  # they are personal data
    except (ArgumentError, NoSuchModuleError) as error:
        raise CrmUnavailable(f"The database address cannot be used: {error}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_settings)
    return engine


@contextmanager
def writing(engine: Engine, patience: float = 30.0) -> Iterator[Connection]:
    """One transaction, all of it or nothing, that waits for and shuts out others of its kind.

    It waits so many seconds for others; on PostgreSQL, without a limit where none is given. On SQLite
    it locks out every other writer from the start, and reads see one state throughout.
    """
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience * 1000)}")
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            finally:
                connection.exec_driver_sql("PRAGMA busy_timeout = 30000")
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                _undo(connection)
                raise
    else:
        with engine.begin() as connection:
            if patience < 30:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(patience * 1000)}")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITER})")
            yield connection


def _undo(connection: Connection) -> None:
    """SQLite undoes by itself where the disk is full, and then refuses to be told."""
    driver: Any = connection.connection.dbapi_connection
    if driver.in_transaction:
        driver.rollback()


def prepare(engine: Engine) -> None:
    """Make the tables, or bring older ones up to date. Safe to call each time, by many at once.

    Raises CrmUnavailable when the database cannot be opened, belongs to something else, or was
    made by a newer version of this program; it is left as it was.
    """
    with reported(engine):
        with engine.connect() as connection:
            if migrations.revision_of(connection) == migrations.newest():
                return
        with writing(engine) as connection:
            _refuse_foreign(connection)
            migrations.upgrade(connection)


def _refuse_foreign(connection: Connection) -> None:
    revision = migrations.revision_of(connection)
    where = connection.engine.url.render_as_string()
    if revision is not None and not migrations.is_known(revision):
        raise CrmUnavailable(
            f"{where} was made by a newer version of this program (revision {revision}). "
            "Update the program; the database was not changed."
        )
    tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
    if revision is None and tables:
        raise CrmUnavailable(
            f"{where} is not a CRM database: it holds other tables ({', '.join(sorted(tables)[:3])}). "
            "Give CRM_DATABASE_URL the address of an empty database; this one was not changed."
        )


@contextmanager
def reported(engine: Engine) -> Iterator[None]:
    """Turn errors about the database itself into CrmUnavailable; those about a row or statement pass."""
    try:
        yield
    except DBAPIError as error:
        sentence = None if isinstance(error, IntegrityError | DataError) else _sentence(error)
        if sentence is None:
            raise
        raise CrmUnavailable(f"{engine.url.render_as_string()} {sentence}") from error


def _sentence(error: DBAPIError) -> str | None:
    said = str(error.orig).strip()
    for sign, sentence in _SENTENCES.items():
        if sign in said:
            return sentence
    if isinstance(error, ProgrammingError):
        return None
    return f"cannot be used: {said.splitlines()[0] if said else type(error.orig).__name__}"


def _sqlite_settings(connection, _record) -> None:  # type: ignore[no-untyped-def]
    for pragma in ("busy_timeout = 30000", "foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
