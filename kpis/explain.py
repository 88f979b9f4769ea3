"""Everything that proves a reading."""

from __future__ import annotations

from sqlalchemy import Column
from sqlalchemy.sql import ClauseElement

from crm_data.warehouse.query import readable
from kpis import drill
from kpis.answers import Count, Explanation
from kpis.clauses import conditions
from kpis.dimensions import DIMENSIONS
from kpis.inputs import part_questions
from kpis.model import KPI, Age, AsOf, AtClose, Cohort, Composition, Definition, Due, During, Spell
from kpis.period import Period
from kpis.query import Engine, total_statement
from kpis.question import Question
from kpis.read import ask, definition_of, refusal, restrictions, until_today
from kpis.snapshot import Snapshot

Proof = tuple[tuple[Count, ...], tuple[Count, ...], tuple[str, ...]]
_NOTHING: Proof = (), (), ()


def explain(data: Snapshot, question: Question, compared: Period | None = None) -> Explanation:
    """The proof of the first KPI of the question, beside the same for the window it is compared with."""
    definition = definition_of(question.kpis[0])
    questions = [_over(question, period) for period in (question.period, compared) if period]
    readings = [answers[0] for answers in ask(data.engine, data.calendar, questions)]
    left_out, undated, sql = _NOTHING
    if isinstance(definition, KPI) and refusal(definition, question) is None:
        left_out, undated, sql = _proof(data.engine, definition, question)
    return Explanation(
        reading=readings[0],
        compared=readings[1] if compared else None,
        sentence=definition.help,
        formula=definition.formula,
        counted=readings[0].n or 0,
        left_out=left_out,
        undated=undated,
        source=definition.source,
        refreshed_at=data.state.refreshed_at,
        changed_at=data.state.changed_at,
        newest_day=data.state.newest_day,
        sql=sql,
        parts=_parts(data, definition, question, compared),
        facts=words(definition) | words_on_marks(definition),
    )


def words(definition: Definition) -> dict[str, str]:
    """The definition in words: what one row is, what places it in time, what it has to be."""
    known = {
        "Unit": definition.unit.value,
        "Better": definition.better.value,
        "Adds up over": definition.adds,
        "Windows": definition.windows.value,
    }
    if isinstance(definition, Composition):
        return known | {"Made of": ", ".join(_part_words(definition))}
    reasons = [demand.otherwise for demand in conditions(definition)]
    if any(isinstance(number, Column | AtClose | Age) for number in (definition.each, definition.per)):
        reasons.append(definition.no_value)
    return (
        {"One row": f"one {definition.fact.one}", "Clock": clock_words(definition)}
        | known
        | {"Left out": "; ".join(reasons) or "nothing"}
    )


def words_on_marks(definition: Definition) -> dict[str, str]:
    """What has to be known of the marked custom columns among its dimensions."""
    labels = [DIMENSIONS[key].label for key in definition.dimensions if DIMENSIONS[key].owner]
    if not labels:
        return {}
    return {"Custom columns": f"{', '.join(labels)}: what a record has in them now counts for all days"}


def _part_words(definition: Composition) -> list[str]:
    """The parts, those of other windows with their window, and the target."""
    made = []
    for part in definition.parts:
        over = definition.over.get(part.key)
        window = f" of the last {over} days" if isinstance(over, int) else f" of the {over} so far"
        made.append(part.label + (window if over else ""))
    if definition.target:
        whole = f" for the whole {definition.target_of}" if definition.target_of else ""
        made.append(f"the target of {definition.target.label.lower()}{whole}")
    return made


def counted_words(definition: Definition) -> str:
    """What n counts: rows, or the things that they stand for."""
    times = definition.parts[0].fact.times
    return f"{'Rows' if times is None else times.name.capitalize()} counted"


def clock_words(kpi: KPI) -> str:
    clock = kpi.clock
    if isinstance(clock, During):
        return f"{_name(clock.day)} in the period"
    if isinstance(clock, AsOf):
        return "in force at the end of the period's last day"
    if isinstance(clock, Cohort):
        if isinstance(clock.entry, Spell):
            judged = "the outcome inside the period" if clock.outcome is not None else "beside its close"
            return f"in force when the period opens; {judged}"
        return f"{_name(clock.entry)} in the period; the outcome within {clock.within} days of it"
    if isinstance(clock, Due):
        return f"{_name(clock.day)} in the period, and not moved within it; moved to a later one"
    return "in force in the period, times its days in it"


def _name(column: object) -> str:
    return getattr(column, "name", "day").replace("_", " ")


def _over(question: Question, period: Period) -> Question:
    return Question(question.kpis[:1], period, question.today, where=question.where, viewer=question.viewer)


def _proof(engine: Engine, kpi: KPI, question: Question) -> Proof:
    """Rows left out, rows without a date, and the SQL that gives the value and the rows."""
    sql = tuple(readable(statement) for statement in _statements(kpi, question))
    return drill.left_out_counts(engine, kpi, question), drill.undated_counts(engine, kpi, question), sql


def _statements(kpi: KPI, question: Question) -> list[ClauseElement]:
    period = until_today(question.period, question)
    rows = drill.rows_statement(kpi, question).params(today=question.today)
    return [total_statement(kpi, period, restrictions(question), question.today), rows]


def _parts(
    data: Snapshot, definition: Definition, question: Question, compared: Period | None
) -> tuple[Explanation, ...]:
    if not isinstance(definition, Composition):
        return ()
    now = part_questions(data, question)
    then = part_questions(data, _over(question, compared)) if compared else []
    earlier: list[Period | None] = [one.period for one in then] or [None for _ in now]
    return tuple(explain(data, one, period) for one, period in zip(now, earlier, strict=True))
