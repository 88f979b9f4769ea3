"""KPIs by the members of a dimension, largest first."""

from __future__ import annotations

from dataclasses import dataclass

from kpis.answers import Cell as Point
from kpis.answers import Reading
from kpis.catalog import DEFINITIONS
from kpis.chance import has_margin
from kpis.dimensions import DIMENSIONS
from kpis.interval import FEWEST
from kpis.model import KPI
from kpis.reports.document import Cell, Column, Part, Proof, Row, Sentence, Table, Words
from kpis.reports.names import Names
from kpis.reports.scope import Found, Needs, Scope
from kpis.reports.sections.standing import change_cell, value_cell
from kpis.reports.sentences import reason

Points = dict[object, Point]


@dataclass(frozen=True)
class Breakdown:
    """The first of `kpis` leads: it ranks the members, and is compared with the earlier window. KPIs that do
    not know the dimension are left out, and said."""

    title: str
    by: str
    kpis: tuple[str, ...]
    shown: int = 10

    def _known(self) -> tuple[str, ...]:
        return tuple(key for key in self.kpis if self.by in DEFINITIONS[key].dimensions)

    def needs(self, scope: Scope) -> Needs:
        known = self._known()
        asked = [scope.question(known, (self.by,))]
        if scope.then:
            asked.append(scope.question(known[:1], (self.by,), period=scope.then))
        return Needs(tuple(asked))

    def write(self, found: Found, names: Names) -> Part:
        scope, known = found.scope, self._known()
        readings = found.readings[scope.question(known, (self.by,))]
        lead = readings[0]
        if not lead.cells:
            said = f"{DEFINITIONS[lead.key].label} cannot be told by {_name(self.by)}: {reason(lead.why)}"
            return Part(self.title, ((Words(said),),))
        then = (
            found.readings[scope.question(known[:1], (self.by,), period=scope.then)][0]
            if scope.then
            else None
        )
        points = [{cell.at[self.by]: cell for cell in one.cells} for one in readings]
        order = sorted(
            dict.fromkeys(member for one in points for member, cell in one.items() if cell.n),
            key=lambda member: _rank(points[0].get(member), member),
        )
        words = names.of(self.by, order)
        table = self._table(found, readings, points, order, words, then)
        missing = [DEFINITIONS[key].label for key in self.kpis if key not in known]
        notes = (f"Not known by {_name(self.by)}: {', '.join(missing)}.",) if missing else ()
        return Part(self.title, _said(found, lead, points[0], order, words, self.by), None, (table,), notes)

    def _table(
        self,
        found: Found,
        readings: tuple[Reading, ...],
        points: list[Points],
        order: list[object],
        words: object,
        then: Reading | None,
    ) -> Table:
        earlier = {cell.at[self.by]: cell for cell in then.cells} if then else {}
        largest = max((cell.value or 0 for cell in points[0].values()), default=0) or 1
        rows = []
        for member in order:
            row = [Cell(words[member], words[member])]  # type: ignore[index]
            for place, (reading, cells) in enumerate(zip(readings, points, strict=True)):
                cell = self._cell(reading.key, cells.get(member), member, found)
                if place == 0:
                    share = max(cell.value or 0, 0) / largest if isinstance(cell.value, int | float) else 0
                    cell = Cell(cell.text, cell.value, cell.proof, bar=(0, share), n=cell.n, why=cell.why)
                row.append(cell)
                if place == 0 and then:
                    point = cells.get(member)
                    row.append(
                        change_cell(point, earlier.get(member), found, reading.key) if point else Cell("")
                    )
            rows.append(tuple(row))
        return Table(
            self._columns(found), tuple(rows), self.title, self._total(found, readings, then), self.shown
        )

    def _columns(self, found: Found) -> tuple[Column, ...]:
        columns = [Column(DIMENSIONS[self.by].label)]
        for place, key in enumerate(self._known()):
            columns.append(Column(DEFINITIONS[key].label, DEFINITIONS[key].unit, key=key))
            if place == 0 and found.scope.then:
                columns.append(Column("Change", DEFINITIONS[key].unit, signed=True))
        return tuple(columns)

    def _total(self, found: Found, readings: tuple[Reading, ...], then: Reading | None) -> Row:
        """The readings themselves: a rate's total is no sum of its members."""
        row = [Cell("All", "All")]
        for place, one in enumerate(readings):
            row.append(value_cell(one, found))
            if place == 0 and then:
                row.append(change_cell(one, then, found))
        return tuple(row)

    def _cell(self, key: str, point: Point | None, member: object, found: Found) -> Cell:
        if point is None:
            return Cell("–", None, why="no rows")
        text = found.formats.short(DEFINITIONS[key].unit, point.value) if point.value is not None else "–"
        return Cell(text, point.value, Proof(key, (self.by, member)), n=point.n, why=point.why)


def _rank(point: Point | None, member: object) -> tuple[bool, float, bool, str]:
    value = point.value if point else None
    return value is None, -(value or 0), member is None, str(member)


def _name(by: str) -> str:
    return DIMENSIONS[by].label.lower()


def _said(
    found: Found, lead: Reading, points: Points, order: list[object], words: object, by: str
) -> tuple[Sentence, ...]:
    """Who leads. Of totals the share of the whole; of rates the ends, of members with enough rows."""
    kpi, formats = DEFINITIONS[lead.key], found.formats
    total = isinstance(kpi, KPI) and kpi.per is None and not kpi.median

    def named(member: object) -> list[Words]:
        text = f"{words[member]}"  # type: ignore[index]
        value = formats.short(kpi.unit, points[member].value)
        return [Words(text, Proof(lead.key, (by, member))), Words(f" ({value}")]

    known = [member for member in order if member in points and member is not None]
    if total and lead.value and lead.value > 0:
        first = [member for member in known if (points[member].value or 0) > 0][:2]
        if not first:
            return ()
        said = [Words(f"{kpi.label}: most with "), *named(first[0])]
        said.append(Words(f", {formats.percent((points[first[0]].value or 0) / lead.value)} of all)"))
        if len(first) > 1:
            said += [Words(", then "), *named(first[1]), Words(")")]
        return ((*said, Words(".")),)
    enough = [
        member
        for member in known
        if points[member].value is not None and (not has_margin(kpi) or (points[member].n or 0) >= FEWEST)
    ]
    if len(enough) < 2:
        return ((Words(f"{kpi.label}: too few rows by {_name(by)} to tell members apart."),),)
    said = [Words(f"{kpi.label} is highest with "), *named(enough[0]), Words(") and lowest with ")]
    said += [*named(enough[-1]), Words(")")]
    if _overlap(points[enough[0]], points[enough[-1]]):
        said.append(Words("; the difference is within the margin of error"))
    return ((*said, Words(".")),)


def _overlap(high: Point, low: Point) -> bool:
    return high.low is not None and low.high is not None and high.low <= low.high
