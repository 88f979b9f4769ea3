"""What definitions are made of: other KPIs, and how many rows of a fact meet a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, func, select

from kpis.clauses import of_members
from kpis.fact import has_member
from kpis.period import Period
from kpis.question import Question
from kpis.read import ask, restrictions, until_today
from kpis.snapshot import Snapshot

Test = ColumnElement[bool]


def in_period(question: Question, day: ColumnElement[Any]) -> Test:
    """The day falls into the period, as far as it has passed."""
    period = until_today(question.period, question)
    return and_(day >= period.start, day < period.end)


def day_of(day: date) -> Period:
    return Period(day, day + timedelta(days=1))


def values(
    data: Snapshot, question: Question, *keys: str, period: Period | None = None
) -> list[float | None]:
    """What these KPIs are for the same filters and viewer, in the same period or another one."""
    asked = replace(question, kpis=keys, period=period or question.period)
    (readings,) = ask(data.engine, data.calendar, [asked])
    return [reading.value for reading in readings]


def counts(data: Snapshot, question: Question, rows: Table, **tests: Test) -> dict[str, int]:
    """How many of a fact's ids meet each test, each id once. Nothing, where the fact lacks a dimension of the
    filters."""
    where = restrictions(question)
    if not all(has_member(rows, dimension) for dimension, _ in where):
        return {}
    columns = [func.count(rows.c.id.distinct()).filter(test).label(name) for name, test in tests.items()]
    statement = select(*columns).where(of_members(rows, where))
    (row,) = data.engine.run(statement).to_pylist()
    return {name: int(value) for name, value in row.items()}


def ratio(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else float(top) / float(bottom)


def less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other
