"""The rows behind a number: those counted, those left out and why, and those without a date."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, func, literal, select

from kpis import ledger
from kpis.answers import Count, Rows
from kpis.clauses import (
    allowed,
    clauses,
    clock_day,
    in_no_window,
    in_window,
    member_of,
    members,
    rows_of,
    why_in_no_window,
    why_left_out,
)
from kpis.compose import part_question
from kpis.dimensions import DIMENSIONS
from kpis.goals import scope_of
from kpis.ledger import Ledger
from kpis.model import KPI, TARGET, AsOf, Cohort, Composition, Definition, Spell, Throughout
from kpis.period import Calendar
from kpis.query import Engine
from kpis.question import Question, Where
from kpis.read import definition_of, refusal, restrictions, until_today

#: which rows: those counted, all left out, those left out for one reason, or those that no window can hold;
#: and of a stock, those of its ledger
COUNTED, LEFT_OUT, UNDATED = "counted", "left out", "undated"
Which = str | Ledger

#: which rows first: by date, the latest, those that count for most, or the heaviest that count for nothing
OLDEST, NEWEST, LARGEST, MISSED = "oldest", "newest", "largest", "missed"

Terms = tuple[Fraction, Fraction]
ALONE: Terms = (Fraction(1), Fraction(1))  # not a part of a composition


class NoRows(ValueError):
    """The question has no rows to show: it cannot be answered at all."""


@dataclass(frozen=True)
class Part:
    """A KPI that a number is made of, and what its rows add to numerator and denominator."""

    kpi: KPI
    terms: Terms


def parts_of(definition: Definition, totals: dict[str, Fraction]) -> list[Part]:
    """The KPIs whose rows make the number. Parts that this number does not use are not among them."""
    if not isinstance(definition, Composition):
        return [Part(definition, ALONE)]
    used = definition.combine(totals).terms
    return [Part(part, used[part.key]) for part in definition.parts if part.key in used]


def rows(
    engine: Engine,
    calendar: Calendar,
    question: Question,
    totals: dict[str, Fraction],
    which: Which = COUNTED,
    *,
    offset: int = 0,
    limit: int | None = 100,
    order: str = OLDEST,
) -> Rows:
    """A page of the rows of `question.kpis[0]`. `which`: COUNTED, LEFT_OUT, UNDATED, a reason, or a Ledger.

    totals: of a composition's parts, to know which of them the number uses. A target is its last row.
    Raises NoRows where the question cannot be answered.
    """
    definition = definition_of(question.kpis[0])
    _refuse(definition, question, which)
    parts = parts_of(definition, totals)
    columns = _columns(parts, which)
    found: list[tuple[object, ...]] = []
    before = 0
    period = until_today(question.period, question)
    for part in parts:
        asked = part_question(definition, part.kpi, question, period, calendar)
        total = count(engine, part.kpi, asked, which)
        skip = max(offset - before, 0)
        room = None if limit is None else limit - len(found)
        if skip < total and room != 0:
            found += _page(engine, part, asked, which, order, columns, skip, room)
        before += total
    if which == COUNTED and TARGET in totals:
        if offset <= before and (limit is None or len(found) < limit):
            found.append(_target_row(definition, question, totals, columns))
        before += 1
    record = "" if isinstance(definition, Composition) else parts[0].kpi.fact.record
    return Rows(definition.key, record, columns, tuple(found), before)


def stream(
    engine: Engine,
    calendar: Calendar,
    question: Question,
    totals: dict[str, Fraction],
    which: Which,
    size: int,
) -> Iterator[Rows]:
    """All rows as `rows` gives them, in portions of `size` at most.

    Raises NoRows where the question cannot be answered.
    """
    definition = definition_of(question.kpis[0])
    _refuse(definition, question, which)
    parts = parts_of(definition, totals)
    columns = _columns(parts, which)
    record = "" if isinstance(definition, Composition) else parts[0].kpi.fact.record
    period = until_today(question.period, question)
    asked = [part_question(definition, part.kpi, question, period, calendar) for part in parts]
    aimed = which == COUNTED and TARGET in totals
    total = aimed + sum(count(engine, part.kpi, own, which) for part, own in zip(parts, asked, strict=True))
    for part, own in zip(parts, asked, strict=True):
        statement = rows_statement(part.kpi, own, which).params(today=question.today)
        for batch in engine.batches(statement, size):
            shaped = tuple(_shaped(row, part, columns) for row in batch.to_pylist())
            yield Rows(definition.key, record, columns, shaped, total)
    if aimed:
        target = _target_row(definition, question, totals, columns)
        yield Rows(definition.key, record, columns, (target,), total)


def _refuse(definition: Definition, question: Question, which: Which) -> None:
    why = refusal(definition, question)
    if not why and isinstance(which, Ledger):
        why = refusal(definition, replace(question, period=which.then))
        if not ledger.is_stock(definition):
            why = f"{definition.label} is no stock: it has no ledger of what started and what ended."
    if why:
        raise NoRows(why)


def left_out_counts(engine: Engine, kpi: KPI, question: Question) -> tuple[Count, ...]:
    """How many rows of the window are outside the population, by reason; most frequent first."""
    return _counts(engine, kpi, question, LEFT_OUT, why_left_out(kpi, _closes(question)))


def undated_counts(engine: Engine, kpi: KPI, question: Question) -> tuple[Count, ...]:
    """How many rows no window can hold, by reason; most frequent first."""
    return _counts(engine, kpi, question, UNDATED, why_in_no_window(kpi))


def _counts(
    engine: Engine, kpi: KPI, question: Question, which: str, reason: ColumnElement[str]
) -> tuple[Count, ...]:
    why = reason.label("why")
    statement = _held(kpi, question, which, why, func.count().label("rows")).group_by(why)
    counts = [Count(row["why"], row["rows"]) for row in _run(engine, statement, question)]
    return tuple(sorted(counts, key=lambda one: (-one.n, one.words)))


def count(engine: Engine, kpi: KPI, question: Question, which: Which) -> int:
    if isinstance(which, Ledger):
        statement = ledger.count(kpi, question, which)
    else:
        statement = _held(kpi, question, which, func.count().label("rows"))
    return _run(engine, statement, question)[0]["rows"]


def rows_statement(kpi: KPI, question: Question, which: Which = COUNTED, order: str = OLDEST) -> Select[Any]:
    """The rows themselves: key, dates, dimensions, and what each counts for."""
    if isinstance(which, Ledger):
        return ledger.listed(kpi, question, which, order)
    period = until_today(question.period, question)
    parts = clauses(kpi, literal(period.start, Date), literal(period.end, Date))
    day = clock_day(kpi)
    shown = [kpi.fact.c.id, day.label("day"), _end(kpi).label("until")]
    shown += [member_of(kpi.fact.table, name) for name in kpi.dimensions]
    counts = which == COUNTED
    shown.append((parts.each if counts else literal(None)).label("counts_for"))
    shown.append((parts.per if counts and kpi.per is not None else literal(None)).label("weight"))
    whys: dict[str, ColumnElement[Any]] = {COUNTED: literal(None), UNDATED: why_in_no_window(kpi)}
    shown.append(whys.get(which, why_left_out(kpi, _closes(question))).label("why"))
    # One key may have several rows; what a record has in a custom column is the same in all.
    ties = [kpi.fact.table.c[name] for name in kpi.dimensions if name in kpi.fact.table.c]
    firsts: dict[str, list[ColumnElement[Any]]] = {
        OLDEST: [day, kpi.fact.c.id],
        NEWEST: [day.desc(), kpi.fact.c.id.desc()],
        LARGEST: [parts.each.desc().nulls_last(), kpi.fact.c.id],
        MISSED: [parts.each.nulls_last(), parts.per.desc().nulls_last(), kpi.fact.c.id],
    }
    return _held(kpi, question, which, *shown).order_by(*firsts[order], *ties)


def counted(kpi: KPI, question: Question, *columns: ColumnElement[Any]) -> Select[Any]:
    """The columns over the rows that count."""
    return _held(kpi, question, COUNTED, *columns)


def _held(kpi: KPI, question: Question, which: str, *columns: ColumnElement[Any]) -> Select[Any]:
    where: Where = restrictions(question)
    period = until_today(question.period, question)
    opens, closes = literal(period.start, Date), literal(period.end, Date)
    statement = select(*columns).select_from(rows_of(kpi, closes))
    if which == UNDATED:
        return statement.where(members(kpi, where), in_no_window(kpi))
    statement = statement.where(allowed(kpi, where))
    statement = statement.where(in_window(kpi, opens, closes))
    counts = clauses(kpi, opens, closes).counts
    if which == COUNTED:
        return statement.where(counts)
    return (
        statement.where(~counts)
        if which == LEFT_OUT
        else statement.where(~counts, why_left_out(kpi, closes) == which)
    )


def _closes(question: Question) -> ColumnElement[Any]:
    """The day after the window's last."""
    return literal(until_today(question.period, question).end, Date)


