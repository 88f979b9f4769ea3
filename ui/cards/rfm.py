"""Customers by recency, frequency and monetary value, as segments and as a grid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import Question, rfm
from kpis.model import Unit
from ui import cache
from ui.bars import Line, lines
from ui.cards.card import Answers, framed, why
from ui.escape import html
from ui.groups import group_query
from ui.heat import Square, heat
from ui.links import href
from ui.page import Page


@dataclass(frozen=True)
class Rfm:
    """The named segments with their customers and value, and the grid that they are cut from."""

    title: str = "Customers by recency, frequency and value"

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {}

    def draw(self, page: Page, answers: Answers) -> None:
        with framed(self, self.title):
            found = cache.derived(page.copy, rfm.segmentation, page.question(()))
            if not found.total.customers:
                why("Nobody has bought anything by the end of the period.")
                return
            with st.container(key="side-2-rfm"):
                st.markdown(lines(_segments(page, found), self.title), unsafe_allow_html=True)
                st.markdown(_grid(page, found), unsafe_allow_html=True)
            st.markdown(f'<div class="note">{html(_bounds(page, found))}</div>', unsafe_allow_html=True)


def _segments(page: Page, found: rfm.Segmentation) -> list[Line]:
    most = max(group.customers for group in found.segments.values())
    return [
        Line(
            name=name,
            number=html(page.formats.number(group.customers)),
            beside=html(page.formats.percent(group.customers / found.total.customers)),
            moved=html(page.formats.short(Unit.MONEY, group.cents / 100)),
            bar=group.customers / most,
            href=href("customers", group_query(page, "rfm", name)),
        )
        for name, group in found.segments.items()
        if group.customers
    ]


def _grid(page: Page, found: rfm.Segmentation) -> str:
    """Recency downwards, frequency and value to the right; the best corner is at the top right."""
    classes = range(1, rfm.CLASSES + 1)
    squares = [[_square(page, found, (recency, worth)) for worth in classes] for recency in reversed(classes)]
    names = [_SCALE[recency] for recency in reversed(classes)]
    heads = ["Value 1 (least)", "2", "3", "4", "5 (most)"]
    return heat("Customers by recency and value", ("Last purchase", names), heads, squares)


_SCALE = {5: "5 (latest)", 4: "4", 3: "3", 2: "2", 1: "1 (longest ago)"}


def _square(page: Page, found: rfm.Segmentation, at: rfm.Square) -> Square | None:
    group = found.squares.get(at)
    if group is None:
        return None
    money = page.formats.short(Unit.MONEY, group.cents / 100)
    number = page.formats.number(group.customers)
    said = f"{rfm.name_of(at)}: {number} customers, {money} bought"
    return Square(group.customers, number, said, href("customers", group_query(page, "rfm", *at)))


def _bounds(page: Page, found: rfm.Segmentation) -> str:
    """The bounds of the classes, from the best downwards or upwards as people read them."""
    write = page.formats
    days = ", ".join(write.number(bound) for bound in found.recency)
    times = ", ".join(write.number(bound) for bound in found.frequency)
    money = ", ".join(write.short(Unit.MONEY, bound / 100) for bound in found.monetary)
    return (
        f"{write.number(found.total.customers)} accounts that had bought by {write.day(found.as_of)}, in "
        f"fifths of themselves. Recency: last purchase at most {days} days ago, or longer. Frequency: up to "
        f"{times} purchases, or more. Monetary: bought for up to {money} in all, or more. The value class is "
        "the mean of frequency and monetary. The sums are all that they have bought."
    )
