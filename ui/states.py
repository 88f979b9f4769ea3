"""What a person sees instead of a page: nothing there yet, not ready yet, or not readable."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.escape import markdown
from ui.links import link


def empty(name: str) -> None:
    """First use: the CRM has no rows."""
    st.title("This CRM is empty", anchor=False)
    st.markdown(
        f"{markdown(name)} has no deals, customers, leads or cases yet. As soon as there are some, this page "
        "fills by itself."
    )
    _ways_to_begin()


def unreadable(problem: str) -> None:
    """There is no copy to show, and none can be made."""
    st.title("The CRM database cannot be read", anchor=False)
    st.error(markdown(problem))
    st.markdown(
        "Nothing was changed. `CRM_DATABASE_URL` says which database is read; without it, it is the file "
        "`data/crm.db`. This page tries again by itself."
    )
    with st.expander("First time here?"):
        _ways_to_begin()


def unconverted() -> None:
    """There is no copy yet, because amounts cannot be converted. What can be done stands below."""
    st.title("An exchange rate is missing", anchor=False)


def _ways_to_begin() -> None:
    st.markdown("**Bring your own data**: what your CRM exports, as CSV, Excel or ZIP.")
    link("import", "Open the Import page", {})
    st.markdown("Or, in the project's folder, name the files:")
    st.code("python -m crm_data import FOLDER", language="bash")
    st.markdown("**Look around first**: a demo company with three years of data.")
    st.code("python -m crm_data demo", language="bash")


def being_made(done: Callable[[], float], remade: str | None = None) -> None:
    """There is no copy yet; `done`: the share of it, asked again and again; `remade`: why not the old one."""
    st.title("Reading the CRM database", anchor=False)
    st.markdown("The dashboard makes a copy that it can count quickly. A million rows take a few seconds.")
    if remade:
        st.markdown(f"The copy that was there {markdown(remade)}, so it is made anew. Nothing is lost.")
    _progress(done)


def being_replaced(since: str, done: Callable[[], float]) -> None:
    """There is a copy, but it does not fit the CRM database; `since`: as of when the numbers are."""
    st.info(
        f"**These numbers are {markdown(since)}.** The CRM database was replaced or changed unseen. "
        "It is read anew, and the page follows by itself."
    )
    _progress(done)


@st.fragment(run_every=1)
def _progress(done: Callable[[], float]) -> None:
    st.progress(min(max(done(), 0.0), 1.0))


def behind(problem: str, since: str) -> None:
    """There is a copy, but it can no longer be refreshed; `since`: as of when the numbers are."""
    st.warning(f"**These numbers are {markdown(since)}.** {markdown(problem)} The dashboard keeps trying.")


def apology(reference: str) -> None:
    """Something broke that should not have."""
    st.error(
        "**This page could not be drawn.** Your data is unchanged. Reload the page; if it happens again, "
        f"tell whoever runs the dashboard: the log names the cause under **{reference}**."
    )


def no_result(what: str, way_out: str) -> None:
    """There is data, but nothing that fits what was asked. Both texts are Markdown."""
    with st.container(key="nothing-found"):
        st.markdown(f"**{what}**")
        st.caption(way_out)
