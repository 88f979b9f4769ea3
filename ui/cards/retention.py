"""Retention by cohort: of those who first bought in a quarter, the share still customers at each age."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import Period, Question, cohorts
from ui import cache
from ui.cards.card import Answers, framed, why
from ui.escape import html
from ui.groups import group_query
from ui.heat import Square, heat
from ui.links import href
from ui.page import Page

_MONTHS = tuple(round(days / 30.4375) for days in cohorts.DAYS)


@dataclass(frozen=True)
class Retention:
    """A line for each quarter of first purchase, a column for each age; what is too young is empty."""

    title: str = "Still customers, by quarter of first purchase"

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {}

    def draw(self, page: Page, answers: Answers) -> None:
        with framed(self, self.title):
            found = cache.derived(page.copy, cohorts.retention, page.question(()))
            if not found:
                why("Nobody first bought in the three years up to the end of the period.")
                return
            by_cohort: dict[Period, list[cohorts.Kept]] = {}
            for one in found:
                by_cohort.setdefault(one.cohort, []).append(one)
            oldest = max(sum(one.kept is not None for one in line) for line in by_cohort.values())
            names = [
                f"{_quarter(page, one)} · {page.formats.number(line[0].customers)}"
                for one, line in by_cohort.items()
            ]
            squares = [[_square(page, one) for one in line[: max(oldest, 1)]] for line in by_cohort.values()]
            heads = [f"{months} months" if not place else str(months) for place, months in enumerate(_MONTHS)]
            shown = heat(self.title, ("First bought · customers", names), heads[: max(oldest, 1)], squares)
            st.markdown(shown, unsafe_allow_html=True)
            note = (
                "Columns: months since each customer's own first purchase. A quarter is judged at an age "
                "once all its customers have reached it; until then its cell is empty. Who came back counts."
            )
            st.markdown(f'<div class="note">{html(note)}</div>', unsafe_allow_html=True)


def _quarter(page: Page, cohort: Period) -> str:
    return page.formats.bucket(cohort, "quarter", page.calendar)


def _square(page: Page, one: cohorts.Kept) -> Square | None:
    if one.kept is None:
        return None
    share = one.kept / one.customers
    number = page.formats.number
    said = (
        f"First bought {page.formats.period(one.cohort)}: {number(one.kept)} of {number(one.customers)} were "
        f"customers {round(one.days / 30.4375)} months later"
    )
    where = href("customers", group_query(page, "cohort", one.cohort.start, one.cohort.end, one.days))
    return Square(share, f"{share:.0%}", said, where)
