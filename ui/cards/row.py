"""Cards side by side; on a phone one below the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import Question
from ui.cards.card import Answers, Card, name
from ui.page import Page


@dataclass(frozen=True, init=False)
class Row:
    """Cards of equal width."""

    cards: tuple[Card, ...]

    def __init__(self, *cards: Card) -> None:
        object.__setattr__(self, "cards", cards)

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {
            f"{place} {key}": question
            for place, card in enumerate(self.cards)
            for key, question in card.questions(page).items()
        }

    def draw(self, page: Page, answers: Answers) -> None:
        with st.container(key=f"side-{len(self.cards)}-{name(self)}"):
            for place, card in enumerate(self.cards):
                own = f"{place} "
                card.draw(
                    page, {key[len(own) :]: found for key, found in answers.items() if key.startswith(own)}
                )
