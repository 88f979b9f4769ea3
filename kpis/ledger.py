"""A stock's ledger: + what started and - what ended, by reason. Between the ends of two windows it is the
stock's change; its rows are what each reason's part of the change is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Date,
    Select,
    String,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import Subquery

from kpis.clauses import allowed, clauses, member_of
from kpis.model import KPI, Age, AsOf, AtClose, Definition
from kpis.period import Period
from kpis.question import Question
from kpis.read import restrictions, until_today

OTHER = "other"  # a start or an end without a reason


@dataclass(frozen=True)
class Ledger:
    """Rows of a stock's ledger between the end of `then` and that of the question's period: those of the
    reason, or of all."""

    then: Period
    reason: str | None = None


def is_stock(definition: Definition) -> bool:
    """A total of what is there. The mean of a stock is a fraction like any other; an age has no ledger."""
    return (
        isinstance(definition, KPI)
        and isinstance(definition.clock, AsOf)
        and definition.per is None
        and not isinstance(definition.each, Age | AtClose)
        and definition.aged is None
    )


def sums(kpi: KPI, question: Question, then: Period) -> Select[Any]:
    """What each reason adds to the stock, in the copy's whole numbers."""
    ledger = _entries(kpi, question, Ledger(then))
    total = cast(func.sum(ledger.c.amount), BigInteger)
    return select(ledger.c.reason, total.label("amount")).group_by(ledger.c.reason)


def count(kpi: KPI, question: Question, which: Ledger) -> Select[Any]:
    return select(func.count().label("rows")).select_from(_entries(kpi, question, which))


def listed(kpi: KPI, question: Question, which: Ledger, first: str) -> Select[Any]:
    """The rows themselves, each with the number that it adds. first: oldest, newest or largest."""
    names = kpi.dimensions
    entries = _entries(kpi, question, which, names)
    c = entries.c
    shown = [c.id, c.day, c.reason.label("happened"), *(c[name] for name in names)]
    shown += [c.amount.label("counts_for"), null().label("weight"), null().label("why")]
    order: dict[str, list[ColumnElement[Any]]] = {
        "oldest": [c.day, c.id],
        "newest": [c.day.desc(), c.id.desc()],
    }
    by = order.get(first, [func.abs(c.amount).desc(), c.id])
    return select(*shown).order_by(*by, c.day, c.reason, c.amount, *(c[name] for name in names))


def _entries(kpi: KPI, question: Question, which: Ledger, names: Sequence[str] = ()) -> Subquery:
    """+ each counted span that starts, - each that ends, within (end of then, end of now]; the other way
    round where then is the later window."""
    assert isinstance(kpi.clock, AsOf)
    old, new = (until_today(one, question).end for one in (which.then, question.period))
    way, since, until = (1 if old <= new else -1), min(old, new), max(old, new)
    spell, known, nowhere = kpi.clock.spell, kpi.fact.c, literal(None, Date)
    parts = clauses(kpi, nowhere, nowhere)
    lasting = spell.end.is_(None) | (spell.start < spell.end)
    counted = parts.counts & allowed(kpi, restrictions(question)) & lasting

    def branch(day: ColumnElement[Any], reason: Column[Any], sign: int) -> Select[Any]:
        why = func.coalesce(cast(reason, String), literal(OTHER))
        found = select(
            known.id.label("id"),
            day.label("day"),
            why.label("reason"),
            (parts.each * (sign * way)).label("amount"),
            *(member_of(kpi.fact.table, name) for name in names),
        ).where(counted, spell.start.isnot(None), day >= since, day < until)
        return found if which.reason is None else found.where(why == which.reason)

    return union_all(
        branch(spell.start, known.start_reason, 1), branch(spell.end, known.end_reason, -1)
    ).subquery("ledger")
