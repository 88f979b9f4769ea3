"""Reading and writing the CRM from a page: what goes wrong is said in a sentence, and the page lives on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from crm_data.edits import NotSaved, Saved
from crm_data.engine import CrmUnavailable, reported
from ui import cache, states
from ui.escape import markdown

T = TypeVar("T")

_SAID = "edit-said"


def ask(question: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """What `question(connection, …)` gives. Raises CrmUnavailable."""
    engine = cache.crm()
    with reported(engine), engine.connect() as connection:
        return question(connection, *arguments, **named)


def read(question: Callable[..., T], *arguments: Any, **named: Any) -> T:
    """As `ask`; where the CRM cannot be read, the page says so and ends."""
    try:
        return ask(question, *arguments, **named)
    except CrmUnavailable as problem:
        states.unreadable(str(problem))
        raise StopException from problem


def write(edit: Callable[..., Saved], *arguments: Any, **named: Any) -> Saved:
    """Run `edit(engine, …)`; then the copy takes it in before the page is drawn again.

    Raises NotSaved and CrmUnavailable, whose messages are for the person in front.
    """
    saved = edit(cache.crm(), *arguments, **named)
    if saved.act is not None:
        cache.keeper().hurry()
    return saved


def attempt(edit: Callable[..., Saved], *arguments: Any, done: str, **named: Any) -> Saved | None:
    """As `write`, for a button: what came of it is said at the head of the page. None: not saved."""
    try:
        saved = write(edit, *arguments, **named)
    except (NotSaved, CrmUnavailable) as problem:
        say(f"**Not saved.** {markdown(problem)}", well=False)
        return None
    say(done)
    return saved


def say(words: str, *, well: bool = True) -> None:
    """Words in Markdown that the next draw of the page shows once."""
    st.session_state[_SAID] = (words, well)


def said() -> None:
    """Show what came of the last edit."""
    if _SAID in st.session_state:
        words, well = st.session_state.pop(_SAID)
        (st.success if well else st.error)(words)
