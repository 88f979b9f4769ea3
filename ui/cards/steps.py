"""How far the same ones came: a population, and how many of it took each step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import DEFINITIONS, Question
from ui.bars import Block, blocks
from ui.cards.card import Answers, because, framed
from ui.escape import html
from ui.links import href
from ui.page import Page


@dataclass(frozen=True)
class Steps:
    """KPIs that are shares of the same rows, or of those that took an earlier step; `whole` names the rows of
    the first. Each bar is a count, with its part of the whole."""

    title: str
    whole: str
    kpis: tuple[str, ...]
    names: tuple[str, ...]
    note: str = ""

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {"now": page.question(self.kpis)}

    def draw(self, page: Page, answers: Answers) -> None:
        readings = answers["now"]
        with framed(self, self.title, page.view.prove(self.kpis[-1])):
            whole = readings[0].denominator
            if readings[0].value is None or not whole:
                because(readings[0])
                return
            first = href("rows", page.view.prove(self.kpis[0]))
            drawn = [Block(self.whole, html(page.formats.number(float(whole))), "", 1.0, first)]
            for name, reading in zip(self.names, readings, strict=True):
                count = float(reading.numerator or 0)
                share = count / float(whole)
                drawn.append(
                    Block(
                        name,
                        html(page.formats.number(count)),
                        html(page.formats.value(DEFINITIONS[reading.key].unit, share)),
                        share,
                        href("rows", page.view.prove(reading.key)),
                    )
                )
            st.markdown(blocks(drawn, self.title), unsafe_allow_html=True)
            for words in (self.note, *readings[0].notes):
                if words:
                    st.markdown(f'<div class="note">{html(words)}</div>', unsafe_allow_html=True)
