"""Who is still a customer: by the quarter of the first purchase and the time since."""

from __future__ import annotations

from dataclasses import dataclass

from kpis.cohorts import DAYS, Kept
from kpis.model import Unit
from kpis.reports.document import Cell, Column, Part, Row, Table, Words
from kpis.reports.names import Names
from kpis.reports.scope import Found, Needs, Scope

_AGES = tuple(days for place, days in enumerate(DAYS) if place in (0, 1, 2, 3, 5, 7, 9, 11))


@dataclass(frozen=True)
class Retention:
    """A line for each quarter; the darker, the more have stayed. Ages not yet reached are empty."""

    title: str

    def needs(self, scope: Scope) -> Needs:
        return Needs(cohorts=True)

    def write(self, found: Found, names: Names) -> Part:
        if not found.cohorts:
            said = "Retention cannot be told: no first purchases are known in this selection."
            return Part(self.title, ((Words(said),),))
        cells = {(one.cohort, one.days): one for one in found.cohorts}
        cohorts = dict.fromkeys(one.cohort for one in found.cohorts)
        ages = [
            days for days in _AGES if any(one.kept is not None and one.days == days for one in found.cohorts)
        ]
        rows: list[Row] = []
        for cohort in cohorts:
            words = found.formats.period(cohort)
            customers = next(one.customers for one in found.cohorts if one.cohort == cohort)
            size = Cell(found.formats.number(customers), customers)
            rows.append(
                (Cell(words, words), size, *(_square(cells.get((cohort, days)), found) for days in ages))
            )
        columns = (
            Column("First purchase"),
            Column("Customers", Unit.COUNT),
            *(Column(f"{round(days / 30.4375)} months", Unit.SHARE) for days in ages),
        )
        table = Table(columns, tuple(rows), self.title, shown=len(rows))
        return Part(self.title, self._said(found), None, (table,))

    def _said(self, found: Found) -> tuple[tuple[Words, ...], ...]:
        """The youngest and the oldest quarter that can be judged at a year, side by side."""
        year = [one for one in found.cohorts if one.days == DAYS[3] and one.kept is not None]
        if len(year) < 2:
            return ()
        first, last = (
            f"{found.formats.percent((one.kept or 0) / one.customers)} of those who first bought from "
            f"{found.formats.period(one.cohort)}"
            for one in (year[0], year[-1])
        )
        return ((Words(f"A year after the first purchase {first} were still customers, and {last}."),),)


def _square(one: Kept | None, found: Found) -> Cell:
    if one is None or one.kept is None:
        return Cell("")
    share = one.kept / one.customers
    return Cell(found.formats.percent(share), share, shade=share, n=one.customers)
