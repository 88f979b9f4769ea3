"""A number by the members of a dimension, each a line with a bar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import DEFINITIONS, Question
from ui.bars import Line, lines
from ui.cards.card import Answers, because, by_member, framed, largest_first, na
from ui.escape import html
from ui.links import rows_of
from ui.names import members_in_words
from ui.page import Page
from ui.verdict import change_of, is_total, moved_mark

_MOST = 200  # lines behind the button; a list that is longer is a matter for the rows


@dataclass(frozen=True)
class Breakdown:
    """A KPI by a dimension, largest first; what is beyond `top` is behind a button."""

    kpi: str
    by: str
    top: int = 8
    title: str | None = None

    def questions(self, page: Page) -> Mapping[str, Question]:
        return page.compared_question((self.kpi,), by=(self.by,))

    def draw(self, page: Page, answers: Answers) -> None:
        now = answers["now"][0]
        title = self.title or page.by_words(self.kpi, self.by)
        with framed(self, title, page.view.prove(self.kpi)):
            found = self._lines(page, answers)
            if not found:
                because(now)
                return
            st.markdown(lines(found[: self.top], title), unsafe_allow_html=True)
            rest = found[self.top : self.top + _MOST]
            if rest:
                with st.expander(f"{page.formats.number(len(found) - self.top)} more"):
                    st.markdown(lines(rest, title), unsafe_allow_html=True)

    def _lines(self, page: Page, answers: Answers) -> list[Line]:
        kpi, now = DEFINITIONS[self.kpi], answers["now"][0]
        then = next(iter(answers.get("then", ())), None)
        cells, before = by_member(now, self.by), by_member(then, self.by)
        members = [member for member in largest_first(cells) if cells[member].n or cells[member].value]
        names = members_in_words(self.by, members[: self.top + _MOST], page.formats)
        most = max((abs(cell.value or 0.0) for cell in cells.values()), default=0.0) or 1.0
        found = []
        for member, words in zip(members, names, strict=False):
            cell = cells[member]
            share = ""
            if is_total(kpi) and now.value and cell.value is not None:
                share = html(page.formats.percent(cell.value / now.value))
            elif cell.n is not None:
                share = html(f"n {page.formats.number(cell.n)}")
            found.append(
                Line(
                    name=words,
                    number=na(cell.why)
                    if cell.value is None
                    else html(page.formats.short(kpi.unit, cell.value)),
                    beside=share,
                    moved=moved_mark(change_of(cell, before.get(member), kpi, page.formats)) if then else "",
                    bar=(cell.value or 0.0) / most,
                    href=rows_of(page.view, self.kpi, self.by, member),
                )
            )
        return found
