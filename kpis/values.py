"""From tallies to values: the number, its interval, or in words why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kpis import interval
from kpis.answers import Spread
from kpis.interval import Bounds
from kpis.model import KPI, AsOf, Cohort, Composition, Interval
from kpis.tally import Tally


@dataclass(frozen=True)
class Value:
    """One KPI's value for one window and member, in the KPI's unit."""

    value: float | None = None
    why: str | None = None
    n: int | None = None
    bounds: Bounds = None
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    spread: Spread | None = None
    left_out: int = 0
    notes: tuple[str, ...] = ()


def value_of(kpi: KPI, tally: Tally) -> Value:
    """The value of a tally, or the reason why it has none."""
    numerator = Fraction(tally.each, kpi.each_scale)
    denominator = _denominator(kpi, tally)
    left_out = tally.out + tally.missing
    why = _why_not(kpi, tally, denominator)
    if why:
        return Value(why=why, n=tally.n, numerator=numerator, denominator=denominator, left_out=left_out)
    exact = numerator if denominator is None else numerator / denominator
    spread = _spread(tally, float(exact)) if kpi.spread else None
    value = spread.median if kpi.median and spread else float(exact)
    return Value(value, None, tally.n, _bounds(kpi, tally, value), numerator, denominator, spread, left_out)


def combined_value(composition: Composition, tallies: Mapping[str, Tally]) -> Value:
    """The composition's value from its parts' tallies, or the part that has none."""
    parts = {part.key: value_of(part, tallies.get(part.key, Tally())) for part in composition.parts}
    result = composition.combine({key: part.numerator or Fraction(0) for key, part in parts.items()})
    known = Value(
        n=tallies.get(composition.n_of, Tally()).n,
        numerator=result.numerator,
        denominator=result.denominator,
        left_out=sum(part.left_out for part in parts.values()),
        notes=result.notes,
    )
    for part in composition.parts:
        missing = parts[part.key].value is None
        if missing and not (part.key in composition.may_be_empty and not tallies[part.key].missing):
            return replace(known, why=f"{part.label}: {_lower(parts[part.key].why or '')}", notes=())
    if not result.denominator:
        return replace(known, why=f"There is nothing to divide by: {composition.formula}.", notes=())
    value = float(result.numerator / result.denominator)
    errors = [tallies[key] for key in composition.errors if result.terms.get(key)]
    variances = [_relative_variance(tally) for tally in errors if tally.n]
    bounds = interval.logarithmic(value, variances) if len(variances) == len(errors) else None
    return replace(known, value=value, bounds=bounds)


def _denominator(kpi: KPI, tally: Tally) -> Fraction | None:
    if kpi.per is None:
        return None
    return Fraction(tally.n if isinstance(kpi.per, int) else tally.per, kpi.per_scale)


def _why_not(kpi: KPI, tally: Tally, denominator: Fraction | None) -> str | None:
    many = kpi.fact.many
    if not tally.n and tally.missing:
        return f"All {tally.missing:,} {many} are {kpi.no_value}."
    if not tally.known:
        when = "at the end of the period" if isinstance(kpi.clock, AsOf) else "in the period"
        return f"No {many} {when}."
    if denominator is None:
        return None
    if not tally.n and isinstance(kpi.clock, Cohort) and kpi.clock.within is not None:
        within = kpi.clock.within
        return f"None of the {tally.out:,} {many} of the period can be judged: that takes {within} days."
    if not tally.n:
        return f"None of the {tally.out:,} {many} of the period counts."
    return None if denominator else f"The {many} of the period weigh nothing together."


def _bounds(kpi: KPI, tally: Tally, value: float) -> Bounds:
    kind = kpi.interval
    if kind is Interval.MEDIAN:
        return interval.median(tally.values)
    if kind is Interval.NONE:
        return None
    weighted = not isinstance(kpi.per, int)
    heavy = tally.largest > interval.HEAVIEST * abs(tally.per if weighted else tally.each)
    if kind is Interval.WILSON:
        if not weighted:
            return interval.wilson(value, tally.n)
        return None if heavy else interval.wilson(value, tally.per**2 / tally.per_squares)
    if kind is Interval.CLUSTERED:
        bounds = interval.clustered(*_clusters(tally)) if tally.clusters else None
        return bounds and (max(bounds[0], 0.0), min(bounds[1], 1.0))
    if heavy:
        return None
    scale = kpi.each_scale / kpi.per_scale
    per, per_squares, products = (tally.per, tally.per_squares, tally.products)
    if not weighted:
        per, per_squares, products = tally.n, tally.n, tally.each
    bounds = interval.delta(tally.n, tally.each, per, tally.squares, per_squares, products)
    return bounds and (bounds[0] / scale, bounds[1] / scale)


def _clusters(tally: Tally) -> tuple[int, float, float, float, float, float]:
    assert tally.clusters is not None
    customers, ee, ep, pp = tally.clusters
    return customers, tally.each, tally.n, ee, ep, pp


def _relative_variance(tally: Tally) -> float:
    """Of a sum over a random number of rows: Σe² ÷ (Σe)²; 1 ÷ n where each counts for one."""
    return tally.squares / tally.each**2 if tally.squares and tally.each else 1 / tally.n


def _spread(tally: Tally, mean: float) -> Spread:
    quartiles = [interval.quantile(tally.values, share) for share in (0.5, 0.25, 0.75)]
    return Spread(quartiles[0], quartiles[1], quartiles[2], mean)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
