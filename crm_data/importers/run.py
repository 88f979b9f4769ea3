"""An import from beginning to end: read everything, then write everything in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as MappingOf
from contextlib import ExitStack, closing
from copy import deepcopy
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, insert, select, update

from crm_data.audit import note
from crm_data.edits.act import actor
from crm_data.engine import reported, writing
from crm_data.importers.changes import ChangeLog
from crm_data.importers.decisions import Decisions
from crm_data.importers.deleting import delete_rows
from crm_data.importers.errors import ImportStopped
from crm_data.importers.files import digest
from crm_data.importers.made_up import leave_named
from crm_data.importers.mapping import OBJECTS, Block, Mapping, parse_mapping
from crm_data.importers.merging import Merging
from crm_data.importers.opening import Opened, open_all
from crm_data.importers.outcome import Note, Outcome, Tally
from crm_data.importers.prepared import Prepared
from crm_data.importers.reading import stage_file
from crm_data.importers.report import rejected_report, withdrawn_report
from crm_data.importers.room import roomy, temporary_room
from crm_data.importers.sql_source import SqlSource, SqlTable, remembered
from crm_data.importers.stage import Stage
from crm_data.importers.writing import write_object
from crm_data.organisation import Organisation, read_organisation
from crm_data.progress import Progress
from crm_data.schema.base import utc_now
from crm_data.schema.organisation import organisation
from crm_data.schema.system import imports


def run_import(
    engine: Engine, mapping: Mapping, paths: Iterable[Path], reports: Path, progress: Progress
) -> Outcome:
    """Import the files at `paths` into a prepared CRM; rejected rows are listed in a file in `reports`.

    Raises ImportStopped or CrmUnavailable, with the CRM as it was.
    """
    with closing(read(engine, mapping, paths, progress)) as prepared:
        return load(engine, prepared, Decisions(), reports, progress)


def read(
    engine: Engine,
    mapping: Mapping,
    paths: Iterable[Path],
    progress: Progress,
    keep_in: Path | None = None,
    origin: str | None = None,
) -> Prepared:
    """Open the files at `paths`, convert their rows and put them by. Nothing is written into the CRM.

    keep_in: the folder for the file that holds what was read, so that it can be reopened; whoever asks for
    one closes it. origin: the address of the database that the mapping's queries are asked of.
    `progress` may raise Cancelled. Raises ImportStopped or CrmUnavailable.
    """
    started = utc_now()
    with reported(engine), engine.connect() as connection:
        zone = _time_zone(connection, mapping)
        since = {block.number: remembered(connection, mapping.source, block) for block in mapping.blocks}
    with temporary_room(), ExitStack() as leaving:
        ask = None
        if origin is not None:
            database = leaving.enter_context(closing(SqlSource(origin)))
            ask = partial(_ask, database, since)
        opened = open_all(mapping, paths, ask)
        stage = Stage(None if keep_in is None else _new_file(keep_in))
        prepared = Prepared(
            stage=stage,
            source=mapping.source,
            mapping=mapping.text,
            organisation=mapping.organisation,
            started=started,
            objects=_parts(mapping),
            whole=_whole(mapping),
            files=[],
            remarks=list(dict.fromkeys(one.table.remark for one in opened if one.table.remark)),
            tallies={block.table.name: Tally() for block in mapping.blocks},
        )
        try:
            prepared.files.extend(_read(opened, stage, zone, prepared.tallies, progress))
            with reported(engine), engine.connect() as connection:
                leave_named(connection, mapping.source, mapping.blocks, stage, prepared.tallies)
            return prepared.save()
        except BaseException:
            prepared.close()
            raise


def load(
    engine: Engine, prepared: Prepared, decisions: Decisions, reports: Path, progress: Progress
) -> Outcome:
    """Write what was read, as decided, in one transaction; rejected rows are listed in `reports`.

    `progress` may raise Cancelled. Raises ImportStopped or CrmUnavailable. Whatever is raised, the CRM is
    as it was, and the same can be loaded again.
    """
    outcome = Outcome(prepared.source)
    tallies = dict(deepcopy(prepared.tallies))
    with (
        temporary_room(),
        withdrawn_report(outcome),
        reported(engine),
        writing(engine) as connection,
        roomy(connection),
    ):
        _refuse_demo(read_organisation(connection))
        outcome.key = _begin(connection, prepared, decisions)
        log = ChangeLog(connection, outcome.key, prepared.source, prepared.objects)
        outcome.notes += _settle(connection, prepared.organisation, log)
        home = _pointing_home(parse_mapping(prepared.mapping))
        for name in prepared.objects:
            _write(connection, prepared, name, decisions, log, tallies[name], progress, name in home)
        for name, (gone, kept) in delete_rows(connection, decisions.delete, log).items():
            tallies.setdefault(name, Tally()).counts.deleted = gone
            if kept:
                outcome.notes.append(Note(name, "", "not deleted, since others refer to them", kept))
        for name, tally in tallies.items():
            outcome.objects[name] = tally.counts
            outcome.notes += tally.notes(name)
        outcome.notes += [Note("", "", remark, 0) for remark in prepared.remarks]
        outcome.report = rejected_report(reports, prepared.started, prepared.source, prepared.stage)
        log.finish()
        _finish(connection, outcome)
    return outcome


def _time_zone(connection: Connection, mapping: Mapping) -> ZoneInfo:
    """The zone of times that say none, unless the mapping names another: the organisation's."""
    known = read_organisation(connection)
    _refuse_demo(known)
    if connection.execute(select(organisation.c.id)).first() is None:
        return ZoneInfo(mapping.organisation.get("time_zone", known.time_zone))
    return known.zone


