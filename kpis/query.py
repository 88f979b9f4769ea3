"""From requests to tallies. Requests for the same fact and clock ride on one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeVar

import pyarrow as pa
from sqlalchemy.sql import ClauseElement

from kpis.cells import Cells, cells_statement, has_cells, is_ledger
from kpis.clauses import clock_day
from kpis.model import KPI, AsOf, AtClose, Interval, Throughout
from kpis.period import Period
from kpis.question import Where
from kpis.shape import Shape, shape_of, values_of
from kpis.spread import read_spread, read_spread_by_day, spread_by_day_statement, spread_statement
from kpis.tally import Tallies
from kpis.windows import (
    Distributions,
    clusters_statement,
    read_clusters,
    read_totals,
    totals_statement,
    values_of_windows,
)

Found = dict["Request", Tallies]
Thing = TypeVar("Thing")
Key = TypeVar("Key", bound=Hashable)
#: From so many windows on a stock is asked by its ledger; each window costs a scan, the ledger two sorts.
_LEDGER_FROM = 4


class Engine(Protocol):
    """Whatever runs a statement over the fact tables."""

    def run(self, statement: ClauseElement, values: Mapping[str, Any] = ...) -> pa.Table: ...
    def run_all(self, asked: Sequence[tuple[ClauseElement, Mapping[str, Any]]]) -> list[pa.Table]: ...
    def batches(self, statement: ClauseElement, size: int) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True)
class Request:
    """One KPI, for some windows, by the members of some dimensions. `margins`: with what its interval needs;
    `spread`: with the numbers themselves."""

    kpi: KPI
    periods: tuple[Period, ...]
    by: tuple[str, ...]
    where: Where
    today: date
    margins: bool = True
    spread: bool = False

    @property
    def rows(self) -> Hashable:
        """Requests with the same key are about the same rows of the same fact."""
        return (
            self.kpi.fact.key,
            clock_day(self.kpi).key,
            is_ledger(self.kpi),
            self.by,
            self.where,
            self.today,
        )

    @property
    def clock(self) -> Hashable:
        """Those with the same key, too, have the same rows in the same window."""
        clock = self.kpi.clock
        kind = type(clock) if isinstance(clock, AsOf | Throughout) else None
        return self.rows, kind, has_cells(self.kpi), isinstance(self.kpi.each, AtClose)

    @property
    def clustered(self) -> bool:
        return self.margins and (self.kpi.interval is Interval.CLUSTERED or self.kpi.moments)


@dataclass(frozen=True)
class Job:
    """A statement with its values, and who takes what it answers."""

    statement: ClauseElement
    values: Mapping[str, Any]
    take: Callable[[pa.Table, Found], None]


def tally(engine: Engine, requests: Iterable[Request]) -> Found:
    """The tallies of all requests, with as few statements as there are facts, clocks and filters."""
    asked = list(dict.fromkeys(requests))
    jobs = [*_sums(asked), *_distributions(asked)]
    found: Found = {request: {} for request in asked}
    for job, table in zip(jobs, engine.run_all([(job.statement, job.values) for job in jobs]), strict=True):
        job.take(table, found)
    return found


def total_statement(kpi: KPI, period: Period, where: Where, today: date) -> ClauseElement:
    """The statement for one window, with its values, for people to read."""
    statement, _ = totals_statement((kpi,), 1, (), shape_of(where), frozenset())
    return statement.params(today=today, **values_of(where), **values_of_windows([period]))


def _sums(asked: list[Request]) -> Iterator[Job]:
    for group in _grouped(asked, lambda request: (request.rows, _may_be_by_day(request))).values():
        if _is_by_day(group):
            yield _by_day(group)
            continue
        for alike in _grouped(group, lambda request: request.clock).values():
            yield from _by_window(alike)


def _may_be_by_day(request: Request) -> bool:
    """A breakdown of one window would only make more cells; a stock's ledger has too many."""
    if not has_cells(request.kpi):
        return False
    return not request.by or (len(request.periods) > 1 and not is_ledger(request.kpi))


def _is_by_day(group: list[Request]) -> bool:
    if not _may_be_by_day(group[0]):
        return False
    return not is_ledger(group[0].kpi) or len(_periods(group)) >= _LEDGER_FROM


