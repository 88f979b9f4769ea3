"""Keeping a report, and the list of those that were kept."""

from __future__ import annotations

import streamlit as st

from crm_data.edits import actor
from crm_data.engine import CrmUnavailable
from kpis import kept
from kpis.kept import words
from kpis.period import Period
from kpis.reports import Asked, Names
from ui import cache, desk
from ui.alerts.words import moment
from ui.escape import markdown
from ui.kept.where import title_of
from ui.links import go, href
from ui.page import Page
from ui.table import Linked, table


def keep_button(page: Page, asked: Asked) -> None:
    """Keeps the report as it is now, and opens it."""
    help_ = "Keep this report as it is now. Later it says what has changed since, and by which rows."
    if not st.button("Keep", key="keep-report", help=help_):
        return
    try:
        with st.spinner("Keeping the report and the rows behind it"):
            head = kept.keep(page.copy, cache.crm(), asked, actor())
    except CrmUnavailable as problem:
        st.error(f"**Not kept.** {markdown(problem)}")
        return
    go("reports", page.view.overview(kept=head.id))


def kept_list(page: Page) -> None:
    """The reports that were kept, the latest first; nothing where there are none."""
    try:
        heads = desk.ask(kept.listed, page.viewer)
        narrowed = desk.ask(lambda crm: [words.filters(one, Names(crm, page.formats)) for one in heads])
    except CrmUnavailable:
        return
    if not heads:
        return
    st.header("Kept reports", anchor=False)
    rows: list[list[str | Linked]] = [
        [
            Linked(title_of(head), href("reports", page.view.overview(kept=head.id))),
            page.formats.period(Period(head.start, head.end)),
            filters or "Everything",
            moment(head.kept_at, page.copy.organisation.zone, page.formats),
            head.kept_by,
        ]
        for head, filters in zip(heads, narrowed, strict=True)
    ]
    columns = ["Report", "Window", "Filters", "Kept", "By"]
    st.markdown(table(columns, rows, numbers=[False] * 5, caption="Kept reports"), unsafe_allow_html=True)
