"""Cases: how many came, went, and wait."""

from __future__ import annotations

from sqlalchemy import and_

from crm_data.warehouse import facts
from kpis.question import Question
from kpis.snapshot import Snapshot
from kpis.theirs.counting import counts, day_of, in_period, less, values
from kpis.theirs.variant import Variant

_case, _closing = facts.cases.c, facts.case_closings.c


def backlog(data: Snapshot, question: Question) -> list[Variant]:
    ours, came, went = values(data, question, "backlog", "cases_opened", "cases_closed")
    (today,) = values(data, question, "backlog", period=day_of(question.today))
    return [
        Variant("cases open at the end of the period, whenever they were opened", ours, ours=True),
        Variant("cases open today, whatever the period", today),
        Variant("cases opened in the period that are still open today", _still_open(data, question)),
        Variant("cases opened less cases closed in the period", less(came, went)),
        Variant("cases opened in the period", came),
    ]


def cases_opened(data: Snapshot, question: Question) -> list[Variant]:
    (ours,) = values(data, question, "cases_opened")
    n = _of_opened(data, question)
    return [
        Variant("cases opened in the period", ours, ours=True),
        Variant("cases opened in the period that are still open today", _still_open(data, question)),
        Variant("cases opened in the period that are closed by now", n.get("closed")),
        Variant("cases opened in the period, without those that were ever opened again", n.get("smooth")),
    ]


def cases_closed(data: Snapshot, question: Question) -> list[Variant]:
    (ours,) = values(data, question, "cases_closed")
    once = counts(data, question, facts.case_closings, once=in_period(question, _closing.closed_day))
    last = counts(data, question, facts.cases, last=in_period(question, _case.resolved_day))
    n = _of_opened(data, question)
    return [
        Variant("closings in the period; a case that was closed twice counts twice", ours, ours=True),
        Variant("cases closed in the period, each once", once.get("once")),
        Variant("cases whose last closing falls in the period", last.get("last")),
        Variant("cases opened in the period that are closed by now", n.get("closed")),
        Variant("cases opened in the period and closed in it", n.get("within")),
    ]


def _of_opened(data: Snapshot, question: Question) -> dict[str, int]:
    """Of the cases opened in the period."""
    opened = in_period(question, _case.opened_day)
    return counts(
        data,
        question,
        facts.cases,
        open=and_(opened, _case.resolved_day.is_(None)),
        closed=and_(opened, _case.resolved_day.isnot(None)),
        within=and_(opened, in_period(question, _case.resolved_day)),
        smooth=and_(opened, _case.reopened == 0),
    )


def _still_open(data: Snapshot, question: Question) -> int | None:
    return _of_opened(data, question).get("open")