def _end(kpi: KPI) -> ColumnElement[Any]:
    """Until when a span lasts; NULL for what happens on one day."""
    clock = kpi.clock
    spell = clock.spell if isinstance(clock, AsOf | Throughout) else None
    if isinstance(clock, Cohort) and isinstance(clock.entry, Spell):
        spell = clock.entry
    return spell.end if spell else literal(None, Date)


def _columns(parts: Sequence[Part], which: Which) -> tuple[str, ...]:
    dimensions = dict.fromkeys(name for part in parts for name in part.kpi.dimensions)
    second = "happened" if isinstance(which, Ledger) else "until"
    return ("part", "record", "id", "day", second, *dimensions, "counts_for", "weight", "why")


def _page(
    engine: Engine,
    part: Part,
    question: Question,
    which: Which,
    order: str,
    columns: tuple[str, ...],
    skip: int,
    room: int | None,
) -> Iterator[tuple[object, ...]]:
    statement = rows_statement(part.kpi, question, which, order).offset(skip).limit(room)
    for row in _run(engine, statement, question):
        yield _shaped(row, part, columns)


def _shaped(row: dict[str, Any], part: Part, columns: tuple[str, ...]) -> tuple[object, ...]:
    """A row as it is shown: what it counts for is in the number's unit."""
    top, bottom = part.terms
    row |= {"part": part.kpi.label, "record": part.kpi.fact.record}
    if row["counts_for"] is not None:
        number = Fraction(int(row["counts_for"]), part.kpi.each_scale)
        row["counts_for"] = exact(number * top)
        if part.kpi.per is not None:
            row["weight"] = exact(Fraction(int(row["weight"]), part.kpi.per_scale))
        elif part.terms != ALONE:
            row["weight"] = exact(number * bottom)
    return tuple(row.get(name) for name in columns)


def _target_row(
    definition: Definition, question: Question, totals: dict[str, Fraction], columns: Sequence[str]
) -> tuple[object, ...]:
    """What the target adds to numerator and denominator."""
    assert isinstance(definition, Composition)
    top, bottom = definition.combine(totals).terms[TARGET]
    dimension, member = scope_of(restrictions(question)) or (None, None)
    row: dict[str, object] = {"part": "Target", "record": "targets"}
    if dimension:
        row[dimension] = int(member) if member and DIMENSIONS[dimension].by_key else member
    row["counts_for"], row["weight"] = exact(totals[TARGET] * top), exact(totals[TARGET] * bottom)
    return tuple(row.get(name) for name in columns)


def exact(value: Fraction) -> int | Decimal | float:
    """The number, without loss where decimals can hold it."""
    if value.denominator == 1:
        return int(value)
    if 10**6 % value.denominator == 0:
        return Decimal(value.numerator) / value.denominator
    return float(value)


def _run(engine: Engine, statement: Select[Any], question: Question) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = engine.run(statement.params(today=question.today)).to_pylist()
    return answer
