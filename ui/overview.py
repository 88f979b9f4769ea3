"""What the Overview asks. Kept apart from the page, so that its questions can be timed without it."""

from __future__ import annotations

from datetime import date

from kpis import HEADLINE, Question, Viewer
from kpis.period import Calendar, Grain, Period
from kpis.period import grain_for as grain_for
from ui.view import View

#: The row of plain figures below the gauges.
FIGURES = (
    "revenue_won",
    "deals_won",
    "average_deal",
    "win_rate",
    "open_pipeline",
    "active_customers",
    "new_customers",
)
TRENDS = ("revenue_won", "new_customers", "win_rate", "csat")


def questions(view: View, calendar: Calendar, today: date, viewer: Viewer) -> dict[str, Question]:
    """Every question of the page, by the name it goes by there. Ask them all at once.

    "then" and "regions then" are there when the view compares.
    """
    period = window(view, calendar, today)
    compared = calendar.comparable(period, view.compare, today)
    grain = grain_for(period)

    def question(
        kpis: tuple[str, ...], over: Period, by: tuple[str, ...] = (), every: Grain | None = None
    ) -> Question:
        return Question(kpis, over, today, every, by, view.where, viewer, margins=not every)

    asked = {
        "now": question(tuple(dict.fromkeys((*HEADLINE, *TRENDS))), period, every=grain),
        "figures": question(FIGURES, period),
        "countries": question(("revenue_won",), period, by=("country",)),
        "regions": question(("revenue_won",), period, by=("region",)),
        "revenue by segment": question(("revenue_won",), period, by=("segment",)),
        "customers by segment": question(("active_customers",), period, by=("segment",)),
    }
    if compared:
        asked["then"] = question(tuple(dict.fromkeys((*HEADLINE, *FIGURES))), compared)
        asked["trends then"] = question(TRENDS, compared, every=grain)
        asked["regions then"] = question(("revenue_won",), compared, by=("region",))
    return asked


def window(view: View, calendar: Calendar, today: date) -> Period:
    """The period that the view shows."""
    return view.custom or calendar.preset(view.period, today)
