"""Import: from the files of another system to figures that can be proven, in seven steps."""

import streamlit as st

from crm_data.engine import CrmUnavailable
from ui import desk, shell, states
from ui.importing import session as sessions
from ui.importing import steps, where
from ui.importing.dropping import dropping
from ui.importing.found import findings
from ui.importing.loading import loading, outcome
from ui.importing.mapped import mapping, read
from ui.importing.past import past
from ui.importing.reconciled import reconciling
from ui.importing.theirs import their_figure
from ui.links import link

page = shell.page("Import", may_be_empty=True)
shell.heading(page, "Import", records=True)
desk.said()
try:
    now, session = where.known(), sessions.current()
except CrmUnavailable as problem:
    states.unreadable(str(problem))
    st.stop()
where.said(page.copy.organisation, now)
journey = st.container()
if session.outcome is None:
    dropping(page, session)
    findings(page, session)
    mapping(page, session)
    if session.looked:
        read(page, session.looked)
    loading(page, session, where.into(page, now))
else:
    where.follow(page)
    sessions.slim(session)
    with st.container(key="readings"):
        with st.container(key="validated"):
            outcome(page, session.outcome)
        with st.container(key="reconciled"):
            reconciling(page, session)
    their_figure(page)
    with st.container(key="further", horizontal=True, vertical_alignment="center"):
        link("overview", "See it on the Overview ›", {})
        st.button("Import more", key="start-over", on_click=sessions.start_over)
with journey:  # last, when everything is known
    steps.strip(session.done, stopped=session.stopped)
past(page.copy.organisation, now)
