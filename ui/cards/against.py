"""Two numbers over time: what comes against what goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import DEFINITIONS, Question
from ui.cards.card import Answers, framed, reading_of
from ui.page import Page
from ui.trend import Trend as Series
from ui.trend import footnote, heading, trend


@dataclass(frozen=True)
class Against:
    """The course of a KPI as a line, that of another one in the same unit dashed."""

    kpi: str
    other: str
    title: str

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {"now": page.question((self.kpi, self.other), grain=page.grain)}

    def draw(self, page: Page, answers: Answers) -> None:
        kpi, other = DEFINITIONS[self.kpi], DEFINITIONS[self.other]
        now, beside = (reading_of(answers["now"], key) for key in (self.kpi, self.other))
        words = f"{other.label.lower()}: {page.formats.short(other.unit, beside.value)}"
        series = Series(kpi, now, beside, page.grain, words)
        with framed(self, self.title, page.view.prove(self.kpi)):
            st.markdown(heading(series, None, page.formats), unsafe_allow_html=True)
            st.markdown(trend(series, page.view, page.formats, page.calendar), unsafe_allow_html=True)
            note = footnote(now, page.calendar, page.grain)
            if note:
                st.markdown(note, unsafe_allow_html=True)
