"""KPI definitions and the compiler that answers questions about them. Knows no screen."""

from __future__ import annotations

from kpis import drill, read
from kpis.answers import Cell, Count, Explanation, Goal, Reading, Rows, Spread
from kpis.catalog import HEADLINE, catalog
from kpis.drill import COUNTED, LEFT_OUT, UNDATED, NoRows
from kpis.explain import Copy, explain, part_totals
from kpis.model import DIMENSIONS, Better, Unit
from kpis.period import Calendar, Period
from kpis.question import EVERYONE, Question, Viewer
from kpis.read import UnknownKPI

__all__ = [
    "COUNTED",
    "DIMENSIONS",
    "EVERYONE",
    "HEADLINE",
    "LEFT_OUT",
    "UNDATED",
    "Better",
    "Calendar",
    "Cell",
    "Copy",
    "Count",
    "Explanation",
    "Goal",
    "NoRows",
    "Period",
    "Question",
    "Reading",
    "Rows",
    "Spread",
    "Unit",
    "UnknownKPI",
    "Viewer",
    "ask",
    "catalog",
    "explain",
    "rows",
]


def ask(copy: Copy, *questions: Question) -> list[list[Reading]]:
    """For each question, one Reading for each of its KPIs, in order. Ask a page's questions together:
    those about the same rows share a statement."""
    return read.ask(copy, Calendar(copy.organisation), questions)


def rows(
    copy: Copy, question: Question, which: str = COUNTED, *, offset: int = 0, limit: int | None = 100
) -> Rows:
    """The rows behind the question's first KPI. `which`: COUNTED, LEFT_OUT, UNDATED or a reason's words.

    Raises NoRows where the question cannot be answered.
    """
    return drill.rows(copy, question, part_totals(copy, question), which, offset=offset, limit=limit)
