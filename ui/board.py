"""A page as a list of cards: asks the questions of all cards at once, then lets each draw its part."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack

import streamlit as st

from kpis import Question, Reading
from ui.cards.card import Answers, Card
from ui.links import link
from ui.page import Page
from ui.states import no_result

_ROOM = 180  # pixels that a card takes while its answer is awaited


def draw(page: Page, *cards: Card) -> None:
    """Ask everything, each question once, and draw the cards from top to bottom.

    Answers that take a moment have grey boxes in their place. Where the filters leave nothing at all, that
    is said once, with the way out.
    """
    asked = [dict(card.questions(page)) for card in cards]
    found = _answers(page, (question for questions in asked for question in questions.values()), len(cards))
    counts = [one.n for readings in found.values() for one in readings if one.n is not None]
    if page.view.where and counts and not any(counts):
        no_result("Nothing fits these filters", "In this period no row has all of them together.")
        link(page.name, "Clear the filters", page.view.query(where=(), page=1))
    for card, questions in zip(cards, asked, strict=True):
        answers: Answers = {name: found[question] for name, question in questions.items()}
        card.draw(page, answers)


def _answers(page: Page, questions: Iterable[Question], cards: int) -> dict[Question, list[Reading]]:
    different = list(dict.fromkeys(questions))
    if not different:
        return {}
    with ExitStack() as waiting:
        for _ in range(cards):
            waiting.enter_context(st.skeleton(height=_ROOM))
        return dict(zip(different, page.ask(*different), strict=True))
