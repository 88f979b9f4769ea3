"""Targets: which one holds for a question, and what a reading says against it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from math import log

from sqlalchemy import bindparam, or_, select

from crm_data.warehouse.facts import targets
from kpis.answers import Goal
from kpis.interval import FEWEST
from kpis.model import Better, Composition, Definition, Interval, Phasing
from kpis.period import Period
from kpis.query import Engine
from kpis.question import Where


@dataclass(frozen=True)
class Target:
    """A target as it stands in the CRM database, for its own period and scope."""

    kpi: str
    dimension: str | None
    member: str | None
    period: Period
    target: float
    floor: float | None


_WANTED = select(targets).where(
    targets.c.kpi.in_(bindparam("kpis", expanding=True)),
    or_(targets.c.dimension.is_(None), targets.c.dimension.in_(bindparam("dimensions", expanding=True))),
)


def read_targets(
    engine: Engine, definitions: Collection[Definition], dimensions: Collection[str]
) -> list[Target]:
    """The targets of these KPIs, and of those that they are measured by: of the whole organisation, and of
    members of these dimensions."""
    measured = (one.target for one in definitions if isinstance(one, Composition) and one.target)
    keys = {one.key for one in (*definitions, *measured)}
    rows = engine.run(_WANTED, {"kpis": sorted(keys), "dimensions": sorted(dimensions)}).to_pylist()
    return [
        Target(
            row["kpi"],
            row["dimension"],
            row["member"],
            Period(row["start_day"], row["end_day"]),
            row["target"],
            row["floor"],
        )
        for row in rows
    ]


def goal(definition: Definition, period: Period, scope: Where, known: list[Target]) -> Goal | None:
    """The target for exactly this window and scope, or what a longer one implies; None if there is none.

    Scopes are neither summed up nor split down: a filter by one region takes that region's target, any
    other filter none. Of several targets that of the most similar length holds. A level or loss rate
    also holds for a window that began before the target's period; for a total, targets of several periods
    that follow one another are added, a part of one by its days.
    """
    wanted = scope_of(scope)
    if wanted is None:
        return None
    own = [
        target
        for target in known
        if target.kpi == definition.key and (target.dimension, target.member) == wanted
    ]
    exact = [target for target in own if target.period == period]
    if exact:
        return _goal(exact[0], exact[0].target, exact[0].floor, "")
    last = date.fromordinal(period.end.toordinal() - 1)
    covering = [
        target
        for target in own
        if last in target.period
        and (period.start in target.period or definition.phasing is not Phasing.DAILY)
    ]
    if not covering:
        return _in_a_row(own, period) if definition.phasing is Phasing.DAILY else None
    nearest = min(covering, key=lambda target: abs(log(target.period.days / period.days)))
    share = period.days / nearest.period.days
    if definition.phasing is Phasing.LEVEL:
        return _goal(nearest, nearest.target, nearest.floor, "")
    phase = _even if definition.phasing is Phasing.DAILY else _compound
    floor = None if nearest.floor is None else phase(nearest.floor, share)
    part = f"for {period.days} of its {nearest.period.days} days"
    words = f", {part if share < 1 else f'compounded over {period.days} days'}"
    return _goal(nearest, phase(nearest.target, share), floor, words)


def status(
    definition: Definition,
    n: int | None,
    value: float | None,
    low: float | None,
    high: float | None,
    aim: Goal | None,
) -> str:
    """good, near, bad, unsure or none: what the evidence says, so that noise changes no colour."""
    if value is None or aim is None or definition.better is Better.NEITHER:
        return "none"
    if definition.interval is Interval.NONE:  # a plain total is what it is
        low = high = value
    elif low is None or high is None or (n or 0) < FEWEST:
        return "unsure"
    sign = 1 if definition.better is Better.UP else -1
    worst, best = sorted((sign * low, sign * high))
    target = sign * aim.target
    floor = target if aim.floor is None else sign * aim.floor
    if worst >= target:
        return "good"
    if best < floor:
        return "bad"
    return "near" if worst >= floor else "unsure"


def scope_of(where: Where) -> tuple[str | None, str | None] | None:
    """The dimension and member that all filters and rights together leave; None if they leave several."""
    left: dict[str, set[object]] = {}
    for dimension, members in where:
        left[dimension] = left.get(dimension, set(members)) & set(members)
    if not left:
        return None, None
    if len(left) > 1:
        return None
    ((dimension, one),) = left.items()
    member = one.pop() if len(one) == 1 else None
    return (dimension, str(member)) if isinstance(member, str | int) else None


def _goal(target: Target, value: float, floor: float | None, words: str) -> Goal:
    whose = target.member or "the whole organisation"
    return Goal(value, floor, f"target of {whose} for {target.period}{words}")


def _in_a_row(own: list[Target], period: Period) -> Goal | None:
    """Targets that cover the window one after another; None where one is missing.

    From each day on, the longest of those that begin there and fit in, else the shortest it is in.
    """
    day, target, floor, pieces, cut = period.start, 0.0, 0.0, 0, False
    whose = None
    while day < period.end:
        there = [one for one in own if day in one.period]
        whole = [one for one in there if one.period.start == day and one.period.end <= period.end]
        if not there:
            return None
        piece = max(whole or there, key=lambda one: one.period.days if whole else -one.period.days)
        share = (min(piece.period.end, period.end) - day).days / piece.period.days
        target += piece.target * share
        floor += (piece.target if piece.floor is None else piece.floor) * share
        day, pieces, cut, whose = (
            min(piece.period.end, period.end),
            pieces + 1,
            cut or share < 1,
            piece.member,
        )
    words = f"targets of {whose or 'the whole organisation'} for {pieces} periods in {period}"
    return Goal(target, floor, words + (", a part of one by its days" if cut else ""))


def _even(target: float, share: float) -> float:
    return target * share


def _compound(target: float, share: float) -> float:
    return 1 - max(1 - target, 0.0) ** share  # no more than all can be lost
