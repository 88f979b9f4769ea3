"""What a card is, and the frame that cards share."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import streamlit as st

from kpis import NoMember, Question, Reading
from kpis.answers import Cell
from ui.escape import html
from ui.formats import NOT_AVAILABLE
from ui.links import Query, link
from ui.page import Page

#: The answers to a card's questions, by the name that each has there.
Answers = Mapping[str, Sequence[Reading]]


class Card(Protocol):
    """A part of a page. A frozen dataclass, so that the same card is the same value."""

    def questions(self, page: Page) -> Mapping[str, Question]:
        """What it needs to know, by a name of its own choice."""

    def draw(self, page: Page, answers: Answers) -> None:
        """Draw it."""


@contextmanager
def framed(card: Card, title: str, query: Query | None = None) -> Iterator[None]:
    """A bordered box with a title that leads to the proof, or is plain where there is none. Where what is in
    it cannot be narrowed as the page is, it says so."""
    with st.container(border=True, key=f"card-{name(card)}", gap="xsmall"):
        if query is None:
            st.markdown(f'<div class="titled">{html(title)}</div>', unsafe_allow_html=True)
        else:
            link("rows", title, query)
        try:
            yield
        except NoMember as reason:
            why(str(reason))


def name(card: Card) -> str:
    """A name for the card that is the same in every run."""
    return f"{type(card).__name__.lower()}-{zlib.crc32(repr(card).encode()):08x}"


def because(reading: Reading) -> None:
    """Say why there is nothing to show."""
    why(reading.why or "Nothing in this period.")


def why(words: str) -> None:
    st.markdown(f'<div class="why">{html(words)}</div>', unsafe_allow_html=True)


def by_member(reading: Reading | None, dimension: str) -> dict[object, Cell]:
    """The cells of a breakdown by the dimension's members."""
    return {} if reading is None else {cell.at[dimension]: cell for cell in reading.cells}


def largest_first(cells: Mapping[object, Cell]) -> list[object]:
    """The members, largest value first, those without a value last."""
    return sorted(cells, key=lambda member: _size(cells[member]))


def _size(cell: Cell) -> tuple[bool, float]:
    return cell.value is None, -(cell.value or 0.0)


def reading_of(readings: Sequence[Reading], key: str) -> Reading:
    return next(one for one in readings if one.key == key)


def na(words: str | None) -> str:
    """n/a as HTML; the reason shows on hover and is read aloud."""
    said = html(words or "No value.")
    spoken = f'role="img" title="{said}" aria-label="{NOT_AVAILABLE}: {said}"'
    return f'<span class="na" {spoken}>{NOT_AVAILABLE}</span>'
