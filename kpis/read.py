"""Answering questions: one Reading for each KPI asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from kpis.answers import Cell, Reading
from kpis.catalog import DEFINITIONS
from kpis.compose import as_total, part_periods, target_of, why_no_target
from kpis.dimensions import DIMENSIONS
from kpis.goals import Target, goal, read_targets, status
from kpis.maturity import immature, notes_on, unfinished
from kpis.model import KPI, Composition, Definition, Phasing
from kpis.period import Calendar, Period
from kpis.query import Engine, Request, tally
from kpis.question import Question, Where
from kpis.tally import Members, Tallies, Tally
from kpis.values import Value, combined_value, value_of

Found = dict[Request, Tallies]


class UnknownKPI(ValueError):
    """A key that no definition has."""


def definition_of(key: str) -> Definition:
    try:
        return DEFINITIONS[key]
    except KeyError:
        raise UnknownKPI(f"No KPI is called {key!r}. `python -m kpis list` shows all.") from None


def ask(engine: Engine, calendar: Calendar, questions: Iterable[Question]) -> list[list[Reading]]:
    """For each question, one Reading for each of its KPIs, in order.

    All questions are planned together: KPIs of the same fact, clock and filters ride on one statement.
    """
    asked = list(questions)
    requests = [
        request
        for question in asked
        for key in question.kpis
        if not refusal(definition_of(key), question)
        for request in _requests(definition_of(key), question, calendar)
    ]
    found = tally(engine, requests)
    definitions = {definition_of(key) for question in asked for key in question.kpis}
    known = read_targets(engine, definitions, _narrowed(asked))
    return [
        [_reading(definition_of(key), question, calendar, found, known) for key in question.kpis]
        for question in asked
    ]


def over(
    engine: Engine,
    calendar: Calendar,
    asked: Sequence[tuple[Definition, tuple[Period, ...], tuple[str, ...], Where, date]],
) -> list[dict[tuple[int, Members], Value]]:
    """Of each (definition, windows, dimensions, filters, today): the values by number of the window and
    members. As `ask`, but for many windows of one KPI at once."""
    requests = [
        [
            Request(
                part,
                part_periods(definition, part, periods, calendar),
                by,
                where,
                today,
                margins=_is_uncertain(definition, part),
                spread=part.median,
            )
            for part in definition.parts
        ]
        for definition, periods, by, where, today in asked
    ]
    found = tally(engine, [request for parts in requests for request in parts])
    dimensions = {name for _, _, by, where, _ in asked for name in (*by, *(one for one, _ in where))}
    known = read_targets(engine, {definition for definition, *_ in asked}, dimensions)
    answers = []
    for (definition, periods, by, where, _), parts in zip(asked, requests, strict=True):
        tallies = {request.kpi.key: found[request] for request in parts}
        answers.append(
            {
                (index, members): _value(
                    definition,
                    periods[index],
                    where,
                    dict(zip(by, members, strict=True)),
                    calendar,
                    known,
                    {key: held.get((index, members), Tally()) for key, held in tallies.items()},
                )
                for index, members in _places(tallies, periods, by)
            }
        )
    return answers


def refusal(definition: Definition, question: Question) -> str | None:
    """In words, why the question cannot be answered at all; None if it can."""
    if question.period.start > question.today:
        return f"The period has not begun: today is {question.today:%-d %b %Y}."
    needed = [*question.by, *(dimension for dimension, _ in restrictions(question))]
    for dimension in needed:
        if dimension not in DIMENSIONS:
            return DIMENSIONS.why_not(dimension)
        for part in definition.parts:
            if dimension not in part.dimensions:
                return f"{part.label} has no {DIMENSIONS[dimension].label.lower()}."
    return None


def restrictions(question: Question) -> Where:
    """The question's filters and its viewer's rights, in an order that does not depend on who wrote them."""
    return tuple(sorted((*question.where, *question.viewer.rights), key=repr))


def _narrowed(asked: Iterable[Question]) -> set[str]:
    """The dimensions of which a member's target may be wanted: by filters; by the breakdown of what is
    measured by a target."""
    found: set[str] = set()
    for question in asked:
        found |= {dimension for dimension, _ in restrictions(question)}
        definitions = [definition_of(key) for key in question.kpis]
        if any(isinstance(one, Composition) and one.target for one in definitions):
            found |= set(question.by)
    return found


def until_today(period: Period, question: Question) -> Period:
    """The part of the period up to today: nothing dated later has happened. Of a later one, today."""
    tomorrow = question.today + timedelta(days=1)
    return Period(min(period.start, question.today), min(period.end, tomorrow))


def buckets(question: Question, calendar: Calendar) -> tuple[Period, ...]:
    """The windows of the cells: the grain's units inside the period, or the period itself."""
    period = until_today(question.period, question)
    return calendar.buckets(period, question.grain) if question.grain else (period,)


def _requests(definition: Definition, question: Question, calendar: Calendar) -> Iterable[Request]:
    for part in definition.parts:
        yield _of_total(definition, part, question, calendar)
        if question.grain or question.by:
            yield _of_cells(definition, part, question, calendar)


