"""Fetching all that a report needs, from one version of the data."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlalchemy import BigInteger, Date, Table, cast, func, literal, select

from crm_data.organisation import Organisation
from crm_data.warehouse import facts
from kpis import drill
from kpis.answers import Rows
from kpis.change import change
from kpis.clauses import clauses, member_of
from kpis.cohorts import Kept, retention
from kpis.drill import COUNTED
from kpis.fact import has_member
from kpis.formats import Formats
from kpis.model import KPI
from kpis.question import Question
from kpis.read import ask, definition_of, refusal, restrictions, until_today
from kpis.reports.document import Freshness
from kpis.reports.scope import Asked, Found, Leaders, Leading, Listing, Needs, Scope
from kpis.reports.section import Section
from kpis.rfm import Segmentation, segmentation
from kpis.snapshot import Snapshot


def gather(data: Snapshot, organisation: Organisation, asked: Asked, sections: Sequence[Section]) -> Found:
    """What the sections need: all questions in one go, then what is not a reading."""
    scope = Scope(asked, data.calendar)
    needs = [section.needs(scope) for section in sections]
    questions = list(dict.fromkeys(chain.from_iterable(one.questions for one in needs)))
    then = scope.then
    splits = _all(needs, "splits") if then else []
    return Found(
        scope,
        Formats.of(organisation),
        organisation.name,
        Freshness(data.state.version, data.state.refreshed_at, data.state.newest_day),
        {
            question: tuple(readings)
            for question, readings in zip(questions, ask(data.engine, data.calendar, questions), strict=True)
        },
        {one: change(data, scope.question((one.kpi,)), then, one.by) for one in splits if then},
        {one: _rows(data, scope, one) for one in _all(needs, "listings")},
        {one: leaders(data, scope, one) for one in _all(needs, "leading")},
        _cohorts(data, scope) if any(one.cohorts for one in needs) else (),
        _groups(data, scope) if any(one.groups for one in needs) else None,
    )


def _all(needs: Sequence[Needs], name: str) -> list[Any]:
    return list(dict.fromkeys(chain.from_iterable(getattr(one, name) for one in needs)))


def _rows(data: Snapshot, scope: Scope, wanted: Listing) -> Rows:
    """The rows; none where the question cannot be answered."""
    question = scope.question((wanted.kpi,))
    try:
        return drill.rows(
            data.engine, data.calendar, question, {}, COUNTED, limit=wanted.limit, order=wanted.order
        )
    except drill.NoRows:
        return Rows(wanted.kpi, "", (), (), 0)


def leaders(data: Snapshot, scope: Scope, wanted: Leading) -> Leaders:
    """Summed and ranked by the engine: there may be as many members as customers."""
    kpi, question = definition_of(wanted.kpi), scope.question((wanted.kpi,), (wanted.by,))
    assert isinstance(kpi, KPI), "a composition's members do not add up"
    if refusal(kpi, question):
        return Leaders((), 0)
    period = until_today(question.period, question)
    parts = clauses(kpi, literal(period.start, Date), literal(period.end, Date))
    member = member_of(kpi.fact.table, wanted.by)
    total = cast(func.sum(parts.each), BigInteger)
    statement = drill.counted(kpi, question, member.label("member"), total.label("total")).group_by(member)
    grouped = statement.where(member.isnot(None)).subquery("members")
    found = select(grouped, func.count().over().label("members")).order_by(
        grouped.c.total.desc(), grouped.c.member
    )
    rows = data.engine.run(found.limit(wanted.limit).params(today=question.today)).to_pylist()
    first = tuple((row["member"], row["total"] / kpi.each_scale) for row in rows)
    return Leaders(first, rows[0]["members"] if rows else 0)


def _cohorts(data: Snapshot, scope: Scope) -> tuple[Kept, ...]:
    """Retention by quarter; nothing where the selection is by what customers do not have."""
    question = scope.question(())
    if not _has(facts.customers, question):
        return ()
    return tuple(retention(data, question))


def _groups(data: Snapshot, scope: Scope) -> Segmentation | None:
    question = scope.question(())
    return segmentation(data, question) if _has(facts.buying_days, question) else None


def _has(table: Table, question: Question) -> bool:
    """The table knows all dimensions of the selection."""
    return all(has_member(table, dimension) for dimension, _ in restrictions(question))
