"""A number over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import DEFINITIONS, Question
from ui.cards.card import Answers, framed
from ui.page import Page
from ui.trend import Trend as Series
from ui.trend import footnote, heading, trend
from ui.verdict import change


@dataclass(frozen=True)
class Trend:
    """A KPI's course beside that of the window it is compared with."""

    kpi: str
    title: str | None = None

    def questions(self, page: Page) -> Mapping[str, Question]:
        return page.compared_question((self.kpi,), grain=page.grain)

    def draw(self, page: Page, answers: Answers) -> None:
        kpi, now = DEFINITIONS[self.kpi], answers["now"][0]
        then = next(iter(answers.get("then", ())), None)
        series = Series(kpi, now, then, page.grain, page.compared_with)
        with framed(self, self.title or kpi.label, page.view.prove(self.kpi)):
            moved = change(now, then, kpi, page.formats)
            st.markdown(heading(series, moved, page.formats), unsafe_allow_html=True)
            st.markdown(trend(series, page.view, page.formats, page.calendar), unsafe_allow_html=True)
            note = footnote(now, page.calendar, page.grain)
            if note and any(cell.value is not None for cell in now.cells):
                st.markdown(note, unsafe_allow_html=True)
