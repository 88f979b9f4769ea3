"""Sentences from readings, by rule. They say what is so, how sure that is, and nothing more.

An unfinished period is "so far"; a difference within the margin of error is called that and not explained;
too few rows are too few to tell; without data a year earlier the season is unknown; a missing value gives
its reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import chain

from kpis.answers import Reading
from kpis.catalog import DEFINITIONS
from kpis.chance import has_margin, may_be_chance
from kpis.change import MIX, RATE, Change
from kpis.dimensions import DIMENSIONS
from kpis.formats import Formats
from kpis.interval import FEWEST
from kpis.model import KPI, AsOf, Better, Definition, Unit
from kpis.reports.document import Proof, Sentence, Words
from kpis.reports.names import Names
from kpis.reports.scope import Scope, Split

_PART = Fraction(1, 5)  # of a change: effects from here on are named
_MINUS = "\N{MINUS SIGN}"


def figure(reading: Reading, formats: Formats, proof: Proof | None = None) -> Words:
    """A reading's value, leading to its rows."""
    unit = DEFINITIONS[reading.key].unit
    return Words(formats.short(unit, reading.value), proof or Proof(reading.key), figure=True)


def standing(now: Reading, then: Reading | None, scope: Scope, formats: Formats) -> Sentence:
    """Where a KPI stands, against the earlier window and its target."""
    kpi = DEFINITIONS[now.key]
    if now.value is None:
        return (Words(f"{kpi.label} cannot be told: {reason(now.why)}"),)
    verb = "came to" if isinstance(kpi, KPI) and kpi.per is None and kpi.adds != "dimensions" else "stood at"
    said = [Words(f"{kpi.label} {verb} "), figure(now, formats)]
    if now.unfinished and not isinstance(getattr(kpi, "clock", None), AsOf):
        said.append(Words(" so far"))
    if has_margin(kpi) and now.low is None:
        said.append(Words(f" ({_rows(now.n, formats)}: too few to be sure)"))
    elif kpi.unit is Unit.SHARE and now.low is not None and now.high is not None:
        low, high = formats.value(kpi.unit, now.low), formats.value(kpi.unit, now.high)
        if low != high:
            said.append(Words(f" (between {low} and {high} with 95 % confidence)"))
    said += against(now, then, scope, formats)
    said += target(now, kpi, formats)
    said.append(Words("."))
    return tuple(said)


def against(now: Reading, then: Reading | None, scope: Scope, formats: Formats) -> list[Words]:
    """How a reading differs from that of the earlier window, and whether that may be chance."""
    if scope.then is None:
        return []
    if then is None or then.value is None:
        if scope.asked.compare == "year":
            return [Words("; there is nothing a year earlier to compare it with, so the season is unknown")]
        return [Words("; there is nothing earlier to compare it with")]
    kpi = DEFINITIONS[now.key]
    earlier = "the same time last year" if scope.asked.compare == "year" else "the period before"
    proof = Proof(now.key, period=scope.then)
    amount, direction = moved(now, then, kpi, formats)
    if direction == 0:
        return [Words(", level with "), Words(earlier, proof)]
    above = "above" if direction > 0 else "below"
    said = [Words(f", {amount} {above} "), Words(earlier, proof)]
    if has_margin(kpi) and min(now.n or 0, then.n or 0) < FEWEST:
        said.append(Words(", with too few rows to tell"))
    elif may_be_chance(now, then, kpi):
        said.append(Words(", which is within the margin of error"))
    elif kpi.better is not Better.NEITHER:
        said.append(Words(" (better)" if (direction > 0) is (kpi.better is Better.UP) else " (worse)"))
    return said


def moved(now: Reading, then: Reading, kpi: Definition, formats: Formats) -> tuple[str, int]:
    """The difference without its sign, in points, percent or units; and 1, 0 or -1."""
    assert now.value is not None
    assert then.value is not None
    difference = now.value - then.value
    if kpi.unit is Unit.SHARE:
        amount, nothing = formats.points(abs(difference)), formats.points(0)
    elif kpi.unit is not Unit.SCORE and then.value > 0:
        amount, nothing = formats.percent(abs(difference) / then.value), formats.percent(0)
    else:
        amount, nothing = formats.short(kpi.unit, abs(difference)), formats.short(kpi.unit, 0)
    return amount, 0 if amount == nothing else 1 if difference > 0 else -1


