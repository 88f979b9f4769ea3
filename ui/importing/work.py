"""What is done beside the page: looking at files, loading them, comparing them with the CRM."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from crm_data import active
from crm_data.cleansing.assess import assess
from crm_data.cleansing.findings import Findings
from crm_data.engine import home, reported
from crm_data.importers.archive import unpacked
from crm_data.importers.decisions import Decisions, Merge
from crm_data.importers.errors import Cancelled, ImportStopped
from crm_data.importers.mapping import Mapping, parse_mapping, read_mapping
from crm_data.importers.outcome import Outcome
from crm_data.importers.prepared import Prepared
from crm_data.importers.recognise import Override, Recognised, overridden, recognise
from crm_data.importers.recognise.in_crm import objects_of, proposed_in, recognised_in
from crm_data.importers.run import load as load_prepared
from crm_data.importers.run import read
from crm_data.organisation import Organisation, read_organisation
from crm_data.progress import Progress
from crm_data.reconcile import Reconciliation
from crm_data.reconcile import entry as entries

_ALL = 1_000_000

#: Object, the one row's id, and the other's: an id of the files, or the key of a row of the CRM.
PairKey = tuple[str, str, str | int]


@dataclass
class Answers:
    """What the person said so far. `settings` are those of a CRM that has none yet."""

    overrides: dict[tuple[str, str | None], Override] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    merge_above: float | None = None  # all pairs of likely duplicates with this score or a higher one
    pairs: dict[PairKey, bool] = field(default_factory=dict)  # but these as said
    whole: set[str] = field(default_factory=set)  # the objects of which the files have every row
    delete: bool = False  # rows that whole objects have no more

    def merges(self, pair: PairKey, score: float) -> bool:
        """Whether this pair is to be merged."""
        return self.pairs.get(pair, self.merge_above is not None and score >= self.merge_above)

    def decisions(self, found: Findings | None) -> Decisions:
        """For the import in which that was found."""
        if found is None:
            return Decisions()
        merges: dict[tuple[str, str], Merge] = {}
        least = min([self.merge_above or 1.0, *([0.0] if any(self.pairs.values()) else [])])
        if self.merge_above is not None or any(self.pairs.values()):
            for pair in found.duplicates(at_least=least, most=_ALL):
                merge = pair.merge
                if self.merges((merge.object, merge.other, merge.into), pair.score):
                    merges.setdefault((merge.object, merge.other), merge)
        return Decisions(tuple(merges.values()), found.gone() if self.delete else {})


@dataclass(frozen=True)
class Looked:
    """What was found in the files before anything is written.

    `problem`: why they cannot be imported as they stand; then there is no mapping, or nothing was read.
    """

    paths: tuple[Path, ...]
    recognised: tuple[Recognised, ...]
    now: tuple[Recognised, ...] = ()  # the same files, as the person says that they are
    mapping: Mapping | None = None
    given: str | None = None  # the name of the mapping that was dropped with the files
    remarks: tuple[str, ...] = ()
    fresh: bool = False  # the CRM that takes them has no settings yet
    there: tuple[str, ...] = ()  # objects of which the CRM has rows of the same system
    prepared: Prepared | None = None
    findings: Findings | None = None
    problem: str | None = None


def look(
    engine: Any, files: Path, folder: Path, answers: Answers, known: Looked | None, progress: Progress
) -> Looked:
    """Recognise the files, unless that is `known`, then read them as recognised and answered."""
    if known is None:
        progress("Opening the files", 0, 1)
        maps = sorted(files.glob("*.toml"))
        room = folder / "unpacked"
        shutil.rmtree(room, ignore_errors=True)  # what an earlier look left there
        paths = unpacked([one for one in sorted(files.iterdir()) if one not in maps], room, progress)
        found = Looked(tuple(paths), () if maps else recognise(paths), given=maps[0].name if maps else None)
    else:  # what followed from the answers before is closed, and does not count any more
        found = Looked(known.paths, known.recognised, given=known.given)
    with _destination(engine) as into:
        if known is None:
            with reported(into), into.connect() as connection:
                found = replace(found, recognised=recognised_in(connection, found.recognised))
        found = replace(found, now=found.recognised, fresh=not active.has_settings(into))
        try:
            found = replace(found, now=_as_said(found.recognised, answers))
            found = _mapped(into, found, files, answers)
            assert found.mapping
            prepared = read(into, found.mapping, found.paths, progress, keep_in=folder)
        except Cancelled:
            raise
        except ImportStopped as problem:
            return replace(found, problem=str(problem))
        try:
            today = datetime.now(_organisation(into).zone).date()
            whole = answers.whole or None
            findings = assess(into, prepared, progress, today, whole)
        except BaseException:
            prepared.close()
            raise
        return replace(found, prepared=prepared, findings=findings)


def load(engine: Any, looked: Looked, answers: Answers, progress: Progress) -> Outcome:
    """Write what was read. Beside a demo, the own CRM is the one that is shown from then on."""
    assert looked.prepared
    progress("Gathering what was decided", 0, 1)
    decisions = answers.decisions(looked.findings)
    with _destination(engine) as into:
        outcome = load_prepared(into, looked.prepared, decisions, home() / "imports", progress)
        if into is not engine:
            active.use(own=True)
    return outcome


def compare(engine: Any, key: int, paths: tuple[Path, ...], progress: Progress) -> Reconciliation:
    """An import's files against the CRM as it is now."""
    progress("Reading the files again", 0, 1)
    return entries.compare(engine, entries.entry(engine, key), paths)


def _as_said(recognised: Iterable[Recognised], answers: Answers) -> tuple[Recognised, ...]:
    """Each file as the person says that it is."""
    found = []
    for one in recognised:
        said = answers.overrides.get((one.file, one.sheet))
        found.append(overridden(one, said) if said and (said.system or one.system) else one)
    return tuple(found)


def _mapped(into: Any, found: Looked, files: Path, answers: Answers) -> Looked:
    """With the mapping that was dropped, or the one that follows from what was recognised.

    That one is in the CRM's currency, makes up nothing that the CRM has, and knows rows by what they were
    known by before.
    """
    if found.given:
        mapping = read_mapping(files / found.given)
        return replace(found, mapping=mapping, there=_there(into, mapping))
    overrides = list(answers.overrides.values())
    currency = answers.settings.get("base_currency")
    if not found.fresh:
        currency = _organisation(into).base_currency
    with reported(into), into.connect() as connection:
        proposal = proposed_in(connection, found.recognised, overrides, currency)
    settings = answers.settings if found.fresh else {}
    mapping = parse_mapping(_with_settings(proposal.text, settings))
    return replace(found, mapping=mapping, remarks=proposal.remarks, there=_there(into, mapping))


def _there(into: Any, mapping: Mapping) -> tuple[str, ...]:
    """The objects of the mapping of which the CRM has rows of its system."""
    with reported(into), into.connect() as connection:
        found = objects_of(connection, mapping.source)
    filled = {block.table.name for block in mapping.blocks}
    return tuple(name for name in found if name in filled)


def _organisation(into: Any) -> Organisation:
    with reported(into), into.connect() as connection:
        return read_organisation(connection)


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
