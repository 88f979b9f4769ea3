"""Where the CRM database is, and a connection to it."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL

from crm_data.schema import metadata

ROOT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The folder of the CRM's SQLite file and of its copy: CRM_HOME, or `data` in the project."""
    folder = Path(os.environ.get("CRM_HOME") or ROOT / "data")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def database_url() -> URL:
    """CRM_DATABASE_URL, or the SQLite file in the data folder."""
    url = make_url(os.environ.get("CRM_DATABASE_URL") or f"sqlite:///{home() / 'crm.db'}")
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    return url


def connect(url: URL | str | None = None) -> Engine:
    """An engine for the CRM database; opens no connection yet."""
    engine = create_engine(url or database_url())
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_settings)
    return engine


def prepare(engine: Engine) -> None:
    """Make the tables, or bring older ones up to date. Safe to call each time."""
    metadata.create_all(engine)


def _sqlite_settings(connection, _record) -> None:  # type: ignore[no-untyped-def]
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 30000"):
        connection.execute(f"PRAGMA {pragma}")
