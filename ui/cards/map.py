"""A number by place: the map of the world, regions and countries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpis import DEFINITIONS, Question
from ui.breakdowns import where_from
from ui.cards.card import Answers
from ui.page import Page


@dataclass(frozen=True)
class Map:
    """A KPI on the map, with lists of regions and countries."""

    kpi: str
    title: str | None = None

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {
            "countries": page.question((self.kpi,), by=("country",)),
            "regions": page.question((self.kpi,), by=("region",)),
        }

    def draw(self, page: Page, answers: Answers) -> None:
        title = self.title or f"{DEFINITIONS[self.kpi].label} by country"
        where_from(page, answers["countries"][0], answers["regions"][0], title)