def _ask(database: SqlSource, since: MappingOf[int, Any], block: Block) -> SqlTable:
    return database.open(block, since[block.number])


def _refuse_demo(known: Organisation) -> None:
    if known.demo:
        raise ImportStopped(
            "This CRM holds the demo, whose invented figures would mix with yours. Nothing was imported. "
            "Set CRM_DATABASE_URL to another database, such as sqlite:///my_crm.db, and import again."
        )


def _new_file(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImportStopped(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return folder / f"{uuid4().hex}.prepared"


def _parts(mapping: Mapping) -> dict[str, list[int]]:
    parts: dict[str, list[int]] = {}
    for block in mapping.blocks:
        parts.setdefault(block.table.name, []).append(block.number)
    return parts


def _whole(mapping: Mapping) -> frozenset[str]:
    partial = {block.table.name for block in mapping.blocks if not block.full}
    return frozenset(block.table.name for block in mapping.blocks) - partial


def _read(
    opened: Sequence[Opened],
    stage: Stage,
    zone: ZoneInfo,
    tallies: MappingOf[str, Tally],
    progress: Progress,
) -> list[dict[str, Any]]:
    """Read every file into the stage. Gives what to remember of the files themselves."""
    files: dict[str, dict[str, Any]] = {}
    for one in opened:
        name = one.table.name
        try:
            stage_file(one, stage, zone, tallies[one.block.table.name], progress)
            if isinstance(one.table, SqlTable):
                files[name] = one.table.record()
            elif one.file is not None and name not in files:
                files[name] = {
                    "name": name,
                    "size": one.table.size,
                    "sha256": digest(one.file.path),
                    "path": str(one.file.path.resolve()),
                }
            if one.changed():
                raise ImportStopped(
                    f"{name} was changed while it was read. Nothing was imported; import again when nobody "
                    "writes into it."
                )
        except OSError as error:
            raise ImportStopped(f"{name} cannot be read to its end: {error.strerror}.") from error
    return list(files.values())


def _settle(connection: Connection, given: MappingOf[str, Any], log: ChangeLog) -> list[Note]:
    """Give an empty CRM the organisation's settings of the mapping; a CRM's own are kept."""
    if not given:
        return []
    row = connection.execute(select(organisation)).mappings().first()
    if row is None:
        settings = {"name": "My organisation"} | dict(given)
        connection.execute(insert(organisation).values(id=1, updated_at=utc_now(), **settings))
        log.settled(organisation, 1, settings)
        return []
    different = [name for name, value in given.items() if row[name] != value]
    return [Note("organisation", name, f"kept {row[name]}, as the CRM has it", 0) for name in different]


def _write(
    connection: Connection,
    prepared: Prepared,
    name: str,
    decisions: Decisions,
    log: ChangeLog,
    tally: Tally,
    progress: Progress,
    points_home: bool,
) -> None:
    table, parts = OBJECTS[name], prepared.objects[name]
    stage, counts = prepared.stage, tally.counts
    total = stage.ids(parts)
    counts.replaced = counts.read - counts.rejected - total
    if counts.replaced:
        tally.seen["", "id comes again in a later row, which counts"] += counts.replaced
    merges = [merge for merge in decisions.merges if merge.object == name]
    write_object(
        connection,
        table,
        prepared.source,
        stage,
        lambda: stage.rows(parts),
        Merging(connection, table, prepared.source, stage, parts, merges),
        log,
        tally,
        lambda done: progress(f"Writing {name}", done, total),
        points_home=points_home,
    )


def _pointing_home(mapping: Mapping) -> set[str]:
    """The objects whose rows may refer to others of the same object."""
    return {
        block.table.name
        for block in mapping.blocks
        for field in block.fields
        for foreign in field.column.foreign_keys
        if foreign.column.table is block.table
    }


def _begin(connection: Connection, prepared: Prepared, decisions: Decisions) -> int:
    """The entry of the import. Gives its key."""
    statement = insert(imports).values(
        source_system=prepared.source,
        started_at=prepared.started,
        finished_at=utc_now(),
        files=prepared.files,
        counts={},
        mapping=prepared.mapping,
        decisions=decisions.as_json(),
        actor=actor(),
    )
    return int(connection.execute(statement.returning(imports.c.id)).scalar_one())


def _finish(connection: Connection, outcome: Outcome) -> None:
    """What came of the import, in its entry and in the audit log."""
    counts = {name: asdict(each) for name, each in outcome.objects.items()}
    own = update(imports).where(imports.c.id == outcome.key)
    connection.execute(own.values(counts=counts, finished_at=utc_now()))
    who = f"{actor()} (import)"
    note(connection, utc_now(), who, "import", "imports", outcome.key, None, counts)
