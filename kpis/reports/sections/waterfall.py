"""Why a KPI changed: from its earlier value to the present one, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from kpis.catalog import DEFINITIONS
from kpis.change import DIFFERENCE, Change, Effect, shown
from kpis.dimensions import DIMENSIONS
from kpis.model import Unit
from kpis.reports.document import Cell, Column, Part, Proof, Row, Table, Words
from kpis.reports.names import Names
from kpis.reports.scope import Found, Needs, Scope, Split
from kpis.reports.sentences import because, difference, merged, noise, reason

_DIGITS = {Unit.MONEY: 0, Unit.SHARE: 3, Unit.COUNT: 0}
_STEPS = 8  # the others are one step


@dataclass(frozen=True)
class Waterfall:
    """The effects of `split`, largest first; together they are the change."""

    title: str
    split: Split

    def needs(self, scope: Scope) -> Needs:
        return Needs(splits=(self.split,))

    def write(self, found: Found, names: Names) -> Part | None:
        change = found.changes.get(self.split)
        if change is None:  # nothing is compared
            return None
        if change.amount is None:
            kpi = DEFINITIONS[self.split.kpi]
            said = f"Why {kpi.label.lower()} changed cannot be told: {reason(change.why)}"
            return Part(self.title, ((Words(said),),))
        sentences = because(change, self.split, names, found.formats)
        if noise(change, DEFINITIONS[self.split.kpi]):
            sentences = ((Words("The change is within the margin of error; so may its parts be."),),)
        return Part(self.title, sentences, None, (self._table(change, found, names),))

    def _table(self, change: Change, found: Found, names: Names) -> Table:
        split, formats = self.split, found.formats
        unit, amount = DEFINITIONS[split.kpi].unit, change.amount or Fraction(0)
        steps = merged(change)
        rest = sum((one for _, one in steps[_STEPS:]), Fraction(0))
        words = names.of(split.by or "", [member for member, _ in steps])
        effects = [Effect(member, DIFFERENCE, one) for member, one in steps[:_STEPS]]
        if len(steps) > _STEPS:
            effects.append(Effect(_Others(len(steps) - _STEPS), DIFFERENCE, rest))
        rounded = shown(tuple(effects), amount, _DIGITS.get(unit, 1))
        start, end = change.then.value or 0.0, change.now.value or 0.0
        running = [start]
        for one, _ in rounded:
            running.append(running[-1] + float(one.amount))
        low, high = min(0.0 if unit is not Unit.SHARE else min(running), *running), max(running)
        span = (high - low) or 1.0

        def place(one: float, other: float) -> tuple[float, float]:
            return (one - low) / span, (other - low) / span

        proof = Proof(split.kpi, period=found.scope.then)
        rows: list[Row] = [
            _end(found.formats.period(change.then.period), start, unit, proof, found, place(low, start))
        ]
        for (one, part), before in zip(rounded, running, strict=False):
            rows.append(self._step(one, part, words, unit, found, place(before, before + float(one.amount))))
        rows.append(
            _end(formats.period(change.now.period), end, unit, Proof(split.kpi), found, place(low, end))
        )
        head = DIMENSIONS[split.by].label if split.by else "Part"
        columns = (Column(head), Column(DEFINITIONS[split.kpi].label, unit), Column(""))
        return Table(columns, tuple(rows), self.title, shown=len(rows))

    def _step(
        self,
        one: Effect,
        part: Fraction,
        words: Mapping[object, str],
        unit: Unit,
        found: Found,
        bar: tuple[float, float],
    ) -> Row:
        if isinstance(one.member, _Others):
            name, proof = f"{one.member.n} others", None
        else:
            name = words[one.member]
            proof = Proof(self.split.kpi, (self.split.by, one.member)) if self.split.by else None
        text = difference(unit, part, found.formats)
        return Cell(name, name), Cell(text, float(part), proof), Cell("", bar=bar)


@dataclass(frozen=True)
class _Others:
    n: int


def _end(words: str, value: float, unit: Unit, proof: Proof, found: Found, bar: tuple[float, float]) -> Row:
    return Cell(words, words), Cell(found.formats.short(unit, value), value, proof), Cell("", bar=bar)
