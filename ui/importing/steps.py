"""The seven steps that migration guides name, and how far this import has come."""

from __future__ import annotations

import streamlit as st

from ui.escape import html
from ui.verdict import status_icon

STEPS = ("Assess and cleanse", "Map", "Extract", "Transform", "Load", "Validate", "Reconcile")


def strip(done: int, *, stopped: bool = False) -> None:
    """All steps in a line. `done`: how many are behind us; `stopped`: the next one did not succeed."""
    items = ""
    for number, name in enumerate(STEPS):
        state = "done" if number < done else "here" if number == done else ""
        current = ' aria-current="step"' if state == "here" else ""
        mark = status_icon("good") if state == "done" else str(number + 1)
        if state == "here" and stopped:
            state, mark = "here stopped", status_icon("bad")
        items += f'<li class="{state}"{current}><i>{mark}</i><span>{html(name)}</span></li>'
    st.markdown(f'<ol class="journey" aria-label="Steps of the import">{items}</ol>', unsafe_allow_html=True)


def step(number: int, words: str) -> None:
    """The heading of a step, and what it is about."""
    st.header(f"{number} · {STEPS[number - 1]}", anchor=False)
    if words:
        st.markdown(f'<div class="why">{html(words)}</div>', unsafe_allow_html=True)


def say(status: str, words: str) -> None:
    """A sentence with its status: good, near or bad."""
    st.markdown(
        f'<div class="fine {status}" role="status">{status_icon(status)}<span>{html(words)}</span></div>',
        unsafe_allow_html=True,
    )
