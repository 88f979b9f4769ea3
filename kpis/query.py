"""From requests to tallies. Requests for the same fact and clock ride on one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pyarrow as pa
from sqlalchemy.sql import ClauseElement

from kpis import cells, windows
from kpis.clauses import clock_day
from kpis.model import KPI, AsOf, AtClose, Interval, Throughout
from kpis.period import Period
from kpis.question import Where
from kpis.windows import Tallies


class Engine(Protocol):
    """Whatever runs a statement over the fact tables."""

    def run(self, statement: ClauseElement) -> pa.Table: ...
    def batches(self, statement: ClauseElement, size: int) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True)
class Request:
    """One KPI, for some windows, by the members of some dimensions."""

    kpi: KPI
    periods: tuple[Period, ...]
    by: tuple[str, ...]
    where: Where
    today: date

    @property
    def by_day(self) -> bool:
        """Asked in daily cells. A breakdown of one window would only make more of them."""
        if not cells.has_cells(self.kpi):
            return False
        return not self.by or (len(self.periods) > 1 and not cells.is_ledger(self.kpi))

    @property
    def statement(self) -> Hashable:
        """Requests with the same key share one statement."""
        clock = self.kpi.clock
        kind = type(clock).__name__ if isinstance(clock, AsOf | Throughout) and not self.by_day else ""
        held = (self.kpi.fact.key, clock_day(self.kpi).key, cells.is_ledger(self.kpi), kind)
        at_opening = not cells.has_cells(self.kpi), isinstance(self.kpi.each, AtClose)
        return (
            *held,
            at_opening,
            self.by_day,
            self.by,
            self.where,
            self.today,
            None if self.by_day else self.periods,
        )


def tally(engine: Engine, requests: Iterable[Request]) -> dict[Request, Tallies]:
    """The tallies of all requests, with as few statements as there are facts, clocks and filters."""
    groups: dict[Hashable, list[Request]] = defaultdict(list)
    for request in dict.fromkeys(requests):
        groups[request.statement].append(request)
    found: dict[Request, Tallies] = {}
    for group in groups.values():
        answer = _ask_cells if group[0].by_day else _ask_windows
        found.update(answer(engine, group))
    for request, tallies in found.items():
        _add_distributions(engine, request, tallies)
    return found


def _ask_cells(engine: Engine, group: list[Request]) -> dict[Request, Tallies]:
    periods = [period for request in group for period in request.periods]
    span = Period(min(period.start for period in periods), max(period.end for period in periods))
    first = group[0]
    statement = cells.cells_statement(_kpis(group), span, first.by, first.where).params(today=first.today)
    table = engine.run(statement)
    return {request: cells.read_cells(table, request.kpi, request.periods, request.by) for request in group}


def _ask_windows(engine: Engine, group: list[Request]) -> dict[Request, Tallies]:
    first = group[0]
    statement = windows.totals_statement(_kpis(group), first.periods, first.by, first.where)
    table = engine.run(statement.params(today=first.today))
    return {request: windows.read_totals(table, request.kpi, request.by) for request in group}


def _add_distributions(engine: Engine, request: Request, tallies: Tallies) -> None:
    """Take in what daily sums cannot tell: the numbers themselves, and customers' own sums."""
    kpi = request.kpi
    if kpi.spread:
        _add(engine, request, tallies, windows.spread_statement, windows.add_spread)
    if kpi.interval is Interval.CLUSTERED or kpi.moments:
        _add(engine, request, tallies, windows.clusters_statement, windows.add_clusters)


def _add(
    engine: Engine,
    request: Request,
    tallies: Tallies,
    statement: Callable[..., ClauseElement],
    take: Callable[[Tallies, pa.Table, tuple[str, ...]], None],
) -> None:
    asked = statement(request.kpi, request.periods, request.by, request.where)
    take(tallies, engine.run(asked.params(today=request.today)), request.by)


def _kpis(group: list[Request]) -> list[KPI]:
    return list({request.kpi.key: request.kpi for request in group}.values())
