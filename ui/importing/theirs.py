"""A figure from the old system's report beside ours, and the definition that gives it."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from kpis import DEFINITIONS, Period, Question, theirs
from ui import cache
from ui.escape import markdown
from ui.importing.steps import say
from ui.page import Page
from ui.table import table


def their_figure(page: Page) -> None:
    """Type a figure; whether it is ours, or which definition it is."""
    state = page.copy.state
    compared = [key for key in theirs.COMPARED if state.rows.get(theirs.counted(key))]
    if state.newest_day is None or state.oldest_day is None or not compared:
        return
    st.markdown('<div class="titled">A figure from your old system</div>', unsafe_allow_html=True)
    st.markdown(
        '<div class="why">Type a figure from a report of the system that the files come from. If it is not '
        "the same here, the definition that gives it is looked for among the plausible ones.</div>",
        unsafe_allow_html=True,
    )
    with st.container(key="theirs", horizontal=True, vertical_alignment="bottom"):
        key = st.selectbox(
            "Figure",
            compared,
            key="theirs-kpi",
            format_func=lambda one: markdown(DEFINITIONS[one].label),
        )
        typed = st.text_input("Their value", key="theirs-value", placeholder="63.15 %", max_chars=40)
        first = st.date_input("From", state.oldest_day, key="theirs-from")
        last = st.date_input("To", max(state.newest_day, state.oldest_day), key="theirs-to")
    if not typed.strip():
        return
    definition = DEFINITIONS[key]
    figure = theirs.read_figure(typed, definition.unit)
    if figure is None:
        words = "That is no number that can be read here. Write it like 1,200,000 or 63.15 %."
        st.markdown(f'<div class="why">{words}</div>', unsafe_allow_html=True)
        return
    if first > last:
        st.markdown('<div class="why">The first day lies after the last.</div>', unsafe_allow_html=True)
        return
    question = Question((key,), Period(first, last + timedelta(days=1)), page.today, viewer=page.viewer)
    given = cache.derived(page.copy, theirs.variants, question)
    good = any(one.gives(figure) for one in given)
    say("good" if good else "near", theirs.sentence(given, figure))
    rows = [
        [
            one.words + (" (here)" if one.ours else ""),
            page.formats.value(definition.unit, one.value),
            "gives it" if one.gives(figure) else "",
        ]
        for one in given
    ]
    shown = table(
        ["Definition", "Value", "Theirs"], rows, numbers=[False, True, False], caption="Definitions tried"
    )
    with st.container(key="variants"):
        st.markdown(shown, unsafe_allow_html=True)
