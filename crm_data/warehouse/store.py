"""The DuckDB file that the copy lies in."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import duckdb
from sqlalchemy.engine import URL

from crm_data.engine import home
from crm_data.warehouse import categories, marked, mirror
from crm_data.warehouse.build import create
from crm_data.warehouse.builds import BUILDS
from crm_data.warehouse.errors import CopyError
from crm_data.warehouse.vocabulary import _MACROS

log = logging.getLogger(__name__)

_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "900MB",  # beyond it, work spills into a folder beside the file
    "autoinstall_known_extensions": False,  # nothing is ever downloaded
    "checkpoint_threshold": "1GB",  # publishing makes one when there is time; no refresh waits for it
}

#: Another one whenever the tables or what fills them are defined otherwise; the copy is then made anew.
FORMAT = hashlib.sha256(
    repr(
        (
            duckdb.__version__,
            [mirror.ddl(table) for table in mirror.MIRROR],
            [(build.name, build.sql, [str(c.type) for c in build.table.columns]) for build in BUILDS],
            categories.TYPES,
            marked.DDL,
            _MACROS,
        )
    ).encode()
).hexdigest()[:16]


class Held(Exception):
    """Another process has the file open."""


def path_for(url: URL) -> Path:
    """Where the copy of this CRM database lies; the password does not matter."""
    name = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and url.database:
        name = str(Path(url.database).resolve())
    return home() / f"copy-{hashlib.sha256(name.encode()).hexdigest()[:12]}.duckdb"


def open_file(path: Path) -> tuple[duckdb.DuckDBPyConnection, str | None]:
    """A connection to the copy at `path`; one that is damaged or of another format is made anew, empty.

    Then it also says what was wrong. Raises Held, or CopyError when the file cannot be made.
    """
    if path.suffix != ".duckdb":
        raise CopyError(
            f"{path} cannot be the copy's file: its name must end in .duckdb. It was not touched."
        )
    existed, why = path.exists(), None
    try:
        connection = _connect(path)
        if not existed:
            _make(connection)
        elif _format(connection) != FORMAT:
            connection.close()
            why = "was made by another version of this program"
            connection = _anew(path, why)
    except Held:
        raise
    except (duckdb.Error, RuntimeError) as problem:
        if not existed:
            raise CopyError(f"The copy {path} cannot be made: {problem}") from problem
        why = f"is damaged ({str(problem).splitlines()[0]})"
        connection = _anew(path, why)
    return connection, why


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), config=_SETTINGS)
    except duckdb.IOException as problem:
        if "set lock" in str(problem):
            raise Held from problem
        raise


def _anew(path: Path, why: str) -> duckdb.DuckDBPyConnection:
    log.warning("The copy %s %s. It is thrown away and made anew from the CRM database.", path, why)
    for file in (path, path.with_name(path.name + ".wal")):
        file.unlink(missing_ok=True)
    connection = _connect(path)
    _make(connection)
    return connection


def _format(connection: duckdb.DuckDBPyConnection) -> str | None:
    row = connection.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'format'").fetchone()
    if not row or not row[0]:
        return None
    found = connection.execute("SELECT digest FROM work.format").fetchone()
    return found[0] if found else None


def _make(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty tables, so that every question has an answer before the first load."""
    connection.begin()
    connection.execute("CREATE SCHEMA crm; CREATE SCHEMA work; CREATE SEQUENCE work.type_number")
    connection.execute("CREATE TABLE work.state (document VARCHAR)")
    for table in mirror.MIRROR:
        connection.execute(mirror.ddl(table))
    connection.execute(marked.DDL)
    types = categories.define(connection)
    for build in BUILDS:
        create(connection, build, types)
    connection.execute("CREATE TABLE work.format (digest VARCHAR)")
    connection.execute("INSERT INTO work.format VALUES (?)", [FORMAT])
    connection.commit()
