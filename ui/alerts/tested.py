"""What a rule would have done in the last twelve months: as a chart, and as a list that leads to the rows."""

from __future__ import annotations

import streamlit as st

from crm_data.alerts import Rule
from kpis.alerts import Backtest, Course, Run, Says, problem, words
from ui import cache
from ui.alerts.chart import chart
from ui.alerts.words import named, proof_of
from ui.escape import html
from ui.links import link
from ui.page import Page

_LISTED = 12


def tested(page: Page, rule: Rule) -> None:
    """The backtest of a rule as it stands in the form."""
    why = problem(rule)
    if why:
        st.markdown(f'<div class="why">{html(why)}</div>', unsafe_allow_html=True)
        return
    with st.spinner("Looking back twelve months"):
        found = cache.backtest(page.copy, rule, page.today)
    said = f'<b>{html(_summary(found))}</b> <span class="over">{html(_how(found))}</span>'
    st.markdown(f'<div class="tested">{said}</div>', unsafe_allow_html=True)
    if not any(verdict.number is not None for course in found.courses for _, verdict in course.days):
        why_not = "The number had no value on any of these days."
        st.markdown(f'<div class="why">{why_not}</div>', unsafe_allow_html=True)
        return
    chart(page, rule, found)
    runs = found.runs[::-1]
    with st.container(key="runs", gap=None):
        for course, run in runs[:_LISTED]:
            link("rows", _line(page, rule, found, course, run), proof_of(run.verdict))
    if len(runs) > _LISTED:
        rest = "; ".join(_line(page, rule, found, course, run) for course, run in runs[_LISTED:])
        st.markdown(f'<div class="over">Before: {html(rest)}</div>', unsafe_allow_html=True)


def _summary(found: Backtest) -> str:
    times = len(found.runs)
    often = "never" if not times else "once" if times == 1 else f"{times} times"
    said = f"In the last twelve months this rule would have {often} fired."
    if times:
        said = f"In the last twelve months this rule would have fired {often}."
    unsure = {day for course in found.courses for day, one in course.days if one.says is Says.UNSURE}
    if unsure and not times:
        days = "day" if len(unsure) == 1 else "days"
        said += f" On {len(unsure)} {days} the value was beyond the limit, which may have been chance."
    return said


def _how(found: Backtest) -> str:
    step = "every day" if found.step == 1 else "every 7th day, as this number takes longer to compute"
    return f"Looked at {step}, with what is known today: later corrections are in it."


def _line(page: Page, rule: Rule, found: Backtest, course: Course, run: Run) -> str:
    formats = page.formats
    until = formats.day(run.until) if run.until else "now"
    whole = course.whole or rule.dimension is None
    who = "" if whole else named(formats)(str(rule.dimension), course.member) + " "
    value = words.number(formats, rule.kpi, rule.basis, run.verdict.number)
    # Whether it had begun earlier was not looked at.
    before = "or before " if run.since == found.days[0] else ""
    return f"{formats.day(run.since)} {before}– {until} · {who}{value}"
