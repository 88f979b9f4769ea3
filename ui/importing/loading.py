"""Steps 5 and 6: writing what was read, and what became of every row."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from crm_data.importers.outcome import Counts, Outcome
from ui.escape import markdown
from ui.importing import session as sessions
from ui.importing.session import Session
from ui.importing.steps import say, step
from ui.page import Page
from ui.table import table
from ui.watching import over

_KINDS = ("read", "added", "updated", "unchanged", "merged", "rejected", "replaced", "deleted")
_NOT_READ = ("read", "deleted")  # kinds of rows that are not parts of those that were read


def loading(page: Page, session: Session, into: str) -> None:
    """The button, and while it goes on, how far it is."""
    looked = session.looked
    if looked is None or looked.prepared is None:
        return
    rows = sum(tally.counts.read - tally.counts.rejected for tally in looked.prepared.tallies.values())
    step(5, "All rows are written in one step: everything, or nothing if it is cancelled or fails.")
    job = session.loading
    if job and not over(job):
        return
    if job and job.result:
        st.rerun()
    if job and job.problem:
        st.error(f"**Not loaded.** {markdown(job.problem)} What you decided is still here.")
    elif job and job.cancelled:
        st.info("Cancelled. Nothing was loaded; what you decided is still here.")
    words = f"Load {page.formats.number(rows)} {'row' if rows == 1 else 'rows'} into {into}"
    st.button(
        markdown(words), type="primary", key="load", disabled=not rows, on_click=_begin, args=(session,)
    )


def _begin(session: Session) -> None:
    """A callback. A second click loads nothing twice."""
    if not session.busy and session.outcome is None:
        session.loading = None
        sessions.load(session)


def outcome(page: Page, found: Outcome) -> None:
    """What became of the rows of each object, and those that stayed out."""
    step(6, "Every row that was read is accounted for.")
    number = page.formats.number
    kinds = [kind for kind in _KINDS if kind in ("read", "added") or _some(found, kind)]
    rows = [
        [name.replace("_", " "), *(number(getattr(counts, kind, 0)) for kind in kinds)]
        for name, counts in found.objects.items()
        if any(getattr(counts, kind, 0) for kind in kinds)
    ]
    head = ["Object", *(kind.capitalize() for kind in kinds)]
    shown = table(head, rows, numbers=[False] + [True] * len(kinds), caption="What became of the rows")
    st.markdown(shown, unsafe_allow_html=True)
    _balance(found, number)
    if found.report:
        rejected = sum(counts.rejected for counts in found.objects.values())
        st.download_button(
            f"The {number(rejected)} rejected rows, each with its reason (CSV)",
            found.report.read_bytes(),
            file_name=found.report.name,
            mime="text/csv",
            key="rejected",
            on_click="ignore",
        )


def _some(found: Outcome, kind: str) -> bool:
    return any(getattr(counts, kind, 0) for counts in found.objects.values())


def _balance(found: Outcome, number: Callable[[float], str]) -> None:
    """That the rows read are those that were added, changed, and so on."""
    unbalanced = [name for name, counts in found.objects.items() if not _balanced(counts)]
    read = sum(counts.read for counts in found.objects.values())
    if unbalanced:
        say("bad", f"The rows of {', '.join(unbalanced)} do not add up. Compare them below.")
    else:
        say("good", f"{number(read)} rows were read, and each of them is in exactly one of these columns.")


def _balanced(counts: Counts) -> bool:
    parts = sum(getattr(counts, kind, 0) for kind in _KINDS if kind not in _NOT_READ)
    return counts.read == parts