def _of_total(definition: Definition, part: KPI, question: Question, calendar: Calendar) -> Request:
    return Request(
        part,
        part_periods(definition, part, (until_today(question.period, question),), calendar),
        (),
        restrictions(question),
        question.today,
        margins=_is_uncertain(definition, part),
        spread=part is definition and part.spread,
    )


def _of_cells(definition: Definition, part: KPI, question: Question, calendar: Calendar) -> Request:
    return Request(
        part,
        part_periods(definition, part, buckets(question, calendar), calendar),
        question.by,
        restrictions(question),
        question.today,
        margins=question.margins and _is_uncertain(definition, part),
        spread=part is definition and part.median,
    )


def _is_uncertain(definition: Definition, part: KPI) -> bool:
    """The part's own scatter makes the interval."""
    return part.key in definition.errors if isinstance(definition, Composition) else True


def _reading(
    definition: Definition, question: Question, calendar: Calendar, found: Found, known: list[Target]
) -> Reading:
    why = refusal(definition, question)
    if why:
        return Reading(definition.key, question.period, None, why, None, None, None, None, None)
    where, period = restrictions(question), until_today(question.period, question)
    totals = {part.key: found[_of_total(definition, part, question, calendar)] for part in definition.parts}
    tallies = {key: tallies.get((0, ()), Tally()) for key, tallies in totals.items()}
    total = _value(definition, period, where, {}, calendar, known, tallies)
    low, high = total.bounds or (None, None)
    # What is not over yet is judged by the part that is; a level is expected all along.
    judged = question.period if definition.phasing is Phasing.LEVEL else period
    aim = goal(definition, judged, where, known)
    return Reading(
        key=definition.key,
        period=question.period,
        value=total.value,
        why=total.why,
        n=total.n,
        low=low,
        high=high,
        numerator=total.numerator,
        denominator=total.denominator,
        spread=total.spread,
        goal=aim,
        status=status(definition, total.n, total.value, low, high, aim),
        left_out=total.left_out,
        notes=(*total.notes, *notes_on(definition, question, narrowed=bool(where))),
        cells=_cells(definition, question, calendar, found, known),
        unfinished=unfinished(question.period, question, calendar),
    )


def _value(
    definition: Definition,
    period: Period,
    where: Where,
    at: dict[str, object],
    calendar: Calendar,
    known: list[Target],
    tallies: dict[str, Tally],
    *,
    margins: bool = True,
) -> Value:
    if isinstance(definition, Composition):
        scope = (*where, *((name, (member,)) for name, member in at.items()))
        aim = target_of(definition, period, scope, known, calendar)
        value = combined_value(definition, tallies, as_total(aim) if aim else None, margins=margins)
        if definition.target and not aim:
            why = why_no_target(definition, period, where, tuple(at), calendar)
            return replace(value, value=None, why=why, bounds=None, notes=())
        if aim:
            value = replace(value, notes=(*value.notes, f"Measured by the {aim.source}."))
    else:
        value = value_of(definition, tallies[definition.key], margins=margins)
    refused = definition.windows.refuses(period)
    return replace(value, value=None, why=refused, bounds=None, spread=None, notes=()) if refused else value


def _cells(
    definition: Definition, question: Question, calendar: Calendar, found: Found, known: list[Target]
) -> tuple[Cell, ...]:
    if not question.grain and not question.by:
        return ()
    periods = buckets(question, calendar)
    parts = {part.key: found[_of_cells(definition, part, question, calendar)] for part in definition.parts}
    return tuple(
        _cell(definition, question, calendar, known, periods[index], members, index, parts)
        for index, members in _places(parts, periods, question.by)
    )


def _places(
    parts: dict[str, Tallies], periods: Sequence[Period], by: tuple[str, ...]
) -> Iterable[tuple[int, Members]]:
    """Each bucket in turn; in it each member that any part knows, "(none)" last."""
    if not by:
        return [(index, ()) for index in range(len(periods))]
    known = {key for tallies in parts.values() for key in tallies}
    return sorted(known, key=lambda key: (key[0], [(member is None, str(member)) for member in key[1]]))


def _cell(
    definition: Definition,
    question: Question,
    calendar: Calendar,
    known: list[Target],
    period: Period,
    members: Members,
    index: int,
    parts: dict[str, Tallies],
) -> Cell:
    at: dict[str, object] = dict(zip(question.by, members, strict=True))
    tallies = {key: tallies.get((index, members), Tally()) for key, tallies in parts.items()}
    where = restrictions(question)
    value = _value(definition, period, where, at, calendar, known, tallies, margins=question.margins)
    low, high = value.bounds or (None, None)
    cut = False
    if question.grain:
        at["period"] = period
        cut = unfinished(period, question, calendar) or immature(definition, period, question.today)
    return Cell(at, value.value, value.why, value.n, low, high, value.numerator, value.denominator, cut)
