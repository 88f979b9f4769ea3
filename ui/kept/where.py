"""Where the parts of a kept report lead to."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from kpis.kept import Figure, Head, Kept
from kpis.question import Where
from kpis.reports import REPORTS
from ui.links import Query
from ui.page import Page
from ui.view import View, filters


def title_of(head: Head) -> str:
    return REPORTS[head.name].title if head.name in REPORTS else head.name


def page_then(page: Page, found: Kept) -> Page:
    """The page with the kept report's window and filters, so that links lead to what it speaks of. Filters
    that no page offers travel as if they had been clicked."""
    asked = found.found.scope.asked
    where = cast(Where, tuple(one for one in asked.where if one[0] in filters()))
    beside = cast(Where, tuple(one for one in asked.where if one[0] not in filters()))
    view = View(custom=asked.period, compare=asked.compare, where=where, at=beside, kept=found.head.id)
    return replace(page, view=view, today=asked.today)


def figure_query(page: Page, found: Kept, figure: Figure) -> Query:
    """The link to the rows by which a figure differs today."""
    return page.view.overview(
        kept=found.head.id,
        kpi=figure.kpi,
        at=tuple((dimension, (member,)) for dimension, member in figure.at),
        bucket=None if figure.period == found.found.scope.period else figure.period,
    )


def rows_query(then: Page, figure: Figure) -> Query:
    """The link to the rows behind the figure today. `then`: the page as `page_then` gives it."""
    at = {dimension: (member,) for dimension, member in figure.at}
    return then.view.overview(
        kpi=figure.kpi, at=tuple((dict(then.view.at) | at).items()), custom=figure.period
    )
