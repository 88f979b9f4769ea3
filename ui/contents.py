"""The list of reports: what each answers, and its headline as it stands."""

from __future__ import annotations

import streamlit as st

from kpis.reports import REPORTS, Report
from kpis.reports.scope import Scope
from kpis.reports.sentences import standing
from ui import report
from ui.escape import html
from ui.links import link
from ui.page import Page


def contents(page: Page) -> None:
    """A card for each report."""
    scopes = {one.name: Scope(report.asked(page, one.name), page.calendar) for one in REPORTS.values()}
    questions = [
        scopes[one.name].question(one.headline, period=period)
        for one in REPORTS.values()
        for period in (scopes[one.name].period, scopes[one.name].then)
        if period
    ]
    answers = dict(zip(questions, page.ask(*questions), strict=True))
    with st.container(key="contents"):
        for one in REPORTS.values():
            with st.container(border=True, key=f"card-report-{one.name}", gap="xxsmall"):
                link("reports", one.title, page.view.overview(report=one.name))
                scope = scopes[one.name]
                now = answers[scope.question(one.headline)]
                earlier = scope.question(one.headline, period=scope.then) if scope.then else None
                then = answers[earlier] if earlier else [None] * len(now)
                said = " ".join(
                    report.sentence_html(page, standing(first, other, scope, page.formats))
                    for first, other in zip(now, then, strict=True)
                )
                st.markdown(
                    f'<div class="why">{html(one.question)}</div><div class="report headline">{said}</div>',
                    unsafe_allow_html=True,
                )


def others(page: Page, shown: Report) -> None:
    """The way to the other reports, with window and filters kept."""
    with st.container(key="others", horizontal=True, gap="small"):
        for one in REPORTS.values():
            with st.container(key=f"set-{'on' if one is shown else 'off'}-{one.name}", width="content"):
                link("reports", one.title, page.view.overview(report=one.name))
