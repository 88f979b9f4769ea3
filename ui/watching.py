"""What a job is doing, as long as it goes on, and a way to stop it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from ui.escape import markdown
from ui.job import Job

_EVERY = 0.4  # seconds
_SHORT = 0.6  # a job that is over so soon needs no bar


def over(job: Job[Any]) -> bool:
    """Whether the job is over. If it is not, show how far it is, and draw the page again when it is."""
    job.wait(_SHORT)
    if job.over:
        return True
    _watch(job)
    return False


@st.fragment(run_every=_EVERY)
def _watch(job: Job[Any]) -> None:
    if job.over:
        st.rerun()
    what, done, total = job.said
    with st.container(key="watched", horizontal=True, vertical_alignment="center"):
        st.progress(min(done / max(total, 1), 1.0), markdown("Stopping" if job.stopping else what))
        st.button("Cancel", key="cancel", on_click=job.cancel, disabled=job.stopping)
