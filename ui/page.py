"""What a page works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm_data.warehouse import Copy
from kpis import DEFINITIONS, DIMENSIONS
from kpis.answers import Reading
from kpis.period import Calendar, Grain, Period
from kpis.question import Question, Viewer
from ui import cache
from ui.formats import Formats
from ui.overview import grain_for, window
from ui.pages import PAGES
from ui.verdict import LAST_YEAR
from ui.view import View


@dataclass(frozen=True)
class Page:
    """What a page works with. `today` is the day that periods count back from."""

    name: str
    view: View
    viewer: Viewer
    copy: Copy
    formats: Formats
    calendar: Calendar
    today: date

    @property
    def period(self) -> Period:
        return window(self.view, self.calendar, self.today)

    def compared(self, period: Period) -> Period | None:
        """The earlier window that this one is compared with."""
        return self.calendar.comparable(period, self.view.compare, self.today)

    @property
    def compared_with(self) -> str:
        """In words, after "vs"; empty where nothing is compared."""
        return {"year": LAST_YEAR, "previous": "previous period"}.get(self.view.compare, "")

    @property
    def grain(self) -> Grain:
        """The buckets that the period's course is drawn in."""
        return grain_for(self.period)

    def question(
        self,
        kpis: tuple[str, ...],
        period: Period | None = None,
        *,
        by: tuple[str, ...] = (),
        grain: Grain | None = None,
    ) -> Question:
        """A question about the page's window, or another one, under its filters. A course has no margins."""
        over, margins = period or self.period, not grain
        return Question(kpis, over, self.today, grain, by, self.view.where, self.viewer, margins)

    def compared_question(
        self, kpis: tuple[str, ...], *, by: tuple[str, ...] = (), grain: Grain | None = None
    ) -> dict[str, Question]:
        """ "now", and "then" where the view compares."""
        asked = {"now": self.question(kpis, by=by, grain=grain)}
        then = self.compared(self.period)
        if then:
            asked["then"] = self.question(kpis, then, by=by, grain=grain)
        return asked

    def dimension(self, key: str) -> str:
        return DIMENSIONS[key].label

    def by_words(self, kpi: str, dimension: str) -> str:
        """Deals lost by reason."""
        return f"{DEFINITIONS[kpi].label} by {DIMENSIONS[dimension].label.lower()}"

    def has(self, name: str) -> bool:
        """There is a page of this name."""
        return any(entry.name == name for entry in PAGES)

    def ask(self, *questions: Question) -> list[list[Reading]]:
        return cache.ask(self.copy, *questions)
