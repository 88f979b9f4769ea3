"""A share or mean by the members of a dimension, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import DEFINITIONS, Question
from kpis.answers import Cell
from ui.cards.card import Answers, because, by_member, framed, largest_first, na, reading_of
from ui.escape import html
from ui.links import rows_of
from ui.names import members_in_words
from ui.page import Page


@dataclass(frozen=True)
class Estimates:
    """A line a member: value, the interval that it lies in, the answers behind it, their response rate.

    Where no interval can be given, it says that they are too few to tell.
    """

    title: str
    kpi: str
    by: str
    response: str
    top: int = 8

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {"now": page.question((self.kpi, self.response), by=(self.by,))}

    def draw(self, page: Page, answers: Answers) -> None:
        now, sent = (reading_of(answers["now"], key) for key in (self.kpi, self.response))
        cells, responses = by_member(now, self.by), by_member(sent, self.by)
        # Those that are sure first: a perfect score of three answers is no lead.
        members = sorted(largest_first(cells), key=lambda member: (member is None, cells[member].low is None))
        with framed(self, self.title, page.view.prove(self.kpi)):
            if not members:
                because(now)
                return
            names = members_in_words(self.by, members, page.formats)
            drawn = [
                self._line(page, member, words, cells[member], responses.get(member))
                for member, words in zip(members, names, strict=True)
            ]
            st.markdown(self._table(page, drawn[: self.top]), unsafe_allow_html=True)
            if drawn[self.top :]:
                with st.expander(f"{page.formats.number(len(drawn) - self.top)} more"):
                    st.markdown(self._table(page, drawn[self.top :]), unsafe_allow_html=True)

    def _table(self, page: Page, drawn: list[str]) -> str:
        heads = (page.dimension(self.by), DEFINITIONS[self.kpi].label, "95 % between", "Answers", "Response")
        row = "".join(
            f'<th scope="col"{" class=number" if place else ""}>{html(head)}</th>'
            for place, head in enumerate(heads)
        )
        return (
            f'<div class="table board" role="region" tabindex="0" aria-label="{html(self.title)}"><table>'
            f"<thead><tr>{row}</tr></thead><tbody>{''.join(drawn)}</tbody></table></div>"
        )

    def _line(self, page: Page, member: object, words: str, cell: Cell, response: Cell | None) -> str:
        where = html(rows_of(page.view, self.kpi, self.by, member))
        sent = html(rows_of(page.view, self.response, self.by, member))
        value = self._value(page, self.kpi, cell)
        n = html(page.formats.number(cell.n or 0))
        return (
            f'<tr><th scope="row"><a href="{where}" target="_self">{html(words)}</a></th>'
            f'<td class="number"><a href="{where}" target="_self">{value}</a></td>'
            f'<td class="number">{html(self._between(page, cell))}</td>'
            f'<td class="number"><a href="{where}" target="_self">{n}</a></td>'
            f'<td class="number"><a href="{sent}" target="_self">{self._value(page, self.response, response)}'
            "</a></td></tr>"
        )

    def _value(self, page: Page, key: str, cell: Cell | None) -> str:
        if cell is None or cell.value is None:
            return na(cell.why if cell else None)
        return html(page.formats.short(DEFINITIONS[key].unit, cell.value))

    def _between(self, page: Page, cell: Cell) -> str:
        if cell.value is None:
            return ""
        if cell.low is None or cell.high is None:
            return "too few to tell"
        unit = DEFINITIONS[self.kpi].unit
        return f"{page.formats.short(unit, cell.low)} – {page.formats.short(unit, cell.high)}"
