"""Custom columns: which there are, what they hold, and a switch that makes one a dimension."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import streamlit as st

from crm_data.custom import MOST, OWNERS, Column, Mark
from crm_data.edits import Invalid, Saved, mark, undo, unmark
from crm_data.engine import CrmUnavailable
from ui import cache, desk
from ui.escape import html, label
from ui.page import Page

_LONGEST = 120  # signs of a name
_SHOWN = 15  # lines; those beyond are searched for
_DONE = "columns-done"  # (act, in words) of what was switched last


def columns(page: Page) -> None:
    """A line for each column, those that are dimensions first. The last switch can be undone."""
    try:
        with st.spinner("Looking through the custom columns"):
            found = cache.custom_columns(page.copy)
    except CrmUnavailable as problem:
        st.markdown(f'<div class="why">{html(problem)}</div>', unsafe_allow_html=True)
        return
    if not found:
        words = "No record has a custom column. An import keeps the columns that have no place of their own."
        st.markdown(f'<div class="why">{words}</div>', unsafe_allow_html=True)
        return
    st.caption(
        "What other systems know of a record, kept with it. One that is switched on is a dimension: figures "
        "are filtered and broken down by it. Its values come into the copy, so switch on none that names "
        "people. What a record has in it now counts for all days."
    )
    _undo(page)
    text = ""
    if len(found) > _SHOWN:
        text = st.text_input("Find a column", key="find-column", max_chars=200)
    fitting = [(one, made) for one, made in found if _fits(text, one, made)]
    with st.container(key="columns", gap=None):
        for one, made in fitting[:_SHOWN]:
            _line(page, one, made)
    if len(fitting) > _SHOWN:
        more = page.formats.number(len(fitting) - _SHOWN)
        st.caption(f"{more} more; find them by their name.")


def _fits(text: str, column: Column, made: Mark | None) -> bool:
    name = f"{column.heading} {made.name if made else ''}".casefold()
    return all(word in name for word in text.casefold().split())


def _line(page: Page, column: Column, made: Mark | None) -> None:
    sign = sha256(f"{column.table} {column.heading}".encode("utf-8", "replace")).hexdigest()[:12]
    on = f"column-on-{sign}"
    st.session_state[on] = made is not None
    with st.container(key=f"custom-{sign}", horizontal=True, vertical_alignment="center", gap="small"):
        st.toggle(
            f"{label(_short(column.heading))} is a dimension",
            key=on,
            label_visibility="collapsed",
            on_change=_switch,
            args=(on, column, made),
            disabled=not made and column.problem is not None,
            width="content",
        )
        st.markdown(_told(page, column, made), unsafe_allow_html=True, width="stretch")
        if made:
            with st.popover("Rename", key=f"column-more-{sign}"):
                name = f"column-name-{sign}-{sha256(made.name.encode()).hexdigest()[:6]}"
                st.text_input("Name", value=made.name, max_chars=60, key=name)
                st.button("Save name", key=f"column-save-{sign}", on_click=_rename, args=(name, column))


def _told(page: Page, column: Column, made: Mark | None) -> str:
    number = page.formats.number
    values = f"more than {number(MOST)}" if column.values > MOST else number(column.values)
    who = f"{number(column.rows)} {OWNERS[column.table]}{' has' if column.rows == 1 else 's have'}"
    said = f"{who} a value, {values} different"
    if made and made.name != column.heading:
        said = f"the column {_short(column.heading)}: {said}"
    if made:
        said += f"; {made.key} in addresses and commands"
    if column.problem:
        said += f". {'It is no dimension for now' if made else 'It can be no dimension'}: "
        said += f"{column.problem[0].lower()}{column.problem[1:]}"
    shown = made.name if made else column.heading
    return (
        f'<div class="rule{"" if made else " off"}"><b>{html(_short(shown))}</b>'
        f'<span class="over">{html(said)}</span></div>'
    )


def _short(text: str) -> str:
    """Enough to know it by, without the signs that would turn what stands behind it."""
    shown = "".join(sign for sign in text[:_LONGEST] if sign.isprintable())
    return f"{shown}…" if len(text) > _LONGEST else shown


def _switch(on: str, column: Column, made: Mark | None) -> None:
    """A callback. A browser may report a switch that nobody has moved."""
    if bool(st.session_state[on]) == (made is not None):
        return
    if made:
        _do(unmark, made.key, done=f"{made.name} is no dimension any more.")
    else:
        _do(_mark, column, done=f"{_short(column.heading)} is a dimension now.")


def _mark(engine: Any, column: Column) -> Saved:
    """Under the column's own name, or with what it is a column of, where that is taken."""
    own = column.heading[:60]
    try:
        return mark(engine, column.table, column.heading, own)
    except Invalid as problem:
        if set(problem.problems) != {"name"}:
            raise
        return mark(engine, column.table, column.heading, f"{own[:45]} ({OWNERS[column.table]})")


def _rename(name: str, column: Column) -> None:
    """A callback."""
    given = st.session_state[name]
    _do(mark, column.table, column.heading, given, done=f"It is called {given} now.")


def _do(edit: Any, *arguments: Any, done: str) -> None:
    st.session_state.pop(_DONE, None)
    saved = desk.attempt(edit, *arguments, done=label(done))
    if saved and saved.act is not None:
        st.session_state[_DONE] = (saved.act, done)


def _undo(page: Page) -> None:
    done = st.session_state.get(_DONE)
    if done:
        with st.container(key="columns-undo", horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(label(done[1]), width="content")
            st.button("Undo", key="undo-column", on_click=_take_back, args=(page, done[0]))


def _take_back(page: Page, act: int) -> None:
    """A callback."""
    st.session_state.pop(_DONE, None)
    desk.attempt(undo, page.viewer, act, done="It is as it was.")
