"""The five reports: on one page each, in words and charts, to read, to print and to take away."""

import streamlit as st

from kpis.reports import REPORTS
from ui import cache, report, shell
from ui.contents import contents, others
from ui.export import exports

page = shell.page("Reports")
report.style()
chosen = REPORTS.get(page.view.report or "")
if chosen is None:
    shell.heading(page, "Reports")
    contents(page)
    st.stop()

shell.heading(page, chosen.title)
others(page, chosen)
found = cache.report(page.copy, report.asked(page, chosen.name))
document = report.written(chosen, found)
exports(page, document)
report.draw(page, document)
