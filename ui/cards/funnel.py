"""Stages one below the other, each with how many came so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import DEFINITIONS, Question
from ui.bars import Block, blocks
from ui.cards.card import Answers, by_member, framed, na, reading_of, why
from ui.escape import html
from ui.links import href, rows_of
from ui.names import members_in_words
from ui.page import Page


@dataclass(frozen=True)
class _Stage:
    name: str
    value: float | None
    why: str | None
    href: str


@dataclass(frozen=True)
class Funnel:
    """Stages from first to last. Either `stages` are KPIs, one each; or `kpi` is broken down `by` a dimension
    and `stages` are its members in order (those not named follow, largest first)."""

    title: str
    stages: tuple[str, ...] = ()
    kpi: str | None = None
    by: str = "stage"
    steps: bool = True  # say each stage's part of the one before

    def questions(self, page: Page) -> Mapping[str, Question]:
        if self.kpi:
            return {"now": page.question((self.kpi,), by=(self.by,))}
        return {"now": page.question(self.stages)}

    def draw(self, page: Page, answers: Answers) -> None:
        with framed(self, self.title, page.view.prove(self.kpi) if self.kpi else None):
            stages = self._of_kpi(page, answers) if self.kpi else self._of_kpis(page, answers)
            if not stages:
                why(answers["now"][0].why or "Nothing in this period.")
                return
            most = max((stage.value or 0.0 for stage in stages), default=0.0) or 1.0
            drawn, before = [], None
            unit = DEFINITIONS[self.kpi or self.stages[0]].unit
            for stage in stages:
                step = ""
                if self.steps and before and stage.value is not None:
                    step = html(f"{page.formats.percent(stage.value / before)} of the one above")
                number = na(stage.why) if stage.value is None else html(page.formats.short(unit, stage.value))
                drawn.append(Block(stage.name, number, step, (stage.value or 0.0) / most, stage.href))
                before = stage.value
            st.markdown(blocks(drawn, self.title), unsafe_allow_html=True)
            if self.steps and not self.kpi:
                st.markdown(
                    '<div class="note">Each bar counts what happened in the period, so one is not '
                    "always a part of the one above.</div>",
                    unsafe_allow_html=True,
                )

    def _of_kpis(self, page: Page, answers: Answers) -> list[_Stage]:
        found = []
        for key in self.stages:
            reading = reading_of(answers["now"], key)
            where = href("rows", page.view.prove(key))
            found.append(_Stage(DEFINITIONS[key].label, reading.value, reading.why, where))
        return found

    def _of_kpi(self, page: Page, answers: Answers) -> list[_Stage]:
        assert self.kpi
        cells = by_member(answers["now"][0], self.by)
        named = [member for member in self.stages if member in cells]
        others = sorted(
            (member for member in cells if member not in named), key=lambda one: -(cells[one].value or 0.0)
        )
        members: list[object] = [*named, *others]
        names = members_in_words(self.by, members, page.formats)
        return [
            _Stage(
                words, cells[member].value, cells[member].why, rows_of(page.view, self.kpi, self.by, member)
            )
            for member, words in zip(members, names, strict=True)
        ]
