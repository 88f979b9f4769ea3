"""A row of numbers: value, status, change and course; each leads to its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import DEFINITIONS, Question
from ui.cards.card import Answers, name, reading_of
from ui.gauge import Tile, small
from ui.links import link
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
        with st.container(key=f"multiples-{name(self)}"):
            for key in self.keys:
                kpi, now = DEFINITIONS[key], reading_of(answers["now"], key)
                with st.container(border=True, key=f"tile-small-{key}", gap="xxsmall"):
                    link("rows", kpi.label, page.view.prove(key))
                    course = tuple((cell.value, cell.unfinished) for cell in now.cells)
                    moved = change(now, then.get(key), kpi, page.formats)
                    shown = Tile(kpi, now, moved, page.compared_with, course)
                    st.markdown(small(shown, page.formats), unsafe_allow_html=True)
