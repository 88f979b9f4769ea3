"""Step 1: files are dropped."""

from __future__ import annotations

import streamlit as st

from ui.escape import markdown
from ui.importing import session as sessions
from ui.importing.session import Session
from ui.importing.steps import step
from ui.importing.watching import over
from ui.page import Page

_KINDS = ["csv", "tsv", "txt", "xlsx", "xls", "xlsb", "ods", "zip", "toml"]


def dropping(page: Page, session: Session) -> None:
    step(1, "")
    uploads = st.file_uploader(
        "What your CRM exports",
        type=_KINDS,
        accept_multiple_files=True,
        key=f"drop-{session.number}",
    )
    st.caption(
        "CSV, Excel, OpenDocument or ZIP from Salesforce, HubSpot, Dynamics 365, Zoho, Pipedrive or any other "
        "system, at most 200 MB a file. Nothing is written before you say so, and the files go when the import "
        "is over or the page is closed."
    )
    sessions.take(session, uploads)
    job = session.looking
    if job and over(job) and job.problem:
        st.error(f"**Not read.** {markdown(job.problem)}")
