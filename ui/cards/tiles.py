"""A row of numbers: value, status, change and course; each leads to its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpis import DEFINITIONS, Question
from ui.cards.card import Answers, reading_of
from ui.gauge import Tile, linked, small
from ui.grid import grid
from ui.page import Page
from ui.verdict import change


@dataclass(frozen=True, init=False)
class Tiles:
    """Small tiles of some KPIs."""

    keys: tuple[str, ...]

    def __init__(self, *keys: str) -> None:
        object.__setattr__(self, "keys", keys)

    def questions(self, page: Page) -> Mapping[str, Question]:
        return page.compared_question(self.keys) | {"now": page.question(self.keys, grain=page.grain)}

    def draw(self, page: Page, answers: Answers) -> None:
        then = {one.key: one for one in answers.get("then", ())}
        drawn = []
        for key in self.keys:
            kpi, now = DEFINITIONS[key], reading_of(answers["now"], key)
            course = tuple((cell.value, cell.unfinished) for cell in now.cells)
            moved = change(now, then.get(key), kpi, page.formats)
            shown = Tile(kpi, now, moved, page.compared_with, course)
            drawn.append(linked(shown, small(shown, page.formats), page.view.prove(key)))
        grid("multiples", drawn)
