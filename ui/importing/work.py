"""What is done beside the page: looking at files, loading them, comparing them with the CRM."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm_data import active
from crm_data.engine import home
from crm_data.importers.decisions import Decisions
from crm_data.importers.errors import ImportStopped
from crm_data.importers.mapping import Mapping, read_mapping
from crm_data.importers.outcome import Outcome
from crm_data.importers.prepared import Prepared
from crm_data.importers.reading import Progress
from crm_data.importers.run import load as load_prepared
from crm_data.importers.run import read
from crm_data.reconcile import Reconciliation
from crm_data.reconcile import entry as entries


@dataclass
class Answers:
    """What the person said so far."""

    decisions: Decisions = field(default_factory=Decisions)


@dataclass(frozen=True)
class Looked:
    """What was found in the files before anything is written."""

    mapping: Mapping
    prepared: Prepared


def look(engine: Any, files: Path, folder: Path, answers: Answers, progress: Progress) -> Looked:
    maps = sorted(files.glob("*.toml"))
    if not maps:
        raise ImportStopped("no mapping")
    mapping = read_mapping(maps[0])
    into = active.destination(engine)
    try:
        prepared = read(into, mapping, [files], progress, keep_in=folder)
    finally:
        if into is not engine:
            into.dispose()
    return Looked(mapping, prepared)


def load(engine: Any, looked: Looked, answers: Answers, progress: Progress) -> Outcome:
    into = active.destination(engine)
    try:
        outcome = load_prepared(into, looked.prepared, answers.decisions, home() / "imports", progress)
    finally:
        if into is not engine:
            into.dispose()
    if into is not engine:
        active.use(own=True)
    return outcome


def compare(engine: Any, files: Path, progress: Progress) -> Reconciliation:
    progress("Reading the files again", 0, 1)
    return entries.compare(engine, entries.entry(engine, None), [files])
