"""The members of a dimension beside each other, by several KPIs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st

from kpis import DEFINITIONS, Question, Reading
from ui.bars import bar
from ui.cards.card import Answers, by_member, framed, largest_first, na, reading_of, why
from ui.escape import html
from ui.links import href, rows_of
from ui.names import members_in_words
from ui.page import Page
from ui.verdict import change_of, moved_mark, status_icon, status_words

_MOST = 200


@dataclass(frozen=True)
class Leaderboard:
    """A table: a line a member, a column a KPI, sorted by the first. Each cell leads to its rows.

    `members` that have an order of their own come first, in that order.
    """

    title: str
    by: str
    kpis: tuple[str, ...]
    top: int = 10
    members: tuple[str, ...] = ()

    def questions(self, page: Page) -> Mapping[str, Question]:
        asked = {"now": page.question(self.kpis, by=(self.by,))}
        if page.compared(page.period):
            asked["then"] = page.question(self.kpis[:1], page.compared(page.period), by=(self.by,))
        return asked

    def draw(self, page: Page, answers: Answers) -> None:
        readings = [reading_of(answers["now"], key) for key in self.kpis]
        found = [by_member(one, self.by) for one in readings]
        every = dict.fromkeys(member for cells in found for member in cells)
        own: list[object] = [member for member in self.members if member in every]
        first = [*own, *(member for member in largest_first(found[0]) if member not in own)]
        members = [*first, *(member for member in every if member not in first)]
        with framed(self, self.title):
            if not members:
                why(readings[0].why or "Nothing in this period.")
                return
            names = members_in_words(self.by, members[: self.top + _MOST], page.formats)
            drawn = [
                self._line(page, answers, member, words)
                for member, words in zip(members, names, strict=False)
            ]
            st.markdown(self._table(page, drawn[: self.top], readings), unsafe_allow_html=True)
            if drawn[self.top :]:
                with st.expander(f"{page.formats.number(len(members) - self.top)} more"):
                    st.markdown(self._table(page, drawn[self.top :], ()), unsafe_allow_html=True)
            for one in readings:
                if one.why and not one.cells:
                    why(f"{DEFINITIONS[one.key].label}: {one.why}")

    def _table(self, page: Page, drawn: Sequence[str], totals: Sequence[Reading]) -> str:
        """The lines; below them the totals, if there are any."""
        moved = bool(page.compared_with)
        heads = [f'<th scope="col">{html(page.dimension(self.by))}</th>']
        for place, key in enumerate(self.kpis):
            heads.append(f'<th scope="col" class="number">{html(DEFINITIONS[key].label)}</th>')
            if place == 0 and moved:
                heads.append(f'<th scope="col" class="number">vs {html(page.compared_with)}</th>')
        foot = ""
        if totals:
            foot = "".join(
                f'<td class="number">{_total(page, one)}</td>'
                + ('<td class="number"></td>' if place == 0 and moved else "")
                for place, one in enumerate(totals)
            )
            foot = f'<tfoot><tr><th scope="row">All</th>{foot}</tr></tfoot>'
        return (
            f'<div class="table board" role="region" tabindex="0" aria-label="{html(self.title)}"><table>'
            f"<thead><tr>{''.join(heads)}</tr></thead><tbody>{''.join(drawn)}</tbody>{foot}</table></div>"
        )

    def _line(self, page: Page, answers: Answers, member: object, words: str) -> str:
        cells = []
        for place, key in enumerate(self.kpis):
            kpi, reading = DEFINITIONS[key], reading_of(answers["now"], key)
            columns = by_member(reading, self.by)
            cell = columns.get(member)
            most = max((abs(one.value or 0.0) for one in columns.values()), default=0.0) or 1.0
            if cell is None or cell.value is None:
                shown = na(cell.why if cell else reading.why or "No rows.")
            else:
                where = html(rows_of(page.view, key, self.by, member))
                number = html(page.formats.short(kpi.unit, cell.value))
                shown = f'<a href="{where}" target="_self">{number}{bar(cell.value / most)}</a>'
            cells.append(f'<td class="number">{shown}</td>')
            if place == 0 and page.compared_with:
                then = by_member(next(iter(answers.get("then", ())), None), self.by).get(member)
                cells.append(
                    f'<td class="number">{moved_mark(change_of(cell, then, kpi, page.formats))}</td>'
                )
        head = _name(page, self.by, member, words, self.kpis[0])
        return f'<tr><th scope="row">{head}</th>{"".join(cells)}</tr>'


def _name(page: Page, by: str, member: object, words: str, kpi: str) -> str:
    where = rows_of(page.view, kpi, by, member)
    if by == "account" and isinstance(member, int) and page.has("customer"):
        where = href("customer", page.view.overview(account=member))
    if by == "campaign" and isinstance(member, str):
        narrowed = replace(page.view, where=page.view.filtered(by, (member,)))
        where = href("marketing", narrowed.overview())
    return f'<a href="{html(where)}" target="_self">{html(words)}</a>'


def _total(page: Page, reading: Reading) -> str:
    if reading.value is None:
        return na(reading.why)
    kpi = DEFINITIONS[reading.key]
    where = html(href("rows", page.view.prove(reading.key)))
    icon = f"{status_icon(reading.status)} " if reading.goal else ""
    said = f' title="{html(status_words(reading))}"' if reading.goal else ""
    number = html(page.formats.short(kpi.unit, reading.value))
    return f'<a href="{where}" target="_self" class="{html(reading.status)}"{said}>{icon}{number}</a>'
