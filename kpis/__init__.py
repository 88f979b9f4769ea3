"""KPI definitions and the compiler that answers questions about them. Knows no screen."""

from __future__ import annotations

from collections.abc import Iterator

from kpis import change as why
from kpis import drill, read
from kpis import explain as proof
from kpis.answers import Cell, Count, Explanation, Goal, Reading, Rows, Spread
from kpis.catalog import DEFINITIONS, HEADLINE
from kpis.change import Change, Effect
from kpis.clauses import NoMember
from kpis.dimensions import DIMENSIONS
from kpis.drill import COUNTED, LARGEST, LEFT_OUT, MISSED, NEWEST, OLDEST, UNDATED, NoRows, Which
from kpis.inputs import part_totals
from kpis.ledger import Ledger
from kpis.model import Better, Unit
from kpis.period import Calendar, Period
from kpis.question import EVERYONE, Question, Viewer
from kpis.read import UnknownKPI
from kpis.snapshot import Copy, opened

__all__ = [
    "COUNTED",
    "DEFINITIONS",
    "DIMENSIONS",
    "EVERYONE",
    "HEADLINE",
    "LARGEST",
    "LEFT_OUT",
    "MISSED",
    "NEWEST",
    "OLDEST",
    "UNDATED",
    "Better",
    "Calendar",
    "Cell",
    "Change",
    "Copy",
    "Count",
    "Effect",
    "Explanation",
    "Goal",
    "Ledger",
    "NoMember",
    "NoRows",
    "Period",
    "Question",
    "Reading",
    "Rows",
    "Spread",
    "Unit",
    "UnknownKPI",
    "Viewer",
    "Which",
    "ask",
    "change",
    "explain",
    "opened",
    "rows",
    "stream",
]


def ask(copy: Copy, *questions: Question) -> list[list[Reading]]:
    """For each question, one Reading for each of its KPIs, in order. Ask a page's questions together:
    those about the same rows share a statement, and all speak of the same version of the data."""
    with opened(copy) as data:
        return read.ask(data.engine, data.calendar, questions)


def rows(
    copy: Copy,
    question: Question,
    which: Which = COUNTED,
    *,
    offset: int = 0,
    limit: int | None = 100,
    order: str = OLDEST,
) -> Rows:
    """The rows behind the question's first KPI. `which`: COUNTED, LEFT_OUT, UNDATED, a reason's words; or of
    a stock a Ledger, whose rows add up to its change.
    `order`: OLDEST or NEWEST first, LARGEST (those that count for most), or MISSED (the heaviest of those
    that count for nothing, such as the largest deals lost behind a win rate by value).

    Raises NoRows where the question cannot be answered.
    """
    with opened(copy) as data:
        totals = part_totals(data, question)
        return drill.rows(
            data.engine, data.calendar, question, totals, which, offset=offset, limit=limit, order=order
        )


def stream(copy: Copy, question: Question, which: Which = COUNTED, *, size: int = 20_000) -> Iterator[Rows]:
    """All rows behind the question's first KPI, in portions, of one version of the data.

    Raises NoRows where the question cannot be answered.
    """
    with opened(copy) as data:
        totals = part_totals(data, question)
        yield from drill.stream(data.engine, data.calendar, question, totals, which, size)


def explain(copy: Copy, question: Question, compared: Period | None = None) -> Explanation:
    """All that proves the question's first KPI, beside the same for the window it is compared with."""
    with opened(copy) as data:
        return proof.explain(data, question, compared)


def change(copy: Copy, question: Question, then: Period, by: str | None = None) -> Change:
    """How the question's first KPI came from its value in `then` to the one it has: effects, by the members
    of a dimension (or a stock's reasons, or a formula's inputs), that add up to the change exactly."""
    with opened(copy) as data:
        return why.change(data, question, then, by)
