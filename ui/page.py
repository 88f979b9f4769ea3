"""What a page works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from crm_data.warehouse import Copy
from kpis.answers import Reading
from kpis.period import Calendar, Period
from kpis.question import Question, Viewer
from ui import cache
from ui.formats import Formats
from ui.overview import window
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

    def ask(self, *questions: Question) -> list[list[Reading]]:
        return cache.ask(self.copy, *questions)
