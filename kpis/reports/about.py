"""What stands behind the figures of a report: definition, window, rows, interval, version of the data."""

from __future__ import annotations

from dataclasses import dataclass

from kpis.answers import Reading
from kpis.catalog import DEFINITIONS
from kpis.formats import Formats
from kpis.reports.document import Document


@dataclass(frozen=True)
class Entry:
    """One KPI of a report, over its whole window."""

    key: str
    label: str
    value: str
    reading: Reading
    window: str
    sentence: str
    formula: str
    rows: str
    notes: tuple[str, ...]


def entries(document: Document, formats: Formats) -> list[Entry]:
    return [_entry(one, formats) for one in document.readings]


def freshness(document: Document, formats: Formats) -> str:
    """How new the data is that the report was written from."""
    known = document.freshness
    said = f"Data version {known.version}"
    if known.refreshed_at:
        said += f", refreshed {formats.day(known.refreshed_at.date())} {known.refreshed_at:%H:%M} UTC"
    if known.newest_day:
        said += f", newest event of {formats.day(known.newest_day)}"
    return said + "."


def _entry(one: Reading, formats: Formats) -> Entry:
    kpi = DEFINITIONS[one.key]
    rows = "" if one.n is None else f"{formats.number(one.n)} counted"
    if one.n is not None and one.left_out:
        rows += f", {formats.number(one.left_out)} left out"
    notes = list(one.notes)
    if one.low is not None and one.high is not None:
        ends = f"{formats.value(kpi.unit, one.low)} to {formats.value(kpi.unit, one.high)}"
        notes.insert(0, f"95 % interval: {ends}.")
    if one.goal:
        notes.append(f"Target {formats.value(kpi.unit, one.goal.target)}: {one.goal.source}.")
    if one.value is None and one.why:
        notes.insert(0, one.why)
    return Entry(
        one.key,
        kpi.label,
        formats.value(kpi.unit, one.value),
        one,
        formats.period(one.period) + (" (not over)" if one.unfinished else ""),
        kpi.help,
        kpi.formula,
        rows,
        tuple(notes),
    )
