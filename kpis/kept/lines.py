"""The rows by which a figure differs, as they are shown: what happened to each, and what it counts for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from kpis.drill import exact
from kpis.kept.compare import Restated
from kpis.kept.rows import Move, Row
from kpis.model import KPI

ADDED, REMOVED, CHANGED = "added", "removed", "changed"

Number = int | Decimal | float | None


@dataclass(frozen=True)
class Line:
    """A row that was added to a figure, removed from it, or counts for something else. then, now: what it
    counts for, in its KPI's unit; weight_*: what it adds to the denominator; None: it is not counted."""

    what: str
    part: str
    record: str
    id: int
    account: int | None
    day: date | None
    then: Number
    now: Number
    weight_then: Number
    weight_now: Number


def lines(one: Restated) -> Iterator[Line]:
    """All of them, part by part, in the order of their records."""
    for part in one.parts:
        for move in part.moves:
            yield _line(part.kpi, move)


def _line(kpi: KPI, move: Move) -> Line:
    what = ADDED if move.before is None else REMOVED if move.after is None else CHANGED
    row = move.after or move.before or {}
    then, now = (_number(each, "each", kpi.each_scale) for each in (move.before, move.after))
    weight_then, weight_now = (
        _number(each, "per", kpi.per_scale) if kpi.per is not None else None
        for each in (move.before, move.after)
    )
    return Line(
        what,
        kpi.label,
        kpi.fact.record,
        move.id,
        row.get("account"),
        row["day"],
        then,
        now,
        weight_then,
        weight_now,
    )


def _number(row: Row | None, name: str, scale: int) -> Number:
    return None if row is None else exact(Fraction(int(row[name]), scale))
