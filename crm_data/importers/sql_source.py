"""A database as a source: what queries give, row by row. Nothing is ever written there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    NullPool,
    column,
    create_engine,
    event,
    literal_column,
    make_url,
    select,
    text,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from crm_data.importers.cells import Cell
from crm_data.importers.errors import ImportStopped
from crm_data.importers.files import Row
from crm_data.importers.mapping import Block
from crm_data.schema.system import imports

_MANY = 1000
_CELLS = (str, int, float, Decimal, date, datetime, time, timedelta)

#: How each kind of database is told that nothing may be written.
_READ_ONLY = {
    "sqlite": "PRAGMA query_only = ON",
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
    "mariadb": "SET SESSION TRANSACTION READ ONLY",
}


class SqlSource:
    """A database at an SQLAlchemy URL. `close` ends its connections."""

    def __init__(self, address: str) -> None:
        try:
            url = make_url(address)
        except ArgumentError:
            raise ImportStopped(
                "This is not a database address. Write it like postgresql://user:password@host/name."
            ) from None
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        _require_file(url)
        self.name = url.render_as_string()  # without the password
        try:
            self._engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
        except (NoSuchModuleError, ImportError) as error:
            raise ImportStopped(
                f"The driver for {url.drivername} is not installed ({error}). Install it beside this program."
            ) from None
        if forbid := _READ_ONLY.get(url.get_backend_name()):

            @event.listens_for(self._engine, "connect")
            def read_only(connection: Any, _record: object) -> None:
                cursor = connection.cursor()
                cursor.execute(forbid)
                cursor.close()
                connection.commit()

        self._open: list[Connection] = []

    def open(self, block: Block, since: Any) -> SqlTable:
        """Run a part's query. since: only rows whose `since` column is no less."""
        assert block.query is not None
        escaped = block.query.strip().rstrip(";").replace(":", r"\:")
        statement: Any = text(escaped)
        if since is not None:
            part = text(f"({escaped}) AS part")
            statement = select(literal_column("*")).select_from(part).where(column(str(block.since)) >= since)
        try:
            connection = self._engine.connect()
            self._open.append(connection)
            options = {"stream_results": True, "yield_per": _MANY}
            return SqlTable(block, connection.execute(statement, execution_options=options))
        except SQLAlchemyError as error:
            raise _refused(block, self.name, error) from error

    def close(self) -> None:
        for connection in self._open:
            connection.close()  # which takes back whatever a query did
        self._engine.dispose()


class SqlTable:
    """What a query gives, opened."""

    def __init__(self, block: Block, result: Any) -> None:
        self.name = f"query {block.number}"
        self.size = 0  # nobody knows how much there is
        self.remark: str | None = None
        self.headings = list(result.keys())
        self.highest: Any = None  # of the `since` column
        self._block = block
        self._result = result
        self._done = 0

    def rows(self) -> Iterator[Row]:
        since = self._since()
        try:
            for number, values in enumerate(self._result, 1):
                self._done = number
                if since is not None and values[since] is not None:
                    value = values[since]
                    self.highest = value if self.highest is None else max(self.highest, value)
                yield Row(number, number, [_cell(value) for value in values])
        except SQLAlchemyError as error:
            raise _refused(self._block, self.name, error) from error

    def position(self) -> int:
        return self._done

    def record(self) -> dict[str, Any]:
        """What the import's entry keeps of it."""
        kept = {"name": self.name, "rows": self._done, "sha256": fingerprint(self._block)}
        if self.highest is not None:
            kept["highest"] = _kept(self.highest)
        return kept

    def _since(self) -> int | None:
        name = self._block.since
        if name is None:
            return None
        if name not in self.headings:
            raise ImportStopped(f"{self._block.place}: the query gives no column '{name}' for 'since'.")
        return self.headings.index(name)


def fingerprint(block: Block) -> str:
    """Of the query: another query starts from the beginning."""
    return hashlib.sha256(f"{block.since}\n{block.query}".encode()).hexdigest()


def remembered(connection: Connection, source: str, block: Block) -> Any:
    """The highest value of `since` that an import of this query saw and that was not undone; else None."""
    if block.since is None:
        return None
    query = (
        select(imports.c.files)
        .where(imports.c.source_system == source, imports.c.undone_at.is_(None))
        .order_by(imports.c.id.desc())
    )
    for (files,) in connection.execute(query):
        for file in files:
            if file.get("sha256") == fingerprint(block) and "highest" in file:
                return _read(file["highest"])
    return None


def _kept(value: Any) -> list[Any]:
    """A value as JSON has it, with its kind."""
    if isinstance(value, datetime | date):
        return [type(value).__name__, value.isoformat()]
    return ["Decimal", str(value)] if isinstance(value, Decimal) else ["", value]


def _read(kept: list[Any]) -> Any:
    kind, value = kept
    if kind == "datetime":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    return Decimal(value) if kind == "Decimal" else value


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, _CELLS):
        return value
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def _require_file(url: URL) -> None:
    """SQLite would make an empty database of a name that was misspelt."""
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise ImportStopped(f"There is no SQLite database {url.database}.")


def _refused(block: Block, name: str, error: SQLAlchemyError) -> ImportStopped:
    said = str(getattr(error, "orig", None) or error).strip().splitlines()
    return ImportStopped(
        f"{block.place}: {name} does not answer the query: {said[0] if said else 'no reason given'}. "
        "Nothing was imported."
    )
