"""Prove it: what a number means, what it was counted from, and the very rows that make it."""

import streamlit as st

from kpis import DEFINITIONS, Question
from ui import cache, proof, shell
from ui.course import course
from ui.drilldown import listing
from ui.links import link
from ui.narrowed import narrowed, numbers_to_choose_from
from ui.why import why

page = shell.page("Prove it")
view = page.view
kpi = DEFINITIONS.get(view.kpi or "")
if kpi is None:
    shell.heading(page, "Every number there is")
    numbers_to_choose_from(page)
    st.stop()

period = view.bucket or page.period
question = Question((kpi.key,), period, page.today, where=view.everything, viewer=page.viewer)
shown = cache.explain(page.copy, question, page.compared(period))

with st.container(key="ways", horizontal=True, gap="small"):
    link("overview", "‹ Overview", view.overview())
    link("alerts", "Alert on this number", view.overview(kpi=kpi.key, at=view.at))
shell.heading(page, kpi.label, period)
narrowed(page)

with st.container(key="proof"):
    with st.container(border=True, key="card-number"):
        proof.number_card(page, shown)
        proof.windows(page, shown)
        proof.freshness(page, shown)
    with st.container(border=True, key="card-definition"):
        proof.definition(shown)

if shown.parts:
    st.header("Made of", anchor=False)
    with st.container(key="parts"):
        proof.parts(page, shown)

course(page, question)
why(page, question)

with st.container(key="rows"):
    st.header("Rows", anchor=False)
    listing(page, question, shown)
proof.statements(shown)
