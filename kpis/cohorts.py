"""Who is still a customer, by the time of the first purchase and the age since: retention by cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    values,
)

from crm_data.warehouse import facts
from kpis.clauses import of_members
from kpis.period import Calendar, Period
from kpis.question import Question
from kpis.read import restrictions, until_today
from kpis.snapshot import Snapshot

QUARTERS = 12  # cohorts, and ages, that fit on a screen
DAYS = tuple(round(months * 30.4375) for months in range(3, 3 * QUARTERS + 1, 3))

_customer, _spell = facts.customers.c, facts.customer_spells.c


@dataclass(frozen=True)
class Kept:
    """Of a cohort's customers those that were customers at an age. `kept` None: too young to judge."""

    cohort: Period
    days: int
    customers: int
    kept: int | None


@dataclass(frozen=True)
class Member:
    """A customer of a cohort, whether it was one at the age, and when it was lost before, if it was."""

    account: int
    first: date
    kept: bool
    lost: date | None


def retention(data: Snapshot, question: Question) -> list[Kept]:
    """For each of the last quarters of first purchase up to the window's end, and each age.

    A cohort is judged at an age once all of it has reached it.
    """
    end = until_today(question.period, question).end
    cohorts = _quarters(data.calendar, end)
    rows = data.engine.run(_counts(question, cohorts)).to_pylist()
    counted = {(row["cohort"], row["days"]): row for row in rows}
    sizes = {row["cohort"]: row["customers"] for row in rows if row["days"] == 0}
    return [
        Kept(cohort, days, sizes.get(number, 0), counted[number, days]["kept"] if mature else None)
        for number, cohort in enumerate(cohorts)
        if sizes.get(number)
        for days in DAYS
        for mature in [cohort.end + timedelta(days=days) <= end]
    ]


def members(
    data: Snapshot, question: Question, cohort: Period, days: int, offset: int, limit: int
) -> tuple[int, list[Member]]:
    """How many customers a cohort has, and a page of them; those that were no customers at the age first."""
    found = _at_age(question, cohort.start, cohort.end, literal(days, Integer)).subquery("found")
    total = data.engine.run(select(func.count().label("rows")).select_from(found)).to_pylist()[0]["rows"]
    until = cast(found.c.first_day + cast(days, Integer), Date)
    lost = (
        select(_spell.id, func.max(_spell.lost_day).label("lost"))
        .join(found, found.c.id == _spell.id)
        .where(_spell.lost_day <= until)
        .group_by(_spell.id)
        .subquery("lost")
    )
    statement = (
        select(found.c.id, found.c.first_day, found.c.kept, lost.c.lost)
        .select_from(found.outerjoin(lost, lost.c.id == found.c.id))
        .order_by(found.c.kept, found.c.first_day, found.c.id)
        .offset(offset)
        .limit(limit)
    )
    rows = data.engine.run(statement).to_pylist()
    return total, [Member(row["id"], row["first_day"], bool(row["kept"]), row["lost"]) for row in rows]


def _quarters(calendar: Calendar, end: date) -> list[Period]:
    """The quarters up to a day, the last one as far as it has come."""
    first = calendar.start_of("quarter", end - timedelta(days=1))
    for _ in range(QUARTERS - 1):
        first = calendar.start_of("quarter", first - timedelta(days=1))
    return list(calendar.buckets(Period(first, end), "quarter"))


def _counts(question: Question, cohorts: Sequence[Period]) -> Select[Any]:
    names = column("number", Integer), column("opens", Date), column("closes", Date)
    data = [(number, one.start, one.end) for number, one in enumerate(cohorts)]
    windows = values(*names, name="cohorts").data(data)
    ages = values(column("days", Integer), name="ages").data([(days,) for days in (0, *DAYS)])
    found = _at_age(question, windows.c.opens, windows.c.closes, ages.c.days, windows, ages)
    each = found.add_columns(windows.c.number.label("cohort"), ages.c.days.label("days")).subquery("each")
    kept = func.sum(each.c.kept)
    return select(
        each.c.cohort, each.c.days, func.count().label("customers"), cast(kept, Integer).label("kept")
    ).group_by(each.c.cohort, each.c.days)


def _at_age(
    question: Question,
    opens: ColumnElement[Any] | date,
    closes: ColumnElement[Any] | date,
    days: ColumnElement[int],
    *beside: FromClause,
) -> Select[Any]:
    """Customers who first bought in a window, and whether each was a customer so many days later. Their
    dimensions are those of the first purchase."""
    day = cast(_customer.first_day + cast(days, Integer), Date)
    in_force = and_(
        _spell.id == _customer.id,
        _spell.bad.is_(None),
        _spell.start_day <= day,
        or_(_spell.end_day.is_(None), _spell.end_day > day),
    )
    source: FromClause = facts.customers
    for one in beside:
        source = source.join(one, literal(True))
    return (
        select(_customer.id, _customer.first_day, case((_spell.id.is_(None), 0), else_=1).label("kept"))
        .select_from(source.outerjoin(facts.customer_spells, in_force))
        .where(_customer.first_day >= opens, _customer.first_day < closes)
        .where(of_members(facts.customers, restrictions(question)))
    )
