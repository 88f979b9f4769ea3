"""An import from beginning to end: read everything, then write everything in one transaction."""

from __future__ import annotations

import getpass
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Table, insert, select

from crm_data.audit import note
from crm_data.engine import reported, writing
from crm_data.importers.errors import ImportStopped
from crm_data.importers.files import digest
from crm_data.importers.mapping import Mapping
from crm_data.importers.opening import Opened, open_all
from crm_data.importers.outcome import Note, Outcome, Tally, write_report
from crm_data.importers.reading import Progress, stage_file
from crm_data.importers.stage import Stage
from crm_data.importers.writing import write_object
from crm_data.organisation import read_organisation
from crm_data.schema.base import utc_now
from crm_data.schema.organisation import organisation
from crm_data.schema.system import imports


def run_import(
    engine: Engine, mapping: Mapping, paths: Iterable[Path], reports: Path, progress: Progress
) -> Outcome:
    """Import the files at `paths` into a prepared CRM; rejected rows are listed in a file in `reports`.

    Raises ImportStopped or CrmUnavailable, with the CRM as it was.
    """
    started = utc_now()
    opened = open_all(mapping, paths)
    outcome = Outcome(mapping.source)
    with reported(engine), engine.connect() as connection:
        zone = _time_zone(connection, mapping)
    with _temporary_room(), closing(Stage()) as stage, _withdrawn_report(outcome):
        tallies = {block.table.name: Tally() for block in mapping.blocks}
        files = _read(opened, stage, zone, tallies, progress)
        with reported(engine), writing(engine) as connection:
            outcome.notes += _settle(connection, mapping)
            for table, blocks in _blocks_by_table(mapping).items():
                _write(connection, mapping.source, table, blocks, stage, tallies[table.name], progress)
            for name, tally in tallies.items():
                outcome.objects[name] = tally.counts
                outcome.notes += tally.notes(name)
            remarks = dict.fromkeys(one.table.remark for one in opened if one.table.remark)
            outcome.notes += [Note("", "", remark, 0) for remark in remarks]
            outcome.report = _report(reports, started, mapping.source, stage)
            _record(connection, files, started, outcome)
    return outcome


def _time_zone(connection: Connection, mapping: Mapping) -> ZoneInfo:
    """The zone of times that say none, unless the mapping names another: the organisation's."""
    known = read_organisation(connection)
    if known.demo:
        raise ImportStopped(
            "This CRM holds the demo, whose invented figures would mix with yours. Nothing was imported. "
            "Set CRM_DATABASE_URL to another database, such as sqlite:///my_crm.db, and import again."
        )
    if connection.execute(select(organisation.c.id)).first() is None:
        return ZoneInfo(mapping.organisation.get("time_zone", known.time_zone))
    return known.zone


def _read(
    opened: Sequence[Opened], stage: Stage, zone: ZoneInfo, tallies: dict[str, Tally], progress: Progress
) -> list[dict[str, Any]]:
    """Read every file into the stage. Gives what to remember of the files themselves."""
    files: dict[str, dict[str, Any]] = {}
    for one in opened:
        name = one.file.name
        try:
            stage_file(one, stage, zone, tallies[one.block.table.name], progress)
            if name not in files:
                files[name] = {"name": name, "size": one.table.size, "sha256": digest(one.file.path)}
        except OSError as error:
            raise ImportStopped(f"{name} cannot be read to its end: {error.strerror}.") from error
    return list(files.values())


def _settle(connection: Connection, mapping: Mapping) -> list[Note]:
    """Give an empty CRM the organisation's settings of the mapping; a CRM's own are kept."""
    if not mapping.organisation:
        return []
    row = connection.execute(select(organisation)).mappings().first()
    if row is None:
        settings = {"name": "My organisation"} | dict(mapping.organisation)
        connection.execute(insert(organisation).values(id=1, updated_at=utc_now(), **settings))
        return []
    different = [name for name, value in mapping.organisation.items() if row[name] != value]
    return [Note("organisation", name, f"kept {row[name]}, as the CRM has it", 0) for name in different]


def _blocks_by_table(mapping: Mapping) -> dict[Table, list[int]]:
    blocks: dict[Table, list[int]] = {}
    for block in mapping.blocks:
        blocks.setdefault(block.table, []).append(block.number)
    return blocks


def _write(
    connection: Connection,
    source: str,
    table: Table,
    blocks: list[int],
    stage: Stage,
    tally: Tally,
    progress: Progress,
) -> None:
    counts, total = tally.counts, stage.ids(blocks)
    counts.replaced = counts.read - counts.rejected - total
    if counts.replaced:
        tally.seen["", "id comes again in a later row, which counts"] += counts.replaced
    write_object(
        connection,
        table,
        source,
        stage,
        lambda: stage.rows(blocks),
        tally,
        lambda done: progress(f"Writing {table.name}", done, total),
    )


def _record(connection: Connection, files: list[dict[str, Any]], started: datetime, outcome: Outcome) -> None:
    """The import itself, and its entry in the audit log."""
    counts = {name: asdict(each) for name, each in outcome.objects.items()}
    statement = insert(imports).values(
        source_system=outcome.source, started_at=started, finished_at=utc_now(), files=files, counts=counts
    )
    key = connection.execute(statement.returning(imports.c.id)).scalar_one()
    note(connection, utc_now(), _who(), "import", "imports", key, None, counts)


def _who() -> str:
    try:
        return f"{getpass.getuser()} (import)"
    except (OSError, KeyError):  # a user without a name
        return "import"


def _report(folder: Path, started: datetime, source: str, stage: Stage) -> Path | None:
    """The list of what was rejected. It is written before the import is final: none goes unlisted."""
    if not stage.has_rejected():
        return None
    name = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in source)
    path = folder / f"{started:%Y%m%d-%H%M%S-%f}-{name}-rejected.csv"
    try:
        write_report(path, stage.rejected())
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise ImportStopped(
            f"The list of rejected rows, {path}, cannot be written: {error.strerror}. Nothing was imported."
        ) from error
    return path


@contextmanager
def _withdrawn_report(outcome: Outcome) -> Iterator[None]:
    """No report stays of an import that did not happen."""
    try:
        yield
    except BaseException:
        if outcome.report is not None:
            outcome.report.unlink(missing_ok=True)
        raise


@contextmanager
def _temporary_room() -> Iterator[None]:
    """The rows read are kept on the disk of temporary files until they are written."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise ImportStopped(
            f"There is no room for temporary files ({error}). Nothing was imported; free some space, or set "
            "SQLITE_TMPDIR to a folder on another disk."
        ) from error
