"""The parts of a whole as a ring with a linked list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpis import DEFINITIONS, Question
from ui.cards.card import Answers, framed
from ui.page import Page
from ui.palette import palette
from ui.pie import Pie, colouring, pie, ranked


@dataclass(frozen=True)
class Shares:
    """A total by a dimension of few members."""

    kpi: str
    by: str
    title: str | None = None

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {"now": page.question((self.kpi,), by=(self.by,))}

    def draw(self, page: Page, answers: Answers) -> None:
        reading = answers["now"][0]
        coloured = colouring((member for member, _ in ranked(reading.cells, self.by)), palette())
        title = self.title or page.by_words(self.kpi, self.by)
        with framed(self, title, page.view.prove(self.kpi)):
            pie(Pie(DEFINITIONS[self.kpi], reading, self.by, coloured), page.view, page.formats)
