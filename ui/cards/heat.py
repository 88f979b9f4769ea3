"""A number by two dimensions at once, or by a dimension and time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from kpis import DEFINITIONS, Question
from kpis.answers import Cell
from kpis.dimensions import DIMENSIONS
from kpis.period import Period
from ui.cards.card import Answers, because, framed
from ui.heat import Square, heat
from ui.links import href
from ui.names import members_in_words
from ui.page import Page

TIME = "period"


@dataclass(frozen=True)
class Heat:
    """A KPI as a table of shaded cells. `columns`: a dimension, or "period" for the course of time."""

    title: str
    kpi: str
    rows: str
    columns: str = TIME
    top: int = 12

    def questions(self, page: Page) -> Mapping[str, Question]:
        if self.columns == TIME:
            return {"now": page.question((self.kpi,), by=(self.rows,), grain=page.grain)}
        return {"now": page.question((self.kpi,), by=(self.rows, self.columns))}

    def draw(self, page: Page, answers: Answers) -> None:
        reading = answers["now"][0]
        with framed(self, self.title, page.view.prove(self.kpi)):
            if not reading.cells:
                because(reading)
                return
            down, across = self._most(reading.cells, self.rows), self._most(reading.cells, self.columns)
            squares = {
                (cell.at[self.rows], cell.at[self.columns]): self._square(page, cell)
                for cell in reading.cells
            }
            st.markdown(
                heat(
                    self.title,
                    (page.dimension(self.rows), members_in_words(self.rows, down, page.formats)),
                    self._heads(page, across),
                    [[squares.get((row, column)) for column in across] for row in down],
                ),
                unsafe_allow_html=True,
            )
            for dimension, shown in ((self.rows, down), (self.columns, across)):
                known = len(self._order(reading.cells, dimension))
                if known > len(shown):
                    named = f"{len(shown)} of {known} {DIMENSIONS[dimension].plural}"
                    st.caption(f"The {named}, those with the most rows.")

    def _most(self, cells: Sequence[Cell], dimension: str) -> list[object]:
        order = self._order(cells, dimension)
        return order if dimension == TIME else order[: self.top]

    def _order(self, cells: Sequence[Cell], dimension: str) -> list[object]:
        """Time as it passes; members with most rows first."""
        counts: dict[object, float] = {}
        for cell in cells:
            counts[cell.at[dimension]] = counts.get(cell.at[dimension], 0) + (cell.n or 0)
        if dimension == TIME:
            return list(counts)
        return sorted(counts, key=lambda member: -counts[member])

    def _heads(self, page: Page, across: Sequence[object]) -> list[str]:
        if self.columns != TIME:
            return members_in_words(self.columns, across, page.formats)
        return [
            page.formats.bucket(one, page.grain, page.calendar) for one in across if isinstance(one, Period)
        ]

    def _square(self, page: Page, cell: Cell) -> Square:
        """The cell; it leads to the rows with both members."""
        kpi = DEFINITIONS[self.kpi]
        bucket = cell.at.get(TIME)
        at = tuple((key, (member,)) for key, member in cell.at.items() if key != TIME)
        query = page.view.overview(kpi=self.kpi, at=at, bucket=bucket)
        said = page.formats.value(kpi.unit, cell.value) if cell.value is not None else cell.why or "No value."
        return Square(cell.value, page.formats.short(kpi.unit, cell.value), said, href("rows", query))
