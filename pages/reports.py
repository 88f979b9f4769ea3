"""The five reports: on one page each, in words and charts, to read, to print and to take away."""

import streamlit as st

from kpis.reports import REPORTS
from ui import cache, desk, report, shell
from ui.contents import contents, others
from ui.export import exports
from ui.kept.keeping import keep_button, kept_list
from ui.kept.opened import kept_report

page = shell.page("Reports")
report.style()
if page.view.kept:
    kept_report(page, page.view.kept)
    st.stop()
chosen = REPORTS.get(page.view.report or "")
if chosen is None:
    shell.heading(page, "Reports")
    desk.said()
    contents(page)
    kept_list(page)
    st.stop()

shell.heading(page, chosen.title)
others(page, chosen)
asked = report.asked(page, chosen.name)
found = cache.report(page.copy, asked)
document = report.written(chosen, found)
with st.container(key="report-acts", horizontal=True, vertical_alignment="center", gap="xsmall"):
    exports(page, document)
    keep_button(page, asked)
report.draw(page, document)
