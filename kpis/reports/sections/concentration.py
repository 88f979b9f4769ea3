"""How much of a total hangs on how few."""

from __future__ import annotations

from dataclasses import dataclass

from kpis.catalog import DEFINITIONS
from kpis.dimensions import DIMENSIONS
from kpis.model import Unit
from kpis.reports.document import Cell, Column, Part, Proof, Row, Table, Words
from kpis.reports.names import Names
from kpis.reports.scope import Found, Leading, Needs, Scope
from kpis.reports.sentences import figure, reason


@dataclass(frozen=True)
class Concentration:
    """The members with the largest totals of a KPI, and their share of all of it."""

    title: str
    kpi: str
    by: str = "account"

    @property
    def _leading(self) -> Leading:
        return Leading(self.kpi, self.by)

    def needs(self, scope: Scope) -> Needs:
        return Needs((scope.question((self.kpi,)),), leading=(self._leading,))

    def write(self, found: Found, names: Names) -> Part:
        leaders, formats = found.leaders[self._leading], found.formats
        whole = found.reading(found.scope.question((self.kpi,)), self.kpi)
        kpi = DEFINITIONS[self.kpi]
        if not leaders.first or not whole.value or whole.value <= 0:
            said = f"{kpi.label} cannot be told by {DIMENSIONS[self.by].label.lower()}: {reason(whole.why)}"
            return Part(self.title, ((Words(said),),))
        words = names.of(self.by, [member for member, _ in leaders.first])
        rows: list[Row] = []
        running, largest = 0.0, leaders.first[0][1] or 1.0
        for member, total in leaders.first:
            running += total
            rows.append(
                (
                    Cell(words[member], words[member], account=_account(self.by, member)),
                    Cell(
                        formats.short(kpi.unit, total),
                        total,
                        Proof(self.kpi, (self.by, member)),
                        bar=(0, max(total, 0) / largest),
                    ),
                    Cell(formats.percent(total / whole.value), total / whole.value),
                    Cell(formats.percent(running / whole.value), running / whole.value),
                )
            )
        few, all_ = len(leaders.first), formats.number(leaders.members)
        plural = DIMENSIONS[self.by].plural
        sentence = (
            Words(f"The {few} largest of {all_} {plural} made {formats.percent(running / whole.value)} of "),
            Words(f"{kpi.label.lower()} ("),
            figure(whole, formats),
            Words(")."),
        )
        columns = (
            Column(DIMENSIONS[self.by].label),
            Column(kpi.label, kpi.unit, key=self.kpi),
            Column("Share", Unit.SHARE),
            Column("Together", Unit.SHARE),
        )
        return Part(self.title, (sentence,), None, (Table(columns, tuple(rows), self.title),))


def _account(by: str, member: object) -> int | None:
    return member if by == "account" and isinstance(member, int) else None
