"""One case: what was said, what can be done now, its fields, its history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from crm_data.desk import case_record, choices, timeline
from crm_data.edits import (
    Invalid,
    NotSaved,
    Saved,
    change_case,
    comment,
    reopen,
    resolve,
    set_waiting,
    set_working,
)
from crm_data.engine import CrmUnavailable
from ui import desk
from ui.case_queue import PRIORITIES, STATUSES, details, due, span
from ui.contact_list import account, named, setting
from ui.escape import html, markdown
from ui.form import Form
from ui.history import show_history
from ui.links import link
from ui.page import Page

#: Status -> what can be done: the button, the edit, what is said afterwards.
_MOVES: dict[str, tuple[tuple[str, Callable[..., Saved], str], ...]] = {
    "open": (
        ("Resolve", resolve, "The case is resolved."),
        ("Wait for the customer", set_waiting, "The case waits for the customer."),
    ),
    "waiting": (
        ("Resolve", resolve, "The case is resolved."),
        ("Take up again", set_working, "The case waits no longer."),
    ),
    "resolved": (("Reopen", reopen, "The case is open again."),),
}


def case_page(page: Page, key: int) -> None:
    """The case, or why there is none."""
    row = desk.read(case_record, page.viewer, key)
    link("cases", "‹ Cases", page.view.query(case=None))
    if row is None:
        st.info("There is no such case (any more).")
        return
    st.header(markdown(row.subject), anchor=False)
    desk.said()
    st.markdown(_line(page, row), unsafe_allow_html=True)
    with st.container(key="moves", horizontal=True):
        for number, (label, edit, done) in enumerate(_MOVES[row.status]):
            kind: Any = "primary" if number == 0 else "secondary"
            st.button(label, key=f"move-{edit.__name__}", type=kind, on_click=_move,
                      args=(page, edit, key, done))  # fmt: skip
    with st.container(key="side-2-case"):
        with st.container(border=True, key="card-said"):
            _timeline(page, row)
        with st.container(border=True, key="card-case"):
            st.markdown('<div class="titled">Details</div>', unsafe_allow_html=True)
            known = desk.read(choices)
            for name, words in (("owner_id", row.owner), ("team_id", row.team), ("product_id", row.product)):
                held = getattr(row, name)
                if held is not None:
                    known[name].setdefault(held, words or f"No. {held}")
            named = {("account_id", row.account_id): row.account, ("contact_id", row.contact_id): row.contact}
            held_names = {at: words for at, words in named.items() if at[1] is not None}
            Form(f"case-{key}", details(known), dict(row._mapping),
                 lambda engine, seen, values: change_case(engine, page.viewer, key, seen, values),
                 setting(page, names=held_names)).draw("Save")  # fmt: skip
    show_history(page, "cases", key)


def _line(page: Page, row: Any) -> str:
    now = datetime.now(UTC)
    person = ""
    if row.contact_id is not None:
        person = named(row.contact or "Contact", "contacts", page.view.overview(contact=row.contact_id))
    parts = [
        html(PRIORITIES.get(row.priority, row.priority)),
        f"<b>{html(STATUSES.get(row.status, row.status))}</b>",
        f"opened {span(row.opened_at, now)} ago",
        due(row, now),
        account(page, row.account_id, row.account),
        person,
        html(row.owner or row.team or "nobody has it"),
    ]
    return f'<div class="caseline">{" · ".join(part for part in parts if part)}</div>'


def _timeline(page: Page, row: Any) -> None:
    zone = page.copy.organisation.zone
    st.markdown('<div class="titled">What was said</div>', unsafe_allow_html=True)
    text = row.description or "No description."
    entries = [f'<div class="said"><div class="text">{html(text)}</div></div>']
    for at, what, who, body in desk.read(timeline, row.id):
        words = {"public": "to the customer", "internal": "internal", "reopened": "reopened"}[what]
        head = " · ".join(
            part for part in (html(who or ""), words, f"{at.astimezone(zone):%Y-%m-%d %H:%M}") if part
        )
        entries.append(
            f'<div class="said"><div class="why">{head}</div><div class="text">{html(body)}</div></div>'
        )
    st.markdown(f'<div class="timeline">{"".join(entries)}</div>', unsafe_allow_html=True)
    held = f"comment-{row.id}"
    with st.form(f"{held}-form", border=False):
        st.text_area("Comment", key=held, height=90)
        if problem := st.session_state.get(f"{held}-problem"):
            st.markdown(f":red[**{markdown(problem)}**]")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.form_submit_button("Add comment", on_click=_comment, args=(page, row.id))
            st.checkbox("The customer reads it", key=f"{held}-public")


def _comment(page: Page, key: int) -> None:
    """A callback. What was typed stays until it is saved."""
    at, state = f"comment-{key}", st.session_state
    state.pop(f"{at}-problem", None)
    try:
        desk.write(comment, page.viewer, key, state[at], public=state[f"{at}-public"])
    except Invalid as invalid:
        state[f"{at}-problem"] = invalid.problems["body"]
    except (NotSaved, CrmUnavailable) as problem:
        state[f"{at}-problem"] = f"Not saved; what you typed is still here. {problem}"
    else:
        state[at] = ""
        desk.say("The comment was added.")


def _move(page: Page, edit: Callable[..., Saved], key: int, done: str) -> None:
    """A callback."""
    desk.attempt(edit, page.viewer, key, done=done)
