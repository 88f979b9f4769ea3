"""A page as a list of cards: asks the questions of all cards at once, then lets each draw its part."""

from __future__ import annotations

from ui.cards.card import Answers, Card
from ui.page import Page


def draw(page: Page, *cards: Card) -> None:
    """Ask everything, each question once, and draw the cards from top to bottom."""
    asked = [dict(card.questions(page)) for card in cards]
    different = list(dict.fromkeys(question for questions in asked for question in questions.values()))
    found = dict(zip(different, page.ask(*different), strict=True)) if different else {}
    for card, questions in zip(cards, asked, strict=True):
        answers: Answers = {name: found[question] for name, question in questions.items()}
        card.draw(page, answers)
