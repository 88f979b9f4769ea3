"""Keeping a report: its answer, and the rows behind each figure, of one version of the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from crm_data import kept as store
from crm_data.kept import Head, RowSet
from crm_data.schema.base import utc_now
from kpis.catalog import DEFINITIONS
from kpis.goals import Target, read_targets
from kpis.kept.definition import meaning
from kpis.kept.figures import wanted
from kpis.kept.pack import pack, unpack
from kpis.kept.rows import MOST, digest, fetch, packed, summed
from kpis.model import Composition
from kpis.question import Viewer, Where
from kpis.read import restrictions
from kpis.reports import REPORTS, Asked, Found
from kpis.reports.compose import collect
from kpis.snapshot import Copy, Snapshot, opened


@dataclass(frozen=True)
class Kept:
    """A report as it was. meanings: of each KPI's definition, then; targets: those it was measured by."""

    head: Head
    found: Found
    meanings: dict[str, str]
    targets: tuple[Target, ...]


def keep(copy: Copy, engine: Engine, asked: Asked, who: str, now: datetime | None = None) -> Head:
    """Answer the report and keep the answer. Raises CrmUnavailable."""
    with opened(copy) as data:
        found = collect(data, copy.organisation, asked, REPORTS[asked.name])
        keys = {key for question in found.readings for key in question.kpis}
        formulas = [one for key in keys if isinstance(one := DEFINITIONS[key], Composition)]
        aims = {one.target.key for one in formulas if one.target}
        answer = pack(
            {
                "found": found,
                "meanings": {key: meaning(DEFINITIONS[key]) for key in sorted(keys)},
                "targets": tuple(one for one in read_targets(data.engine) if one.kpi in aims),
            }
        )
        head = Head(
            asked.name,
            asked.period.start,
            asked.period.end,
            _members(asked.where),
            _members(asked.viewer.rights),
            now or utc_now(),
            who,
            data.state.version,
            data.state.refreshed_at,
        )
        sets = list(_sets(data, found))  # before anything is written: others need not wait for it
    return store.add(engine, head, answer, sets)


def _sets(data: Snapshot, found: Found) -> Iterator[RowSet]:
    asked = found.scope.asked
    where = restrictions(found.scope.question(()))
    for one in wanted(found):
        windows = tuple((period.start, period.end) for period in one.periods)
        n, sign = summed(data.engine, one, where, asked.today)
        rows = None
        if n <= MOST:
            table = fetch(data.engine, one, where, asked.today)
            sign, rows = digest(table), packed(table)
        yield RowSet(one.kpi.key, windows, n, sign, rows)


def _members(where: Where) -> dict[str, list[object]]:
    return {dimension: list(members) for dimension, members in where}


def read(crm: Connection, key: int, viewer: Viewer) -> Kept:
    """A kept report, if the viewer may see it. Raises NotKept."""
    head, answer = store.find(crm, key)
    if not seen_by(head, viewer):
        raise store.NotKept(f"There is no kept report no. {key} (any more).")
    if head.name not in REPORTS:
        raise store.NotKept(f"This program has no report called {head.name!r} (any more).")
    held = unpack(answer)
    return Kept(head, held["found"], held["meanings"], held["targets"])


def listed(crm: Connection, viewer: Viewer) -> list[Head]:
    """The kept reports that the viewer may see, the latest first."""
    return [head for head in store.heads(crm) if seen_by(head, viewer)]


def seen_by(head: Head, viewer: Viewer) -> bool:
    """Who sees all may see each; others those that were written for exactly what they see."""
    return not viewer.rights or _members(viewer.rights) == head.rights
