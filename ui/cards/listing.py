"""The first rows behind a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import COUNTED, DEFINITIONS, DIMENSIONS, LARGEST, NoRows, Question
from kpis.model import Unit
from ui import cache
from ui.cards.card import Answers, framed, why
from ui.drilldown import rows_as_table
from ui.links import link
from ui.page import Page


@dataclass(frozen=True)
class Listing:
    """The first rows behind a KPI, in one of the orders of `kpis.rows`, and the way to all of them."""

    kpi: str
    title: str | None = None
    top: int = 8
    order: str = LARGEST
    without: tuple[str, ...] = ()  # columns that say nothing here
    most: int = 6  # columns there is room for

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {"now": page.question((self.kpi,))}

    def draw(self, page: Page, answers: Answers) -> None:
        kpi, reading = DEFINITIONS[self.kpi], answers["now"][0]
        title = self.title or kpi.label
        with framed(self, title, page.view.prove(self.kpi)):
            try:
                question = page.question((self.kpi,))
                found = cache.rows(page.copy, question, COUNTED, 0, self.top, order=self.order)
            except NoRows as reason:
                why(str(reason))
                return
            if not found.total:
                why(reading.why or "No rows in this period.")
                return
            money = kpi.unit is Unit.MONEY
            without = (*self.without, *(one.key for one in DIMENSIONS.marked))  # there is little room
            drawn = rows_as_table(page, found, title, most=self.most, without=without, money=money)
            st.markdown(drawn, unsafe_allow_html=True)
            if found.total > len(found.rows):
                link("rows", f"All {page.formats.number(found.total)} rows", page.view.prove(self.kpi))
