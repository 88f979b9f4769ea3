"""Groups of customers and cohorts of a kept report, which are no KPI's figures, beside today's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpis.cohorts import retention
from kpis.reports.scope import Found
from kpis.rfm import segmentation
from kpis.snapshot import Snapshot


@dataclass(frozen=True)
class Regrouped:
    """A group that has other customers, or other purchases of theirs, than it had; None: there was none."""

    name: str
    then: int | None
    now: int | None


def regrouped(data: Snapshot, found: Found) -> Iterator[Regrouped]:
    """The groups by recency, frequency and value, and the cohorts, whose number of customers differs."""
    question = found.scope.question(())
    if found.groups:
        today = segmentation(data, question).segments
        for name, group in found.groups.segments.items():
            if group != today[name]:
                yield Regrouped(name, group.customers, today[name].customers)
    if found.cohorts:
        now = {(one.cohort, one.days): one.kept for one in retention(data, question)}
        for one in found.cohorts:
            if one.kept != now.get((one.cohort, one.days)):
                name = f"First bought {one.cohort}, still customers after {one.days} days"
                yield Regrouped(name, one.kept, now.get((one.cohort, one.days)))
