"""Two contacts side by side: which value of each field the merged one gets."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_data.desk import contact_record
from crm_data.edits import merge, proposal
from ui import desk
from ui.contact_list import DETAILS, agreed, title_of
from ui.escape import markdown
from ui.fields import Setting, words
from ui.form import naming
from ui.page import Page


def compare(page: Page, keep: int, other: int, held: Setting) -> None:
    """Choose field by field, then merge. What refers to the other contact moves to this one."""
    ours = desk.read(contact_record, page.viewer, keep)
    theirs = desk.read(contact_record, page.viewer, other)
    if ours is None or theirs is None or theirs.merged_into_id is not None:
        st.session_state.pop("merge-with", None)
        return
    taken = proposal(dict(ours._mapping), dict(theirs._mapping))
    with st.container(border=True, key="card-merge"):
        st.markdown(f"**Merge with {markdown(title_of(theirs))}** (no. {other})")
        st.markdown(
            '<div class="why">Cases, deals, activities, e-mails and answers of both will belong to '
            "this contact. The other one is hidden. It can be undone.</div>",
            unsafe_allow_html=True,
        )
        chosen = set()
        for field in (*DETAILS, None):
            name = field.name if field else "consent"
            values = [
                words(field, row._mapping[name], _held(held, row)) if field else _consent(row)
                for row in (ours, theirs)
            ]
            if values[0] == values[1]:
                continue
            which = st.radio(
                field.label if field else "Consent",
                ["this", "other"],
                index=int(name in taken),
                key=f"merge-{keep}-{other}-{name}",
                format_func=naming({"this": f"This: {values[0]}", "other": f"Other: {values[1]}"}),
                horizontal=True,
            )
            if which == "other":
                chosen.add(name)
        with st.container(horizontal=True):
            versions = (ours.version, theirs.version)
            st.button("Merge the two", key="merge", type="primary", on_click=_merge,
                      args=(page, keep, other, chosen, versions))  # fmt: skip
            st.button("Cancel", key="merge-cancel", on_click=_close)


def _held(held: Setting, row: Any) -> Setting:
    names = {("account_id", row.account_id): row.account} if row.account_id else {}
    return Setting(held.zone, held.viewer, names, row.country)


def _consent(row: Any) -> str:
    when = f", {row.consent_at:%Y-%m-%d}, {row.consent_source}" if row.consent_at else ""
    return f"e-mail {agreed(row.email_consent)}, calls {agreed(row.phone_consent)}{when}"


def _merge(page: Page, keep: int, other: int, take: set[str], versions: tuple[int, int]) -> None:
    """A callback."""
    done = "The two contacts are one now."
    if desk.attempt(merge, page.viewer, keep, other, take, versions=versions, done=done):
        _close()
        for key in [
            key for key in st.session_state if str(key).startswith((f"contact-{keep}-", f"consent-{keep}-"))
        ]:
            del st.session_state[key]


def _close() -> None:
    st.session_state.pop("merge-with", None)
