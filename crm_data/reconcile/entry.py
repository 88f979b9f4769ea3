"""An import of the past beside its files: what is needed to compare them again, and the last comparison."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from crm_data.engine import home, reported
from crm_data.importers.errors import ImportStopped
from crm_data.importers.files import digest, find_files
from crm_data.importers.mapping import parse_mapping
from crm_data.importers.stage import Rejected
from crm_data.reconcile.reconcile import reconcile
from crm_data.reconcile.result import Reconciliation
from crm_data.schema.base import utc_now
from crm_data.schema.system import imports


@dataclass(frozen=True)
class Entry:
    """An import, as the CRM remembers it."""

    id: int
    source: str
    started: datetime
    finished: datetime
    files: list[dict[str, Any]]  # name, size, sha256, and where it lay
    mapping: str | None


def entry(engine: Engine, key: int | None) -> Entry:
    """The import with this number; without one, the last. Raises ImportStopped, CrmUnavailable."""
    with reported(engine), engine.connect() as connection:
        found = _entry(connection, key)
    if found is None:
        raise ImportStopped(
            "Nothing was imported yet." if key is None else f"There is no import no. {key} in this CRM."
        )
    return found


def compare(engine: Engine, of: Entry, paths: Iterable[Path]) -> Reconciliation:
    """Compare the files of an import with the CRM as it is now, and keep what was found.

    Without `paths`, the files are taken from where they lay. Raises ImportStopped where they are not there or
    not the same any more, and CrmUnavailable.
    """
    if of.mapping is None:
        raise ImportStopped(
            f"Import no. {of.id} did not keep its mapping, so its files cannot be read again."
        )
    if any("size" not in one for one in of.files):
        raise ImportStopped(f"Import no. {of.id} asked a database; only files can be read again.")
    there = _there(of, list(paths))
    reports = sorted((home() / "imports").glob(f"{of.started:%Y%m%d-%H%M%S-%f}-*-rejected.csv"))
    rejected = [row for report in reports for row in rejected_in(report)]
    found = reconcile(engine, parse_mapping(of.mapping), there, rejected, of.finished)
    keep(of.id, found)
    return found


def keep(key: int, found: Reconciliation) -> None:
    """What was found last is shown where the files are not there any more. Whether it can be kept or not,
    it was found."""
    try:
        place = _place(key)
        place.parent.mkdir(parents=True, exist_ok=True)
        document = {"at": utc_now().isoformat(), "found": found.as_json()}
        place.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    except OSError:
        return


def kept(key: int) -> tuple[datetime, dict[str, Any]] | None:
    """When an import's files were last compared, and what was found; None: never."""
    try:
        document = json.loads(_place(key).read_text(encoding="utf-8"))
        return datetime.fromisoformat(document["at"]), document["found"]
    except (OSError, ValueError, KeyError):
        return None


def rejected_in(report: Path) -> list[Rejected]:
    """The rows of a report of rejected rows."""
    with report.open(encoding="utf-8-sig", newline="") as file:
        next(reader := csv.reader(file), None)
        return [
            Rejected(name, source, int(line), column, cell, reason)
            for source, line, name, column, cell, reason in reader
        ]


def _entry(connection: Connection, key: int | None) -> Entry | None:
    query = select(imports).order_by(imports.c.id.desc()).limit(1)
    row = connection.execute(query if key is None else query.where(imports.c.id == key)).first()
    if row is None:
        return None
    return Entry(row.id, row.source_system, row.started_at, row.finished_at, row.files, row.mapping)


def _there(of: Entry, paths: list[Path]) -> list[Path]:
    """The import's own files, checked by their digests. Raises ImportStopped."""
    own = [Path(one["path"]) for one in of.files if "path" in one]
    given = paths or [path for path in own if path.is_file()]
    found = {digest(file.path) for file in find_files(given)}
    missing = [one["name"] for one in of.files if one["sha256"] not in found]
    if missing:
        raise ImportStopped(
            f"{missing[0]} is not there any more as it was imported. Name the files with --files."
        )
    return given


def _place(key: int) -> Path:
    return home() / "imports" / f"{key}-reconciled.json"
