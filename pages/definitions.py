"""Definitions: what every number means, how it is counted, and what it leaves out."""

import streamlit as st

from kpis import DEFINITIONS
from kpis.reference import by_department, mentions
from ui import shell
from ui.definitions import entries
from ui.escape import markdown
from ui.states import no_result

page = shell.page("Definitions")
shell.heading(page, "Definitions", records=True)

text = st.text_input(
    "Search the definitions", placeholder="Search: churn, overdue, days …", label_visibility="collapsed"
)
found = [one for one in DEFINITIONS.values() if mentions(one, text)]
part = f"{page.formats.number(len(found))} of " if text else ""
st.caption(f"{part}{page.formats.number(len(DEFINITIONS))} definitions")
if not found:
    no_result(f"No definition mentions “{markdown(text)}”", "Try fewer or other words.")
for department, definitions in by_department(found).items():
    st.header(department.capitalize(), anchor=False)
    st.markdown(entries(definitions, page.view), unsafe_allow_html=True)
