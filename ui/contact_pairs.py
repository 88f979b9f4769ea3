"""Contacts that are likely one person, two by two: merged, or kept apart for good."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_data.edits import MOST, LikelyPair, compare_again, keep_apart, kept_apart, national, undecided
from crm_data.engine import CrmUnavailable
from ui import cache, desk, states
from ui.alerts.words import moment
from ui.contact_list import account, named, paging
from ui.escape import html, markdown
from ui.links import go, link
from ui.page import Page
from ui.watching import over

DUPLICATES = "duplicates"
_PAGE = 10
_FIELDS = ("Name", "Title", "Account", "E-mail", "Phone")


def contact_pairs(page: Page) -> None:
    """The pairs that nobody has decided on, likeliest first; below, those that are kept apart."""
    link("contacts", "‹ All contacts", page.view.overview())
    st.header("Likely duplicates", anchor=False)
    try:
        looking = cache.likely_pairs()
    except CrmUnavailable as problem:
        states.unreadable(str(problem))
        return
    if not over(looking):
        return
    if looking.result is None:
        st.warning(f"**Not compared.** {markdown(looking.problem or 'It was cancelled.')}")
        st.button("Look again", key="pairs-again", on_click=cache.look_for_pairs_again)
        return
    at, pairs = looking.result
    found = desk.read(undecided, page.viewer, pairs)
    with st.container(key="pairs-head", horizontal=True, vertical_alignment="center"):
        when = moment(at, page.copy.organisation.zone, page.formats)
        rows = page.formats.number(len(found))
        many = f"{rows} pairs, the likeliest of more" if len(pairs) == MOST else f"{rows} pairs"
        said = f"{'1 pair' if len(found) == 1 else many}. Looked at {when}."
        st.markdown(f'<div class="why" role="status">{html(said)}</div>', unsafe_allow_html=True)
        st.button("Look again", key="pairs-again", on_click=cache.look_for_pairs_again)
    if not found:
        st.markdown('<div class="calm">No two contacts look like one person.</div>', unsafe_allow_html=True)
    pages = -(-len(found) // _PAGE)
    number = min(page.view.page, max(pages, 1))
    for pair, one, other in found[(number - 1) * _PAGE : number * _PAGE]:
        _pair(page, pair, one, other)
    paging(page, "contacts", number, pages)
    _apart(page)


def _pair(page: Page, pair: LikelyPair, one: dict[str, Any], other: dict[str, Any]) -> None:
    with st.container(border=True, key=f"card-pair-{pair.one}-{pair.other}", gap="xsmall"):
        sure = "More than 99%" if pair.score > 0.99 else page.formats.percent(pair.score)
        why = f"{sure} likely: {', '.join(pair.reasons)}"
        st.markdown(f'<div class="why">{html(why)}</div>', unsafe_allow_html=True)
        st.markdown(_table(page, one, other), unsafe_allow_html=True)
        with st.container(horizontal=True):
            if st.button("Compare and merge", key=f"pair-merge-{pair.one}-{pair.other}"):
                st.session_state["merge-with"] = (pair.one, pair.other)
                go("contacts", page.view.overview(contact=pair.one))
            st.button(
                "Keep apart",
                key=f"pair-apart-{pair.one}-{pair.other}",
                on_click=_decide,
                args=(page, keep_apart, pair.one, pair.other, "The two are kept apart from now on."),
                help="They are two people, and are not suggested again",
            )


def _table(page: Page, *both: dict[str, Any]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{named(_name(row), "contacts", page.view.overview(contact=row["id"]))}</th>'
        f"<td>{html(row['title'] or '')}</td><td>{account(page, row['account_id'], row['account'])}</td>"
        f"<td>{html(row['email'] or '')}</td><td>{html(national(row['phone'], row['country']))}</td></tr>"
        for row in both
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in _FIELDS)
    label = " and ".join(html(f"{_name(row)} (no. {row['id']})") for row in both)
    return (
        f'<div class="table records" role="region" tabindex="0" aria-label="{label}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _apart(page: Page) -> None:
    """What was decided, to be taken back."""
    decided = desk.read(kept_apart, page.viewer)
    if not decided:
        return
    with st.expander(f"Kept apart: {page.formats.number(len(decided))}"):
        for one, other in decided[:50]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"{markdown(_name(one))} · {markdown(_name(other))}")
                st.button(
                    "Compare again",
                    key=f"pair-again-{one['id']}-{other['id']}",
                    on_click=_decide,
                    args=(page, compare_again, one["id"], other["id"], "The two are compared again."),
                )


def _decide(page: Page, edit: Any, one: int, other: int, done: str) -> None:
    """A callback."""
    desk.attempt(edit, page.viewer, one, other, done=done)


def _name(row: dict[str, Any]) -> str:
    name = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
    return name or row["email"] or row["phone"] or f"Contact no. {row['id']}"
