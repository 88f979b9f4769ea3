"""Why a value changed between two windows: parts that add up to the change, exactly.

A fraction by rate, mix and unmatched; a total by plain differences; a stock by its ledger's reasons; a
formula by its inputs. A median has no such parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations
from math import factorial
from typing import Any

from kpis import ledger
from kpis.answers import Reading
from kpis.inputs import part_totals
from kpis.model import KPI, TARGET, Composition, Definition
from kpis.period import Period
from kpis.question import Question
from kpis.read import ask, definition_of, refusal
from kpis.snapshot import Snapshot

RATE, MIX, UNMATCHED, DIFFERENCE, REASON, INPUT = "rate", "mix", "unmatched", "difference", "reason", "input"


@dataclass(frozen=True)
class Effect:
    """What one member, reason or input adds to the change. `member` None: "(none)"."""

    member: object
    kind: str
    amount: Fraction


@dataclass(frozen=True)
class Change:
    """The change between two readings, and the effects that add up to it. `why`: why there are none."""

    then: Reading
    now: Reading
    amount: Fraction | None
    effects: tuple[Effect, ...]
    why: str | None = None


def change(data: Snapshot, question: Question, then: Period, by: str | None = None) -> Change:
    """How `question.kpis[0]` came from its value in `then` to that in the question's period.

    by: the dimension whose members are told apart. A stock without it is split by its ledger's
    reasons, a formula always by its inputs.
    """
    definition = definition_of(question.kpis[0])
    dimensions = (by,) if by else ()
    both = [
        Question(question.kpis[:1], period, question.today, None, dimensions, question.where, question.viewer)
        for period in (then, question.period)
    ]
    before, after = (answers[0] for answers in ask(data.engine, data.calendar, both))
    why = _why_not(definition, before, after, by, both[1])
    if why:
        return Change(before, after, None, (), why)
    amount = _exact(after) - _exact(before)
    effects = tuple(
        sorted(_effects(data, definition, both, before, after, by), key=lambda one: -abs(one.amount))
    )
    return Change(before, after, amount, effects)


def _why_not(
    definition: Definition, before: Reading, after: Reading, by: str | None, asked: Question
) -> str | None:
    if isinstance(definition, KPI) and definition.median:
        return "A median has no parts that add up to it. See the mean of the same rows."
    stock_or_formula = ledger.is_stock(definition) or definition.adds == "nothing"
    if not by and not stock_or_formula and refusal(definition, asked) is None:
        return "Choose a dimension to split the change by."
    for reading in (before, after):
        if reading.value is None:
            return f"{reading.period}: {reading.why}"
    return None


def _effects(
    data: Snapshot,
    definition: Definition,
    both: list[Question],
    before: Reading,
    after: Reading,
    by: str | None,
) -> list[Effect]:
    if isinstance(definition, Composition) and definition.adds == "nothing":
        return _by_input(data, definition, both)
    if isinstance(definition, KPI) and ledger.is_stock(definition) and not by:
        return _by_reason(data, definition, both)
    assert by
    one, other = _parts(before, by), _parts(after, by)
    if before.denominator is None or after.denominator is None:
        return [
            Effect(member, DIFFERENCE, other.get(member, _NONE)[0] - one.get(member, _NONE)[0])
            for member in one | other
        ]
    return rate_and_mix(one, other)


_NONE = (Fraction(0), Fraction(0))
Parts = Mapping[Any, tuple[Fraction, Fraction]]


def rate_and_mix(before: Parts, after: Parts) -> list[Effect]:
    """The exact split of ΔN/D by member, from each member's numerator and denominator in both windows.

    With R̄ the mean of both totals a member contributes Δ(Nᵥ/D) - R̄·Δ(Dᵥ/D). Its rate effect is its mean
    share of D times the change of its own Nᵥ/Dᵥ; the rest is mix. A member absent from one window is
    all mix. A numerator without a denominator (cost without customers) is unmatched.
    """
    top, bottom = (
        [sum((part[place] for part in parts.values()), Fraction(0)) for parts in (before, after)]
        for place in (0, 1)
    )
    mean = (top[0] / bottom[0] + top[1] / bottom[1]) / 2
    effects = []
    for member in {**before, **after}:
        (n0, d0), (n1, d1) = before.get(member, _NONE), after.get(member, _NONE)
        loose = (n1 / bottom[1] if not d1 else Fraction(0)) - (n0 / bottom[0] if not d0 else Fraction(0))
        whole = n1 / bottom[1] - n0 / bottom[0] - mean * (d1 / bottom[1] - d0 / bottom[0])
        rate = Fraction(0)
        if d0 and d1:
            rate = (d0 / bottom[0] + d1 / bottom[1]) / 2 * (n1 / d1 - n0 / d0)
        found = ((RATE, rate), (MIX, whole - rate - loose), (UNMATCHED, loose))
        effects += [Effect(member, kind, amount) for kind, amount in found if amount]
    return effects


def _by_input(data: Snapshot, definition: Composition, both: list[Question]) -> list[Effect]:
    """Each input's share: the mean, over all orders of replacing old inputs by new ones, of what it does."""
    old, new = (part_totals(data, one) for one in both)
    keys = tuple(old)
    shares: dict[str, Fraction] = dict.fromkeys(keys, Fraction(0))
    for order in permutations(keys):
        inputs = dict(old)
        for key in order:
            value = _combined(definition, inputs)
            inputs[key] = new[key]
            shares[key] += (_combined(definition, inputs) - value) * Fraction(1, factorial(len(keys)))
    labels = {part.key: part.label for part in definition.parts} | {TARGET: "Target"}
    return [Effect(labels[key], INPUT, share) for key, share in shares.items()]


def _combined(definition: Composition, inputs: Mapping[str, Fraction]) -> Fraction:
    result = definition.combine(inputs)  # some orders pass a state that has no value; the sum stays the same
    return result.numerator / result.denominator if result.denominator else Fraction(0)


def _by_reason(data: Snapshot, kpi: KPI, both: list[Question]) -> list[Effect]:
    """The ledger between the two ends: what started and what ended, by reason."""
    statement = ledger.sums(kpi, both[1], both[0].period).params(today=both[1].today)
    rows = data.engine.run(statement).to_pylist()
    scale = Fraction(1, kpi.each_scale)
    return [Effect(row["reason"], REASON, row["amount"] * scale) for row in rows if row["amount"]]


def _parts(reading: Reading, by: str) -> dict[object, tuple[Fraction, Fraction]]:
    return {
        cell.at[by]: (cell.numerator or Fraction(0), cell.denominator or Fraction(0))
        for cell in reading.cells
    }


def _exact(reading: Reading) -> Fraction:
    assert reading.numerator is not None
    return reading.numerator / reading.denominator if reading.denominator else reading.numerator


def shown(effects: tuple[Effect, ...], amount: Fraction, digits: int) -> list[tuple[Effect, Fraction]]:
    """The effects rounded so that what is shown adds up to the rounded change (largest remainder)."""
    unit = Fraction(1, 10**digits)
    whole = [(one.amount / unit).__floor__() for one in effects]
    missing = round(amount / unit) - sum(whole)
    by_remainder = sorted(range(len(effects)), key=lambda place: whole[place] - effects[place].amount / unit)
    for place in by_remainder[: max(missing, 0)]:
        whole[place] += 1
    return [(one, units * unit) for one, units in zip(effects, whole, strict=True)]
