"""A total by bands, each a KPI of its own: by age, for instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import DEFINITIONS, Question
from ui.bars import Line, lines
from ui.cards.card import Answers, because, framed, na, reading_of
from ui.escape import html
from ui.links import href
from ui.page import Page
from ui.verdict import change, moved_mark


@dataclass(frozen=True)
class Bands:
    """A line for each band, in their order; together they are `total`."""

    title: str
    total: str
    kpis: tuple[str, ...]

    def questions(self, page: Page) -> Mapping[str, Question]:
        return page.compared_question((self.total, *self.kpis))

    def draw(self, page: Page, answers: Answers) -> None:
        total = reading_of(answers["now"], self.total)
        with framed(self, self.title, page.view.prove(self.total)):
            if total.value is None:
                because(total)
                return
            drawn = [self._line(page, answers, key, total.value) for key in self.kpis]
            st.markdown(lines(drawn, self.title), unsafe_allow_html=True)
            unit = DEFINITIONS[self.total].unit
            said = f"Together {page.formats.short(unit, total.value)}, at the end of the period."
            st.markdown(f'<div class="note">{html(said)}</div>', unsafe_allow_html=True)

    def _line(self, page: Page, answers: Answers, key: str, total: float) -> Line:
        kpi, now = DEFINITIONS[key], reading_of(answers["now"], key)
        then = reading_of(answers["then"], key) if "then" in answers else None
        share = (now.value or 0.0) / total if total else 0.0
        return Line(
            name=kpi.label,
            number=na(now.why) if now.value is None else html(page.formats.short(kpi.unit, now.value)),
            beside=html(page.formats.percent(share)) if now.value is not None and total else "",
            moved=moved_mark(change(now, then, kpi, page.formats)) if then else "",
            bar=share,
            href=href("rows", page.view.prove(key)),
        )
