"""The numbers themselves, for medians and quartiles: each with how many rows have it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Date, Select, and_, bindparam, func, select

from kpis.clauses import allowed, clauses, clock_day, rows_of
from kpis.days import Days
from kpis.model import KPI
from kpis.period import Period
from kpis.shape import Shape, parameters
from kpis.tally import Members
from kpis.windows import Day, Distributions, Statement, each_window, keys_of, members_of, number_of


@lru_cache(maxsize=500)
def spread_statement(kpi: KPI, windows: int, by: tuple[str, ...], shape: Shape) -> Statement:
    """Window, members, number, and how many counted rows have it."""

    def one(place: int, opens: Day, closes: Day) -> Select[Any]:
        parts = clauses(kpi, opens, closes)
        keys = [*members_of(kpi, by), parts.each.label("value")]
        held = and_(allowed(kpi, parameters(shape)), parts.in_window, parts.counts)
        inside = select(*keys).select_from(rows_of(kpi, closes)).where(held).subquery("held")
        return select(number_of(place), *inside.c, func.count().label("rows")).group_by(*inside.c)

    return each_window(windows, one)


@lru_cache(maxsize=500)
def spread_by_day_statement(kpi: KPI, by: tuple[str, ...], shape: Shape) -> Select[Any]:
    """Day, members, number, and how many counted rows have it, from the day `opens` up to `closes`. For
    what can be asked by day."""
    opens, closes = bindparam("opens", type_=Date), bindparam("closes", type_=Date)
    parts, day = clauses(kpi, opens, closes), clock_day(kpi)
    keys = [day.label("day"), *members_of(kpi, by), parts.each.label("value")]
    held = and_(allowed(kpi, parameters(shape)), day >= opens, day < closes, parts.counts)
    inside = select(*keys).select_from(kpi.fact.table).where(held).subquery("held")
    return select(*inside.c, func.count().label("rows")).group_by(*inside.c)


def read_spread(table: pa.Table, by: Sequence[str]) -> Distributions:
    """The numbers of each window and member, from the answer to a `spread_statement`."""
    found: dict[tuple[int, Members], Counter[int]] = defaultdict(Counter)
    counted = zip(table.column("value").to_pylist(), table.column("rows").to_pylist(), strict=True)
    for key, (value, rows) in zip(keys_of(table, by), counted, strict=True):
        found[key][int(value)] += rows
    return {key: ("values", counted) for key, counted in found.items()}


def read_spread_by_day(table: pa.Table, by: Sequence[str], periods: Sequence[Period]) -> Distributions:
    """The numbers of each window and member, from the answer to a `spread_by_day_statement`."""
    days = Days(table, by)
    opens, closes = days.bounds(periods)
    values, rows = (table.column(name).to_numpy()[days.order] for name in ("value", "rows"))
    found: Distributions = {}
    for group, window in np.argwhere(opens < closes):
        held = slice(opens[group, window], closes[group, window])
        numbers, places = np.unique(values[held], return_inverse=True)
        counted = np.bincount(places, rows[held]).astype(np.int64)
        spread = Counter(dict(zip(numbers.astype(np.int64).tolist(), counted.tolist(), strict=True)))
        found[int(window), days.members[group]] = "values", spread
    return found
