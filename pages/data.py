"""Data: how fresh it is, whether the copy agrees with the CRM, what is wrong in it, what it is broken down by
beyond the CRM's own columns, and who changed it."""

import streamlit as st

from crm_data.quality import BY_KEY
from ui import desk, shell
from ui.data.columns import columns
from ui.data.findings import findings, rows
from ui.data.log import audit, imports
from ui.data.rates import rates
from ui.data.state import checking, facts, state

page = shell.page("Data")
shell.heading(page, "Data", records=True)

finding = BY_KEY.get(page.view.finding or "")
if finding:
    rows(page, finding)
    st.stop()

desk.said()
state(page)
checking(page)

st.header("Findings", anchor=False)
findings(page)
rates(page)

st.header("Custom columns", anchor=False)
columns(page)

with st.container(key="logs"):
    with st.container(key="log-facts"):
        st.header("What the copy holds", anchor=False)
        facts(page)
    with st.container(key="log-done"):
        st.header("Imports", anchor=False)
        imports(page)
        st.header("Changes", anchor=False)
        audit(page)
