"""Where some KPIs stand: a sentence for each of the first, one over time, all in a table."""

from __future__ import annotations

from dataclasses import dataclass

from kpis.answers import Cell as Point
from kpis.answers import Reading
from kpis.catalog import DEFINITIONS
from kpis.model import Unit
from kpis.pairs import beside
from kpis.period import Calendar, Grain, Period
from kpis.reports.document import Cell, Column, Curve, Part, Proof, Row, Sentence, Table
from kpis.reports.names import Names
from kpis.reports.scope import Found, Needs, Scope, Split
from kpis.reports.sentences import because, difference, figure, standing


@dataclass(frozen=True)
class Standing:
    """`kpis` are in the table; `said` of them get a sentence; `curve` is drawn over time; `why` follows the
    sentence of its KPI."""

    title: str
    kpis: tuple[str, ...]
    said: int = 3
    curve: str | None = None
    why: tuple[Split, ...] = ()

    def needs(self, scope: Scope) -> Needs:
        periods = [period for period in (scope.period, scope.then) if period]
        questions = [scope.question(self.kpis, period=period) for period in periods]
        if self.curve:
            questions += [
                scope.question((self.curve,), grain=scope.grain, period=period) for period in periods
            ]
        return Needs(tuple(questions), self.why)

    def write(self, found: Found, names: Names) -> Part:
        scope, formats = found.scope, found.formats
        now, then = both(found, self.kpis)
        sentences: list[Sentence] = []
        for key in self.kpis[: self.said]:
            sentences.append(standing(now[key], then.get(key), scope, formats))
            for split in self.why:
                if split.kpi == key and split in found.changes:
                    sentences += because(found.changes[split], split, names, formats)
        notes = dict.fromkeys(
            f"{DEFINITIONS[key].label}: {note}" for key in self.kpis for note in now[key].notes
        )
        return Part(
            self.title,
            tuple(sentences),
            curve(found, self.curve) if self.curve else None,
            (_table(self.kpis, now, then, found),),
            tuple(notes),
        )


def both(found: Found, kpis: tuple[str, ...]) -> tuple[dict[str, Reading], dict[str, Reading]]:
    """The readings by key: of the window, and of the one it is compared with (none without comparison)."""
    scope = found.scope
    now = {one.key: one for one in found.readings[scope.question(kpis)]}
    then = (
        {one.key: one for one in found.readings[scope.question(kpis, period=scope.then)]}
        if scope.then
        else {}
    )
    return now, then


def _table(kpis: tuple[str, ...], now: dict[str, Reading], then: dict[str, Reading], found: Found) -> Table:
    columns = [Column("Measure"), Column("Value")]
    if found.scope.then:
        columns += [Column("Compared"), Column("Change")]
    targets = any(one.goal for one in now.values())
    columns += [Column("Target")] if targets else []
    columns += [Column("Rows")]
    rows = [_row(now[key], then.get(key), found, targets=targets) for key in kpis]
    return Table(tuple(columns), tuple(rows), "Measures", shown=len(rows))


def _row(now: Reading, then: Reading | None, found: Found, *, targets: bool) -> Row:
    kpi, formats = DEFINITIONS[now.key], found.formats
    cells = [Cell(kpi.label, kpi.label, Proof(now.key)), value_cell(now, found)]
    if found.scope.then:
        earlier = Proof(now.key, period=found.scope.then)
        cells.append(value_cell(then, found, earlier) if then else Cell("", None))
        cells.append(change_cell(now, then, found))
    if targets:
        aim = now.goal.target if now.goal else None
        cells.append(Cell("" if aim is None else formats.short(kpi.unit, aim), aim, unit=kpi.unit))
    cells.append(Cell("" if now.n is None else formats.number(now.n), now.n, unit=Unit.COUNT))
    return tuple(cells)


def value_cell(reading: Reading, found: Found, proof: Proof | None = None) -> Cell:
    """A reading's value; where there is none, why."""
    words = figure(reading, found.formats, proof)
    return Cell(
        words.text,
        reading.value,
        words.proof,
        n=reading.n,
        why=reading.why,
        unit=DEFINITIONS[reading.key].unit,
    )


def change_cell(now: Reading | Point, then: Reading | Point | None, found: Found, key: str = "") -> Cell:
    """The plain difference; empty where one of the two has no value."""
    if then is None or now.value is None or then.value is None:
        return Cell("")
    unit = DEFINITIONS[key or now.key].unit  # type: ignore[union-attr]
    moved = now.value - then.value
    return Cell(difference(unit, moved, found.formats), moved, unit=unit)


def curve(found: Found, key: str) -> Curve | None:
    """The KPI over time; None where no bucket has a value."""
    scope = found.scope
    now = found.reading(scope.question((key,), grain=scope.grain), key)
    then = (
        found.reading(scope.question((key,), grain=scope.grain, period=scope.then), key)
        if scope.then
        else None
    )
    buckets = tuple(bucket for cell in now.cells if isinstance(bucket := cell.at["period"], Period))
    if not any(cell.value is not None for cell in now.cells):
        return None
    return Curve(
        f"{DEFINITIONS[key].label} by {scope.grain}",
        DEFINITIONS[key].unit,
        buckets,
        tuple(found.formats.bucket(bucket, scope.grain, scope.calendar) for bucket in buckets),
        tuple(cell.value for cell in now.cells),
        tuple(one.value if one else None for one in beside(now, then, scope.grain, scope.calendar)),
        tuple(
            cell.unfinished or not _whole(bucket, scope.calendar, scope.grain)
            for cell, bucket in zip(now.cells, buckets, strict=True)
        ),
        Proof(key),
    )


def _whole(bucket: Period, calendar: Calendar, grain: Grain) -> bool:
    return (
        calendar.start_of(grain, bucket.start) == bucket.start
        and calendar.next_start(grain, bucket.start) == bucket.end
    )
