"""A definition in SQL: which rows a window holds, which of them count, and for how much.

One place for all uses, so that a total, its breakdown and the rows behind it cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.sql.elements import True_

from crm_data.warehouse.facts import carrier, marked
from kpis.dimensions import DIMENSIONS
from kpis.model import KPI, Age, AsOf, AtClose, Cohort, Condition, Due, Number, Spell, Throughout, today
from kpis.question import Where

Day = ColumnElement[Any]
_NO_DAY = literal(None, Date)


class NoMember(ValueError):
    """A dimension that the rows asked for do not have. The text is for the person who asked."""


@dataclass(frozen=True, eq=False)
class Clauses:
    """A KPI's SQL for one window [opens, closes)."""

    in_window: ColumnElement[bool]
    conditions: tuple[Condition, ...]
    has_value: ColumnElement[bool]
    each: ColumnElement[Any]
    per: ColumnElement[Any]

    @property
    def meets_conditions(self) -> ColumnElement[bool]:
        """The row meets every demand. Never NULL."""
        return _all(*(condition.holds for condition in self.conditions))

    @property
    def counts(self) -> ColumnElement[bool]:
        """The row is in the population and has a value. Never NULL."""
        return _all(*(condition.holds for condition in self.conditions), self.has_value)

    def among_them(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """The value where the row meets every demand, else NULL."""
        return _where(value, *(condition.holds for condition in self.conditions))

    def counted(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """The value where the row counts, else NULL."""
        return _where(value, *(condition.holds for condition in self.conditions), self.has_value)


def clauses(kpi: KPI, opens: Day, closes: Day) -> Clauses:
    """The KPI's SQL for the window [opens, closes), which may be columns or values."""
    each = number(kpi, kpi.each, closes)
    per = number(kpi, 1 if kpi.per is None else kpi.per)
    needed = (kpi.each, kpi.per, kpi.fact.times)
    numbers = {id(value): value for value in needed if isinstance(value, Column | AtClose | Age)}
    has_value = and_(*(_known(value) for value in numbers.values())) if numbers else true()
    clock = kpi.clock
    if isinstance(clock, Throughout):
        days = func.least(func.coalesce(clock.spell.end, closes), closes) - func.greatest(
            clock.spell.start, opens
        )
        each = each * days
    if isinstance(clock, Cohort) and clock.outcome is not None:
        came_about = _came_about(clock, clock.outcome, opens, closes)
        each = case((came_about, 0), else_=each) if clock.spared else case((came_about, each), else_=0)
    if isinstance(clock, Due):
        each = case((clock.moved_to >= closes, each), else_=0)
    return Clauses(in_window(kpi, opens, closes), conditions(kpi, closes), has_value, each, per)


def rows_of(kpi: KPI, closes: Day, source: FromClause | None = None) -> FromClause:
    """The fact, or a source that has it; with each row's later span beside it where the KPI's number is
    that at the close. At most one span of an `id` is in force at a time, so no row is multiplied."""
    table = kpi.fact.table
    source = table if source is None else source
    if not isinstance(kpi.each, AtClose):
        return source
    later = kpi.each.later
    spell = kpi.each.spell
    then = Spell(later.c[str(spell.start.key)], later.c[str(spell.end.key)])
    sound = later.c.bad.is_(None) if "bad" in later.c else true()
    return source.outerjoin(later, and_(later.c.id == table.c.id, sound, _in_force(then, closes)))


def in_window(kpi: KPI, opens: Day, closes: Day) -> ColumnElement[bool]:
    """The rows that the window [opens, closes) holds, counted or not."""
    clock = kpi.clock
    if isinstance(clock, AsOf):
        return _in_force(clock.spell, closes)
    if isinstance(clock, Throughout):
        start, end = clock.spell.start, clock.spell.end
        return and_(start < closes, or_(end.is_(None), end > opens), or_(end.is_(None), start < end))
    if isinstance(clock, Cohort) and isinstance(clock.entry, Spell):
        return _in_force(clock.entry, opens)
    day = clock_day(kpi)
    held = and_(day >= opens, day < closes)
    if isinstance(clock, Due):
        moved = clock.moved_to
        return and_(held, or_(moved.is_(None), moved < opens, moved >= closes))
    return held


def clock_day(kpi: KPI) -> Day:
    """The day that puts a row on the time line: a span's start, a cohort's entry."""
    clock = kpi.clock
    if isinstance(clock, AsOf | Throughout):
        return clock.spell.start
    if isinstance(clock, Cohort):
        return clock.entry.start if isinstance(clock.entry, Spell) else clock.entry
    return clock.day


def conditions(kpi: KPI, closes: Day = _NO_DAY) -> tuple[Condition, ...]:
    """All demands on a row of the population, in the order in which a failing row is told why; of a window
    that closes on that day."""
    demands = list(kpi.among)
    if kpi.aged:
        days, words = closes - kpi.aged.since, kpi.aged.words
        if kpi.aged.least:
            demands.append(Condition(days >= kpi.aged.least, f"{words} for less than {kpi.aged.least} days"))
        if kpi.aged.most is not None:
            demands.append(Condition(days <= kpi.aged.most, f"{words} for more than {kpi.aged.most} days"))
    clock = kpi.clock
    if isinstance(clock, Cohort) and clock.within is not None:
        judged = cast(clock.entry + cast(clock.within, Integer), Date) < today
        demands.append(Condition(judged, f"too young to judge: not {clock.within} days old yet"))
    return tuple(demands)


def in_no_window(kpi: KPI) -> ColumnElement[bool]:
    """Rows that no window can hold: of the population, those without a day; and spans without sense."""
    undated = and_(clock_day(kpi).is_(None), _all(*(condition.holds for condition in kpi.among)))
    return or_(undated, ~_sound(kpi))


def why_in_no_window(kpi: KPI) -> ColumnElement[str]:
    """In words, for a row that no window can hold."""
    undated = literal(f"{kpi.fact.many} {kpi.fact.undated}")
    if "bad" not in kpi.fact.table.c:
        return undated
    set_aside = literal(f"{kpi.fact.many} set aside: ").concat(kpi.fact.c.bad)
    return case((kpi.fact.c.bad.isnot(None), set_aside), else_=undated)


def why_left_out(kpi: KPI, closes: Day = _NO_DAY) -> ColumnElement[str]:
    """In words, the first demand that a row fails of a window that closes on that day; NULL for a row that
    counts."""
    parts = clauses(kpi, _NO_DAY, closes)
    failed = [(~_all(demand.holds), literal(demand.otherwise)) for demand in parts.conditions]
    return case(*failed, (~_all(parts.has_value), literal(kpi.no_value)), else_=None)


def allowed(kpi: KPI, where: Where) -> ColumnElement[bool]:
    """The rows that windows may hold: sound ones, with the members asked for."""
    return and_(_sound(kpi), members(kpi, where))


def members(kpi: KPI, where: Where) -> ColumnElement[bool]:
    """The rows whose dimensions have the members asked for."""
    return of_members(kpi.fact.table, where)


def of_members(rows: FromClause, where: Where) -> ColumnElement[bool]:
    """The rows of a table whose columns have the members asked for. Members travel as parameters; a
    parameter may also stand for all of them."""
    tests = []
    for dimension, members in where:
        column = member_of(rows, dimension)
        named = [member for member in members if member is not None]
        test = column.in_(named[0] if named and isinstance(named[0], BindParameter) else named)
        tests.append(or_(test, column.is_(None)) if len(named) < len(members) else test)
    return and_(true(), *tests)


def member_of(rows: FromClause, dimension: str) -> ColumnElement[Any]:
    """A dimension's member of each row: the column of its name; of a marked custom column what the record has
    that the row belongs to, if anything. Raises NoMember where the rows know neither."""
    if dimension in rows.c:
        return rows.c[dimension]
    record = carrier(rows, dimension)
    if record is None:
        raise NoMember(f"This cannot be told by {DIMENSIONS[dimension].label.lower()}.")
    word = select(marked.c.word).where(marked.c.dimension == dimension, marked.c.id == record)
    return word.correlate_except(marked).scalar_subquery().label(dimension)


def number(kpi: KPI, value: Number, closes: Day = _NO_DAY) -> ColumnElement[Any]:
    """A definition's number as SQL, for a window that closes on that day. A whole one counts each of the
    things that a row stands for."""
    if isinstance(value, AtClose):
        became = case((value.later.c.id.is_(None), 0), else_=value.later.c[value.name])
        return func.least(became, value.number) if value.at_most_then else became
    if isinstance(value, Age):
        days = closes - value.since
        return days if value.over is None else case((days > value.over, 1), else_=0)
    if not isinstance(value, int):
        return value
    times = kpi.fact.times
    return literal(value, Integer) if times is None else times * literal(value, Integer)


def _sound(kpi: KPI) -> ColumnElement[bool]:
    """The row's days make sense."""
    return kpi.fact.c.bad.is_(None) if "bad" in kpi.fact.table.c else true()


def _known(value: Column[Any] | AtClose | Age) -> ColumnElement[bool]:
    if isinstance(value, Age):
        return value.since.isnot(None)
    if isinstance(value, AtClose):
        return or_(value.later.c.id.is_(None), value.later.c[value.name].isnot(None))
    return value.isnot(None)


def _all(*tests: ColumnElement[bool]) -> ColumnElement[bool]:
    """All tests hold; one that cannot tell does not."""
    wanted = [test for test in tests if not isinstance(test, True_)]
    return func.coalesce(and_(*wanted), False) if wanted else true()


def _where(value: ColumnElement[Any], *tests: ColumnElement[bool]) -> ColumnElement[Any]:
    """The value where all tests hold; NULL where one does not, or cannot tell."""
    wanted = [test for test in tests if not isinstance(test, True_)]
    return case((and_(*wanted), value)) if wanted else value


def _in_force(spell: Spell, day: Day) -> ColumnElement[bool]:
    """In force at the end of the day before `day`."""
    return and_(spell.start < day, or_(spell.end.is_(None), spell.end >= day))


def _came_about(cohort: Cohort, outcome: Day, opens: Day, closes: Day) -> ColumnElement[bool]:
    if isinstance(cohort.entry, Spell):
        return and_(outcome >= opens, outcome < closes)
    # An outcome dated before the entry is no outcome of it.
    return outcome.between(cohort.entry, cast(cohort.entry + cast(cohort.within, Integer), Date))
