"""Alerts: what is beyond its limit, the rules that say so, and what was."""

import streamlit as st

from ui import shell
from ui.alerts.form import form
from ui.alerts.opened import opened
from ui.alerts.rules import past, rules
from ui.links import link

page = shell.page("Alerts")
shell.heading(page, "Alerts", records=True)

if page.view.kpi or page.view.rule:
    form(page)

opened(page)

with st.container(key="rules-head", horizontal=True, vertical_alignment="bottom"):
    st.header("Rules", anchor=False, width="content")
    link("alerts", "New rule", {"kpi": "churn_rate"})
with st.container(key="rules", gap=None):
    rules(page)

st.header("Past alerts", anchor=False)
past(page)
