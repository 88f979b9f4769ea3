"""What is done beside the page: looking at files, loading them, comparing them with the CRM."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from crm_data import active
from crm_data.engine import home, reported
from crm_data.importers.archive import unpacked
from crm_data.importers.decisions import Decisions
from crm_data.importers.errors import Cancelled, ImportStopped
from crm_data.importers.mapping import Mapping, parse_mapping, read_mapping
from crm_data.importers.outcome import Outcome
from crm_data.importers.prepared import Prepared
from crm_data.importers.reading import Progress
from crm_data.importers.recognise import Override, Recognised, propose, recognise
from crm_data.importers.recognise.command import objects_of
from crm_data.importers.run import load as load_prepared
from crm_data.importers.run import read
from crm_data.organisation import read_organisation
from crm_data.reconcile import Reconciliation
from crm_data.reconcile import entry as entries


@dataclass
class Answers:
    """What the person said so far. `settings` are those of a CRM that has none yet."""

    overrides: dict[tuple[str, str | None], Override] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    decisions: Decisions = field(default_factory=Decisions)


@dataclass(frozen=True)
class Looked:
    """What was found in the files before anything is written.

    `problem`: why they cannot be imported as they stand; then there is no mapping, or nothing was read.
    """

    paths: tuple[Path, ...]
    recognised: tuple[Recognised, ...]
    mapping: Mapping | None = None
    given: str | None = None  # the name of the mapping that was dropped with the files
    remarks: tuple[str, ...] = ()
    fresh: bool = False  # the CRM that takes them has no settings yet
    prepared: Prepared | None = None
    problem: str | None = None


def look(
    engine: Any, files: Path, folder: Path, answers: Answers, known: Looked | None, progress: Progress
) -> Looked:
    """Recognise the files, unless that is `known`, then read them as recognised and answered."""
    if known is None:
        progress("Opening the files", 0, 1)
        maps = sorted(files.glob("*.toml"))
        paths = unpacked([one for one in sorted(files.iterdir()) if one not in maps], folder / "unpacked")
        found = Looked(tuple(paths), () if maps else recognise(paths), given=maps[0].name if maps else None)
    else:
        found = known
    with _destination(engine) as into:
        found = replace(found, fresh=not active.has_settings(into))
        try:
            found = _mapped(into, found, files, answers)
            assert found.mapping
            prepared = read(into, found.mapping, found.paths, progress, keep_in=folder)
        except Cancelled:
            raise
        except ImportStopped as problem:
            return replace(found, problem=str(problem))
        return replace(found, prepared=prepared)


def load(engine: Any, looked: Looked, answers: Answers, progress: Progress) -> Outcome:
    """Write what was read. Beside a demo, the own CRM is the one that is shown from then on."""
    assert looked.prepared
    with _destination(engine) as into:
        outcome = load_prepared(into, looked.prepared, answers.decisions, home() / "imports", progress)
        if into is not engine:
            active.use(own=True)
    return outcome


def compare(engine: Any, key: int, paths: tuple[Path, ...], progress: Progress) -> Reconciliation:
    """An import's files against the CRM as it is now."""
    progress("Reading the files again", 0, 1)
    return entries.compare(engine, entries.entry(engine, key), paths)


def _mapped(into: Any, found: Looked, files: Path, answers: Answers) -> Looked:
    """With the mapping that was dropped, or the one that follows from what was recognised.

    That one is in the CRM's currency, and makes up nothing that the CRM has.
    """
    if found.given:
        return replace(found, mapping=read_mapping(files / found.given), problem=None)
    overrides = list(answers.overrides.values())
    currency = answers.settings.get("base_currency")
    with reported(into), into.connect() as connection:
        if not found.fresh:
            currency = read_organisation(connection).base_currency
        proposal = propose(found.recognised, overrides, currency=currency)
        if there := objects_of(connection, proposal.mapping.source):
            proposal = propose(found.recognised, overrides, currency=currency, there=there)
    settings = answers.settings if found.fresh else {}
    mapping = parse_mapping(_with_settings(proposal.text, settings))
    return replace(found, mapping=mapping, remarks=proposal.remarks, problem=None)


def _with_settings(text: str, settings: dict[str, str]) -> str:
    """The mapping with a new CRM's settings; a text in JSON is one in TOML."""
    lines = [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in settings.items()
        if key != "base_currency" and value
    ]
    return text.replace("[organisation]\n", "\n".join(["[organisation]", *lines, ""]), 1)


@contextmanager
def _destination(engine: Any) -> Iterator[Any]:
    """The CRM that takes the import."""
    into = active.destination(engine)
    try:
        yield into
    finally:
        if into is not engine:
            into.dispose()
