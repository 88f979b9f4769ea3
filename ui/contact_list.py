"""Contacts: the search, its filters, the results, and a form for a new one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_data.edits import create_contact, national
from crm_data.search import Filters, Found, search
from ui import desk
from ui.escape import html
from ui.fields import Field, Setting
from ui.form import Form
from ui.links import Query, href, link
from ui.page import Page

_PAGE = 25
_SEARCH = "contact-search"  # what is typed is personal data: it stays out of the URL
_CONSENT = {
    "": "Any consent",
    "yes": "Agreed to e-mail",
    "no": "Refused e-mail",
    "never asked": "Never asked",
}

DETAILS = (
    Field("first_name", "First name"),
    Field("last_name", "Last name"),
    Field("title", "Job title"),
    Field("email", "E-mail"),
    Field("phone", "Phone", "phone"),
    Field("language", "Language"),
    Field("account_id", "Account", "named"),
)


def setting(page: Page, **more: Any) -> Setting:
    return Setting(page.copy.organisation.zone, page.viewer, **more)


def contact_list(page: Page) -> None:
    """Search box, filters, results."""
    for name in (_SEARCH, "contact-consent", "contact-no-email"):
        if name in st.session_state:
            st.session_state[name] = st.session_state[name]  # so that it is still there after another page
    with st.container(key="search", horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(
            "Find contacts", key=_SEARCH, placeholder="Name, e-mail, phone or account", max_chars=200
        )
        consent = st.selectbox("Consent", list(_CONSENT), key="contact-consent", width=190,
                               format_func=lambda one: _CONSENT[one])  # fmt: skip
        without = st.checkbox("Without e-mail", key="contact-no-email")
    filters = Filters(consent or None, page.view.account, without)
    if page.view.account:
        link("contacts", f"Only account no. {page.view.account}: show all", page.view.query(account=None))
    found, more = desk.read(search, typed, page.viewer, filters)
    _results(page, typed, found, more)
    with st.expander("New contact"):
        form = Form("new-contact", DETAILS, dict.fromkeys(field.name for field in DETAILS),
                    lambda engine, _seen, values: create_contact(engine, page.viewer, values),
                    setting(page), done="The contact was created.")  # fmt: skip
        form.draw("Create contact")


def _results(page: Page, typed: str, found: list[Found], more: bool) -> None:
    if not found:
        words = "Type one more letter." if len(typed.strip()) == 1 else "No contact has all these words."
        if more:
            words = "Too many contacts have these words to look at each. Type more words."
        empty = words if typed.strip() or more else "There are no contacts here. Create the first one below."
        st.markdown(f'<div class="calm">{html(empty)}</div>', unsafe_allow_html=True)
        return
    pages = -(-len(found) // _PAGE)
    number = min(page.view.page, pages)
    shown = found[(number - 1) * _PAGE : number * _PAGE]
    count = f"the first {len(found)}; type more words to narrow them" if more else f"{len(found)}"
    st.markdown(f'<div class="why" role="status">Contacts: {count}</div>', unsafe_allow_html=True)
    st.markdown(_table(page, shown), unsafe_allow_html=True)
    paging(page, "contacts", number, pages)


def paging(page: Page, name: str, number: int, pages: int) -> None:
    """Links to the page before and after."""
    if pages < 2:
        return
    with st.container(key="paging", horizontal=True, vertical_alignment="center"):
        if number > 1:
            link(name, "‹ Previous", page.view.query(page=number - 1))
        st.markdown(f"Page {number} of {pages}", width="content")
        if number < pages:
            link(name, "Next ›", page.view.query(page=number + 1))


def _table(page: Page, found: list[Found]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{named(one.name, "contacts", page.view.overview(contact=one.id))}</th>'
        f"<td>{html(one.title or '')}</td>"
        f"<td>{account(page, one.account_id, one.account)}</td>"
        f"<td>{html(one.email or '')}</td><td>{html(national(one.phone, one.country))}</td>"
        f"<td>{html(agreed(one.email_consent))}</td></tr>"
        for one in found
    )
    head = "".join(
        f'<th scope="col">{name}</th>'
        for name in ("Name", "Title", "Account", "E-mail", "Phone", "E-mail consent")
    )
    return (
        '<div class="table records" role="region" tabindex="0" aria-label="Contacts"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def account(page: Page, key: int | None, name: str | None) -> str:
    """An account's name as a link to all about it, in HTML."""
    if key is None:
        return ""
    return named(name or f"No. {key}", "customer", page.view.overview(account=key))


def named(name: str, page: str, query: Query) -> str:
    """A name as a link to a page of ours, in HTML."""
    return f'<a target="_self" href="{html(href(page, query))}">{html(name)}</a>'


def agreed(consent: bool | None) -> str:
    return {True: "agreed", False: "refused", None: "never asked"}[consent]


def title_of(row: Any) -> str:
    """A contact's name, else what else is known of it."""
    name = " ".join(part for part in (row.first_name, row.last_name) if part)
    return name or row.email or row.phone or f"Contact no. {row.id}"
