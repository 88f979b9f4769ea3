"""Those who are there when a window opens, and what became of them in it, for many windows at once.

Who is there is a stock, which its ledger tells for any day. Outcomes are few: one scan over them serves all
windows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache, lru_cache
from typing import Any

import pyarrow as pa
from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, or_, select

from kpis.clauses import allowed, clauses
from kpis.model import KPI, AsOf, AtClose, Cohort, Spell
from kpis.period import Period
from kpis.shape import Shape, parameters
from kpis.tally import Tally
from kpis.windows import bounds_of


def has_outcomes(kpi: KPI) -> bool:
    """The KPI asks what became of those there at the opening. Where everybody counts but those to whom it
    happened, or by a number at the close, every one of them has to be looked at."""
    clock = kpi.clock
    if not isinstance(clock, Cohort) or not isinstance(clock.entry, Spell) or clock.outcome is None:
        return False
    return not clock.spared and not isinstance(kpi.each, AtClose)


@cache
def those_there(kpi: KPI) -> KPI:
    """The stock that the cohort is, under the same key."""
    assert isinstance(kpi.clock, Cohort)
    assert isinstance(kpi.clock.entry, Spell)
    return replace(kpi, clock=AsOf(kpi.clock.entry))


def at_opening(period: Period) -> Period:
    """The day at whose end the stock is that is there when the period opens."""
    return Period(period.start - timedelta(days=1), period.start)


@lru_cache(maxsize=500)
def outcomes_statement(kpis: tuple[KPI, ...], windows: int, shape: Shape) -> Select[Any]:
    """For each KPI and window Σ each over those there at the opening to whom it happened in the window."""
    sums: list[ColumnElement[Any]] = []
    for kpi in kpis:
        for place in range(windows):
            parts = clauses(kpi, *bounds_of(place))
            number = case((and_(parts.in_window, parts.counts), parts.each))
            sums.append(cast(func.sum(number), BigInteger).label(f"{kpi.key}.{place}"))
    happened = or_(*(kpi.clock.outcome.isnot(None) for kpi in kpis))  # type: ignore[union-attr]
    statement = select(*sums)
    return statement.where(allowed(kpis[0], parameters(shape)), happened)


def read_outcomes(table: pa.Table, kpi: KPI, there: Sequence[Tally]) -> list[Tally]:
    """The cohort's tally for each window, from those there and an `outcomes_statement`."""
    sums = [table.column(f"{kpi.key}.{place}")[0].as_py() for place in range(len(there))]
    return [
        replace(tally, each=happened or 0, known=tally.n + tally.missing + tally.out)
        for tally, happened in zip(there, sums, strict=True)
    ]
