"""The demo and the own CRM beside it: one of the two is the CRM that everything reads.

The demo's invented figures never mix with real ones. While the demo is the CRM, an import goes into a
database of its own in the same folder, and that one becomes the CRM. Both stay, and one can go back.
Where CRM_DATABASE_URL names a database, there is nothing to choose.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, select

from crm_data.engine import CrmUnavailable, active_file, connect, home, prepare, reported
from crm_data.importers.mapping import OBJECTS
from crm_data.organisation import read_organisation
from crm_data.schema.organisation import organisation

_FIRST, _OWN = "crm.db", "own.db"
_DERIVED = ("silence_thresholds",)


@dataclass(frozen=True)
class Active:
    """Which CRM is shown. `demo`: its figures are invented. `own`: it is the one beside the demo.

    `other`: the one to go back to, demo or own; None where there is no other.
    """

    demo: bool
    own: bool
    other: str | None


def active(engine: Engine) -> Active:
    """About the CRM that `engine` reads. Raises CrmUnavailable."""
    demo = _is_demo(engine)
    if not switchable():
        return Active(demo, False, None)
    own = active_file().name == _OWN
    if own:
        return Active(demo, True, "demo" if (home() / _FIRST).exists() else None)
    return Active(demo, False, "own" if demo and _has_own() else None)


def switchable() -> bool:
    """Whether the CRM is in the data folder, where there may be two."""
    return not os.environ.get("CRM_DATABASE_URL")


def file_url(own: bool) -> str:
    """The address of the database in the data folder: the first one, or the own one beside it."""
    return f"sqlite:///{home() / (_OWN if own else _FIRST)}"


def destination(engine: Engine) -> Engine:
    """Where an import into the CRM that `engine` reads goes: there, or beside the demo. Ready to be written.

    Raises CrmUnavailable.
    """
    prepare(engine)
    if not (switchable() and _is_demo(engine)):
        return engine
    own = connect(file_url(own=True))
    prepare(own)
    return own


def use(*, own: bool) -> None:
    """From now on this one is the CRM, in every open page and on the command line. Raises CrmUnavailable."""
    marker = home() / "active"
    try:
        _write(marker, (_OWN if own else _FIRST) + "\n")
    except OSError as error:
        raise CrmUnavailable(f"{marker} cannot be written: {error.strerror}. Nothing was changed.") from error


def is_empty(engine: Engine) -> bool:
    """Whether no object of the CRM has a row but those that the program itself derives."""
    tables = [table for name, table in OBJECTS.items() if name not in _DERIVED]
    with reported(engine), engine.connect() as connection:
        return not any(connection.execute(select(table.c.id).limit(1)).first() for table in tables)


def has_settings(engine: Engine) -> bool:
    """Whether the CRM has its organisation's settings. Raises CrmUnavailable."""
    with reported(engine), engine.connect() as connection:
        return connection.execute(select(organisation.c.id)).first() is not None


def _has_own() -> bool:
    """Whether there is an own CRM with data in it."""
    if not (home() / _OWN).exists():
        return False
    own = connect(file_url(own=True))
    try:
        prepare(own)
        return not is_empty(own)
    finally:
        own.dispose()


def _is_demo(engine: Engine) -> bool:
    with reported(engine), engine.connect() as connection:
        return read_organisation(connection).demo


def _write(path: Path, text: str) -> None:
    """In one step: a reader finds the old content or the new one."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)