def target(now: Reading, kpi: Definition, formats: Formats) -> list[Words]:
    """How it stands against its target, where it has one."""
    if now.goal is None or now.status == "none":
        return []
    aim = formats.short(kpi.unit, now.goal.target)
    said = {
        "good": f"; on its target of {aim}",
        "near": f"; near its target of {aim}",
        "bad": f"; off its target of {aim}",
    }
    return [Words(said.get(now.status, f"; whether its target of {aim} is met is not sure"))]


def because(change: Change, split: Split, names: Names, formats: Formats) -> tuple[Sentence, ...]:
    """What made a change: its largest effects, and for a rate how much of it is mix."""
    kpi = DEFINITIONS[split.kpi]
    if not change.amount or noise(change, kpi):
        return ()
    parts = merged(change)
    words = names.of(split.by or "", [member for member, _ in parts])
    along = [one for one in parts if one[1] * change.amount > 0 and abs(one[1]) >= _PART * abs(change.amount)]
    counter = [
        one for one in parts if one[1] * change.amount < 0 and abs(one[1]) >= _PART * abs(change.amount)
    ]
    if not along:
        spread = DIMENSIONS[split.by].plural if split.by else "inputs"
        return ((Words(f"The change is spread over many {spread}, none of which made a fifth of it."),),)
    most = abs(along[0][1]) * 2 > abs(change.amount)
    said = [Words("Most of it came from " if most else "It came above all from ")]
    shown = along[:1] if most and len(along) == 1 else along[:3]
    said += _listed([_effect(one, words, split, formats) for one in shown])
    if counter:
        said.append(Words("; against it went "))
        said += _listed([_effect(one, words, split, formats) for one in counter[:2]])
    said.append(Words("."))
    return (tuple(said), *_mix(change, kpi, formats))


def noise(change: Change, kpi: Definition) -> bool:
    """Noise has no reason."""
    return has_margin(kpi) and may_be_chance(change.now, change.then, kpi)


def merged(change: Change) -> list[tuple[object, Fraction]]:
    """Each member's effects together, largest first."""
    sums: dict[object, Fraction] = {}
    for one in change.effects:
        sums[one.member] = sums.get(one.member, Fraction(0)) + one.amount
    return sorted(sums.items(), key=lambda pair: -abs(pair[1]))


def _mix(change: Change, kpi: Definition, formats: Formats) -> tuple[Sentence, ...]:
    rate, mix = (
        sum((one.amount for one in change.effects if one.kind == kind), Fraction(0)) for kind in (RATE, MIX)
    )
    if not mix or abs(mix) < _PART * abs(change.amount or Fraction(1)):
        return ()
    rates, shift = difference(kpi.unit, rate, formats), difference(kpi.unit, mix, formats)
    text = f"Of the change, {rates} is in the members' own values and {shift} in their changed shares (mix)."
    return ((Words(text),),)


def _effect(
    one: tuple[object, Fraction], words: Mapping[object, str], split: Split, formats: Formats
) -> list[Words]:
    member, amount = one
    name = words[member]
    proof = Proof(split.kpi, (split.by, member)) if split.by else None
    return [Words(name, proof), Words(f" ({difference(DEFINITIONS[split.kpi].unit, amount, formats)})")]


def _listed(items: Sequence[list[Words]]) -> list[Words]:
    """A, B and C."""
    joints = ["", *[", "] * (len(items) - 2), " and "][: len(items)]
    return list(
        chain.from_iterable(
            ([Words(joint)] if joint else []) + item for joint, item in zip(joints, items, strict=True)
        )
    )


def difference(unit: Unit, amount: Fraction | float, formats: Formats) -> str:
    """A difference with its sign."""
    number = float(amount)
    text = formats.points(abs(number)) if unit is Unit.SHARE else formats.short(unit, abs(number))
    return f"{'+' if number > 0 else _MINUS if number < 0 else ''}{text}"


def reason(why: str | None) -> str:
    """A reading's reason as the end of a sentence."""
    text = (why or "there is no value").rstrip(".")
    return text[:1].lower() + text[1:] + "."


def _rows(n: int | None, formats: Formats) -> str:
    return f"{formats.number(n or 0)} {'row' if n == 1 else 'rows'}"
