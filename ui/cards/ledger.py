"""From the customers at the start to those at the end: who came, who came back, who left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import streamlit as st

from kpis import Period, Question
from ui.cards.card import Answers, because, framed, reading_of
from ui.escape import html
from ui.links import href
from ui.page import Page

_FLOWS = (
    ("customers_joined", "Joined", 1),
    ("reactivated", "Came back", 1),
    ("customers_lost", "Lost", -1),
)


@dataclass(frozen=True)
class _Step:
    """A bar of the waterfall: from one height to another."""

    name: str
    below: float
    above: float
    number: str
    kind: str
    href: str | None


@dataclass(frozen=True)
class Ledger:
    """Opening + joined + back - lost = closing, each step with its rows."""

    title: str = "Customers from start to end"

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {
            "opening": page.question(("active_customers",), _eve(page.period)),
            "closing": page.question(("active_customers",)),
            "flows": page.question(tuple(key for key, _, _ in _FLOWS)),
        }

    def draw(self, page: Page, answers: Answers) -> None:
        opening, closing = answers["opening"][0], answers["closing"][0]
        with framed(self, self.title, page.view.prove("active_customers")):
            # Refused, as of a period that has not begun. Where nobody is there, that is 0 and has a course.
            refused = [one for one in (opening, closing, *answers["flows"]) if one.numerator is None]
            if refused or not (opening.value or closing.value):
                because(refused[0] if refused else closing)
                return
            st.markdown(_waterfall(self._steps(page, answers), self.title), unsafe_allow_html=True)

    def _steps(self, page: Page, answers: Answers) -> list[_Step]:
        write, view = page.formats.number, page.view
        level = answers["opening"][0].value or 0.0
        closing = answers["closing"][0].value or 0.0
        first = href("rows", view.prove("active_customers", bucket=_eve(page.period)))
        steps = [_Step("At the start", 0, level, write(level), "stock", first)]
        moves = [
            (words, sign * (reading_of(answers["flows"], key).value or 0.0), href("rows", view.prove(key)))
            for key, words, sign in _FLOWS
        ]
        rest = closing - level - sum(size for _, size, _ in moves)
        if rest:  # under a filter: into it or out of it
            moves.append(("Moved between groups", rest, ""))
        for words, size, where in moves:
            after = level + size
            kind = "up" if size >= 0 else "down"
            number = f"{'+' if size >= 0 else '−'}{write(abs(size))}"
            steps.append(_Step(words, min(level, after), max(level, after), number, kind, where or None))
            level = after
        last = href("rows", view.prove("active_customers"))
        return [*steps, _Step("At the end", 0, closing, write(closing), "stock", last)]


def _eve(period: Period) -> Period:
    """The day before the window: its end is the window's start."""
    return Period(period.start - timedelta(days=1), period.start)


def _waterfall(steps: list[_Step], title: str) -> str:
    most = max((step.above for step in steps), default=0.0) or 1.0
    drawn = []
    for step in steps:
        left, wide = step.below / most * 100, (step.above - step.below) / most * 100
        inside = (
            f'<span class="name">{html(step.name)}</span><span class="number">{html(step.number)}</span>'
            f'<span class="track"><i class="{step.kind}" style="left:{left:.1f}%;width:{wide:.1f}%"></i>'
            "</span>"
        )
        line = f'<a href="{html(step.href)}" target="_self">{inside}</a>' if step.href else f"<p>{inside}</p>"
        drawn.append(f"<li>{line}</li>")
    return f'<ol class="ledger" aria-label="{html(title)}">{"".join(drawn)}</ol>'
