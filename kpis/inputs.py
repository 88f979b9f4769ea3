"""The inputs of a composition: the total of each part over its own window, and the target."""

from __future__ import annotations

from fractions import Fraction

from kpis.compose import as_total, part_question, target_of
from kpis.goals import read_targets
from kpis.model import TARGET, Composition
from kpis.question import Question
from kpis.read import ask, definition_of, refusal, restrictions, until_today
from kpis.snapshot import Snapshot


def part_totals(data: Snapshot, question: Question) -> dict[str, Fraction]:
    """Each part's total, exactly, and the target if there is one, for a composition; nothing for a plain
    KPI."""
    definition = definition_of(question.kpis[0])
    if not isinstance(definition, Composition) or refusal(definition, question):
        return {}
    asked = part_questions(data, question)
    readings = [one[0] for one in ask(data.engine, data.calendar, asked)]
    totals = {one.key: one.numerator or Fraction(0) for one in readings}
    if definition.target:
        period = until_today(question.period, question)
        known = read_targets(data.engine, [definition], {name for name, _ in restrictions(question)})
        aim = target_of(definition, period, restrictions(question), known, data.calendar)
        if aim:
            totals[TARGET] = as_total(aim)
    return totals


def part_questions(data: Snapshot, question: Question) -> list[Question]:
    """The questions about the parts of the first KPI, a composition."""
    definition = definition_of(question.kpis[0])
    period = until_today(question.period, question)
    return [part_question(definition, part, question, period, data.calendar) for part in definition.parts]
