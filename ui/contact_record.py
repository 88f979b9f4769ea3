"""One contact: details, consent, possible duplicates, history."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_data.desk import contact_record
from crm_data.edits import correct_contact, duplicates, find_contact, set_consent
from kpis.question import Viewer
from ui import desk
from ui.contact_list import DETAILS, account, setting, title_of
from ui.contact_merge import compare
from ui.escape import html, markdown
from ui.fields import Field
from ui.form import Form
from ui.history import show_history
from ui.links import link
from ui.page import Page

_ANSWERS = {None: "Never asked", True: "Agreed", False: "Refused"}
_CONSENT = (
    Field("email_consent", "May we e-mail?", "choice", _ANSWERS),
    Field("phone_consent", "May we call?", "choice", _ANSWERS),
    Field("consent_at", "Answered at", "instant"),
    Field("consent_source", "Source of the answer"),
)


def contact_page(page: Page, key: int) -> None:
    """The contact, or why there is none."""
    row = desk.read(contact_record, page.viewer, key)
    link("contacts", "‹ Contacts", page.view.overview())
    if row is None:
        st.info("There is no such contact (any more).")
        return
    if row.merged_into_id is not None:
        st.info("This contact was merged into another one.")
        link("contacts", "Open that one", page.view.overview(contact=row.merged_into_id))
        return
    st.header(markdown(title_of(row)), anchor=False)
    desk.said()
    st.markdown(_line(page, row), unsafe_allow_html=True)
    named = {("account_id", row.account_id): row.account} if row.account_id else {}
    held = setting(page, names=named, country=row.country)
    other = st.session_state.get("merge-with")
    if other and other[0] == key:
        compare(page, key, other[1], held)
    with st.container(key="side-2-contact"):
        with st.container(border=True, key="card-details"):
            st.markdown('<div class="titled">Details</div>', unsafe_allow_html=True)
            _form(f"contact-{key}", DETAILS, correct_contact, page.viewer, row, held)
        with st.container(border=True, key="card-consent"):
            st.markdown('<div class="titled">Consent</div>', unsafe_allow_html=True)
            _form(f"consent-{key}", _CONSENT, set_consent, page.viewer, row, held)
            _duplicates(page, key)
    show_history(page, "contacts", key)


def _form(key: str, fields: tuple[Field, ...], edit: Any, viewer: Viewer, row: Any, held: Any) -> None:
    def save(engine: Any, seen: Any, values: Any) -> Any:
        return edit(engine, viewer, row.id, seen, values)

    Form(key, fields, dict(row._mapping), save, held).draw("Save")


def _line(page: Page, row: Any) -> str:
    parts = [html(row.title or ""), account(page, row.account_id, row.account)]
    return f'<div class="why">{" · ".join(part for part in parts if part)}</div>'


def _duplicates(page: Page, key: int) -> None:
    def alike(connection: Any) -> Any:
        contact = find_contact(connection, page.viewer, key)
        return duplicates(connection, page.viewer, contact) if contact else []

    found = desk.read(alike)
    st.markdown('<div class="titled">Possible duplicates</div>', unsafe_allow_html=True)
    if not found:
        st.markdown('<div class="why">None was found.</div>', unsafe_allow_html=True)
    for one in found:
        with st.container(key=f"alike-{one.id}", horizontal=True, vertical_alignment="center"):
            st.markdown(
                f'<div class="deed"><b>{html(one.name)}</b> {one.score:.0%} likely'
                f'<div class="why">{html(", ".join(one.reasons))}</div></div>',
                unsafe_allow_html=True,
            )
            st.button("Compare", key=f"compare-{one.id}", on_click=_compare, args=(key, one.id))


def _compare(key: int, other: int) -> None:
    st.session_state["merge-with"] = (key, other)
