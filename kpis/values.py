"""From tallies to values: the number, its interval, or in words why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from kpis import interval
from kpis.answers import Spread
from kpis.interval import Bounds
from kpis.model import KPI, TARGET, AsOf, Cohort, Composition, Interval, Unit
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


def value_of(kpi: KPI, tally: Tally, *, margins: bool = True) -> Value:
    """The value of a tally, or the reason why it has none. `margins`: with its interval."""
    numerator = Fraction(tally.each, kpi.each_scale)
    denominator = _denominator(kpi, tally)
    left_out = tally.out + tally.missing
    why = _why_not(kpi, tally, denominator)
    if why:
        return Value(why=why, n=tally.n, numerator=numerator, denominator=denominator, left_out=left_out)
    exact = numerator if denominator is None else numerator / denominator
    spread = _spread(tally, float(exact), kpi.each_scale) if kpi.spread and tally.values else None
    value = spread.median if kpi.median and spread else float(exact)
    bounds = _bounds(kpi, tally, value) if margins else None
    return Value(value, None, tally.n, bounds, numerator, denominator, spread, left_out)


def combined_value(
    composition: Composition,
    tallies: Mapping[str, Tally],
    target: Fraction | None = None,
    *,
    margins: bool = True,
) -> Value:
    """The composition's value from its parts' tallies, or the part that has none."""
    parts = {
        part.key: value_of(part, tallies.get(part.key, Tally()), margins=False) for part in composition.parts
    }
    totals = {key: part.numerator or Fraction(0) for key, part in parts.items()}
    result = composition.combine(totals | {TARGET: target or Fraction(0)})
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
    if result.why:
        return replace(known, why=result.why, notes=())
    if not result.denominator:
        return replace(known, why=f"There is nothing to divide by: {composition.formula}.", notes=())
    value = float(result.numerator / result.denominator)
    bounds = _combined_bounds(composition, tallies, totals, value) if margins else None
    return replace(known, value=value, bounds=bounds)


def _combined_bounds(
    composition: Composition, tallies: Mapping[str, Tally], totals: Mapping[str, Fraction], value: float
) -> Bounds:
    """What the formula gives at both ends of each uncertain part, put together on logarithms: a limit in the
    formula, such as a longest lifetime, cuts the interval off on its side only."""
    if not composition.errors:
        return None
    ends, less = [], composition.less
    for key in composition.errors:
        between = _total_bounds(tallies.get(key, Tally()), totals[key])
        if between is None or value + less <= 0:
            return None
        results = [composition.combine({**totals, key: Fraction(end)}) for end in between]
        if not all(one.denominator > 0 and one.numerator + less * one.denominator > 0 for one in results):
            return None
        ends.append([float(one.numerator / one.denominator) + less for one in results])
    bounds = interval.combined(value + less, ends)
    return bounds and (bounds[0] - less, bounds[1] - less)


def _total_bounds(tally: Tally, total: Fraction) -> Bounds:
    """Of a total over a random number of customers: by their own sums, or as Poisson."""
    if not tally.n:
        return 0.0, interval.MOST_OF_NONE
    variance = 1 / tally.n
    if tally.clusters:
        variance = tally.clusters[1] / tally.each**2 if tally.each else 2.0
    return interval.logarithmic(float(total), variance)


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
        return _scaled(interval.median(tally.values), kpi.each_scale)
    if kind is Interval.NONE:
        return None
    weighted = not isinstance(kpi.per, int)
    heavy = tally.largest > interval.HEAVIEST * abs(tally.per if weighted else tally.each)
    if kind is Interval.WILSON:
        if not weighted:
            return interval.wilson(value, tally.n)
        return None if heavy else interval.wilson(value, tally.per**2 / tally.per_squares)
    if kind is Interval.CLUSTERED:
        bounds = interval.clustered(*_clusters(tally, weighted)) if tally.clusters else None
        if kpi.unit is not Unit.SHARE:
            return _scaled(bounds, kpi.each_scale / kpi.per_scale)
        return bounds and (max(bounds[0], 0.0), bounds[1] if weighted else min(bounds[1], 1.0))
    if heavy:
        return None
    per, per_squares, products = (tally.per, tally.per_squares, tally.products)
    if not weighted:
        per, per_squares, products = tally.n, tally.n, tally.each
    bounds = interval.delta(tally.n, tally.each, per, tally.squares, per_squares, products)
    return _scaled(bounds, kpi.each_scale / kpi.per_scale)


def _scaled(bounds: Bounds, scale: float) -> Bounds:
    return bounds and (bounds[0] / scale, bounds[1] / scale)


def _clusters(tally: Tally, weighted: bool) -> tuple[int, float, float, float, float, float]:
    assert tally.clusters is not None
    customers, ee, ep, pp = tally.clusters
    return customers, tally.each, tally.per if weighted else tally.n, ee, ep, pp


def _spread(tally: Tally, mean: float, scale: int) -> Spread:
    quartiles = [interval.quantile(tally.values, share) / scale for share in (0.5, 0.25, 0.75)]
    return Spread(quartiles[0], quartiles[1], quartiles[2], mean)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