def _by_day(group: list[Request]) -> Job:
    first, periods = group[0], _periods(group)
    statement, sums = cells_statement(_kpis(group), first.by, shape_of(first.where), _margins(group))

    def take(table: pa.Table, found: Found) -> None:
        cells = Cells(table, sums, first.by)
        for request in group:
            found[request] = cells.tallies(request.kpi, request.periods, margins=request.margins)

    return Job(statement, _values_by_day(first, periods), take)


def _by_window(group: list[Request]) -> Iterator[Job]:
    """Windows of which the same KPIs are asked ride on one statement."""
    asked: dict[Period, dict[KPI, None]] = defaultdict(dict)
    for request in group:
        for period in request.periods:
            asked[period][request.kpi] = None
    for kpis, periods in _grouped(asked, lambda period: tuple(asked[period])).items():
        yield _totals([one for one in group if one.kpi in kpis], kpis, periods)


def _totals(group: list[Request], kpis: tuple[KPI, ...], periods: list[Period]) -> Job:
    first = group[0]
    statement, sums = totals_statement(kpis, len(periods), first.by, shape_of(first.where), _margins(group))

    def take(table: pa.Table, found: Found) -> None:
        tallies = {kpi: read_totals(table, sums, kpi, first.by) for kpi in kpis}
        for request in group:
            for (window, members), tally in tallies[request.kpi].items():
                for place in _places(request, periods[window]):
                    found[request][place, members] = tally

    return Job(statement, _values(first, periods), take)


def _distributions(asked: list[Request]) -> Iterator[Job]:
    """What sums cannot tell: the numbers themselves, and customers' own sums."""
    spread, clustered = [one for one in asked if one.spread], [one for one in asked if one.clustered]
    for group in _grouped(spread, lambda one: (one.kpi, one.rows, _may_be_by_day(one))).values():
        yield (
            _spread_by_day(group)
            if _is_by_day(group)
            else _distribution(group, spread_statement, read_spread)
        )
    for group in _grouped(clustered, lambda one: (one.kpi, one.rows)).values():
        yield _distribution(group, clusters_statement, read_clusters)


def _spread_by_day(group: list[Request]) -> Job:
    first, periods = group[0], _periods(group)
    statement = spread_by_day_statement(first.kpi, first.by, shape_of(first.where))

    def take(table: pa.Table, found: Found) -> None:
        _give(found, group, periods, read_spread_by_day(table, first.by, periods))

    return Job(statement, _values_by_day(first, periods), take)


def _distribution(
    group: list[Request],
    statement: Callable[[KPI, int, tuple[str, ...], Shape], ClauseElement],
    read: Callable[[pa.Table, Sequence[str]], Distributions],
) -> Job:
    first, periods = group[0], _periods(group)

    def take(table: pa.Table, found: Found) -> None:
        _give(found, group, periods, read(table, first.by))

    asked = statement(first.kpi, len(periods), first.by, shape_of(first.where))
    return Job(asked, _values(first, periods), take)


def _give(found: Found, group: list[Request], periods: list[Period], known: Distributions) -> None:
    """To the tallies of each request what is known of its windows."""
    for (window, members), (name, value) in known.items():
        for request in group:
            for place in _places(request, periods[window]):
                setattr(found[request][place, members], name, value)


def _values_by_day(request: Request, periods: Sequence[Period]) -> dict[str, Any]:
    opens, closes = min(one.start for one in periods), max(one.end for one in periods)
    return {"today": request.today, **values_of(request.where), "opens": opens, "closes": closes}


def _values(request: Request, periods: Sequence[Period]) -> dict[str, Any]:
    return {"today": request.today, **values_of(request.where), **values_of_windows(periods)}


def _places(request: Request, period: Period) -> Iterator[int]:
    """Where the window is among those of the request."""
    return (place for place, one in enumerate(request.periods) if one == period)


def _periods(group: list[Request]) -> list[Period]:
    return list(dict.fromkeys(period for request in group for period in request.periods))


def _kpis(group: list[Request]) -> tuple[KPI, ...]:
    return tuple(dict.fromkeys(request.kpi for request in group))


def _margins(group: list[Request]) -> frozenset[str]:
    return frozenset(request.kpi.key for request in group if request.margins)


def _grouped(of: Iterable[Thing], key: Callable[[Thing], Key]) -> dict[Key, list[Thing]]:
    groups: dict[Key, list[Thing]] = defaultdict(list)
    for one in of:
        groups[key(one)].append(one)
    return groups
