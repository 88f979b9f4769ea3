"""A kept report as it was, and which of its figures differ today."""

from __future__ import annotations

import streamlit as st

from crm_data import kept as store
from crm_data.edits import actor
from crm_data.engine import CrmUnavailable
from kpis import kept
from kpis.kept import Comparison, Head, Kept, NotKept, words
from kpis.reports import Names
from ui import cache, desk, report, shell, states
from ui.alerts.words import moment
from ui.escape import html, markdown
from ui.export import exports
from ui.kept.figure import figure
from ui.kept.where import figure_query, page_then, title_of
from ui.links import href, link
from ui.page import Page
from ui.table import Linked, table

_SHOWN = 12  # figures of the list; the rest is folded away


def kept_report(page: Page, key: int) -> None:
    """The report no. `key`; or one of its figures, with the rows by which it differs today."""
    try:
        found = desk.read(kept.read, key, page.viewer)
        with st.spinner("Comparing with today's data"):
            compared = cache.kept_compared(page.copy, key, page.viewer)
    except NotKept as problem:
        shell.heading(page, "Reports", records=True)
        states.no_result(markdown(problem), "Those that are kept are listed with the reports.")
        link("reports", "All reports", page.view.overview())
        return
    shell.heading(page, title_of(found.head), records=True)
    if page.view.kpi:
        figure(page, found, compared)
        return
    link("reports", "‹ All reports", page.view.overview())
    _head(page, found)
    _restated(page, found, compared)
    then = page_then(page, found)
    document, others = desk.read(lambda crm: kept.as_it_was(found, Names(crm, found.found.formats)))
    with st.container(key="kept-acts", horizontal=True, vertical_alignment="center"):
        exports(then, document)
        _delete(page, found.head)
    if others:
        said = f"Sections that are written otherwise by now, and left out here: {others}."
        st.markdown(f'<div class="why">{html(said)}</div>', unsafe_allow_html=True)
    report.draw(then, document, _marks(page, found, compared))


def _head(page: Page, found: Kept) -> None:
    """Of which window and data, when, and by whom."""
    head, scope, formats = found.head, found.found.scope, page.formats
    zone = page.copy.organisation.zone
    window = formats.period(scope.period)
    if scope.then:
        window += f" compared with {formats.period(scope.then)}"
    narrowed = desk.read(lambda crm: words.filters(head, Names(crm, formats))) or "Everything"
    version = f"Data version {head.data_version}"
    if head.refreshed_at:
        version += f", refreshed {moment(head.refreshed_at, zone, formats)}"
    said = ". ".join(html(words) for words in (window, narrowed, version))
    by = html(f"As it was when {head.kept_by} kept it, {moment(head.kept_at, zone, formats)}.")
    st.markdown(f'<div class="window kept"><b>{by}</b> {said}.</div>', unsafe_allow_html=True)


def _restated(page: Page, found: Kept, compared: Comparison) -> None:
    """What became of its figures; each leads to the rows that made it so."""
    formats, main = page.formats, found.found.scope.period
    day = words.kept_on(found.head, page.copy.organisation)
    named = desk.read(lambda crm: words.members(compared, Names(crm, formats)))
    rows: list[list[str | Linked]] = [
        [
            Linked(
                words.name(one.figure, main, named, formats),
                href("reports", figure_query(page, found, one.figure)),
            ),
            words.restated(one, day, formats),
            words.by_which(one, formats),
        ]
        for one in words.ordered(compared, main)
    ]
    with st.container(border=True, key="card-restated", gap="xsmall"):
        for sentence in words.summary(compared, day, formats):
            st.markdown(f'<div class="became">{html(sentence)}</div>', unsafe_allow_html=True)
        if rows:
            _table(rows[:_SHOWN], "Figures that differ today")
        if rows[_SHOWN:]:
            with st.expander(f"{formats.number(len(rows) - _SHOWN)} more"):
                _table(rows[_SHOWN:], "More figures that differ today")


def _table(rows: list[list[str | Linked]], caption: str) -> None:
    columns = ["Figure", "What became of it", "By which rows"]
    st.markdown(table(columns, rows, numbers=[False] * 3, caption=caption), unsafe_allow_html=True)


def _marks(page: Page, found: Kept, compared: Comparison) -> report.Marks:
    """What stands beside each figure that has another value today."""
    day = words.kept_on(found.head, page.copy.organisation)
    return {
        one.figure: report.Mark(
            one.then.value,
            words.amount(one.figure, one.now, page.formats),
            words.restated(one, day, page.formats),
            href("reports", figure_query(page, found, one.figure)),
        )
        for one in compared.restated
        if one.then.value != one.now.value
    }


def _delete(page: Page, head: Head) -> None:
    with st.popover("Delete", key="delete-kept"):
        st.markdown("The kept report goes for good. All data stays.")
        st.button("Delete for good", key="delete-kept-now", on_click=_deleted, args=(page, head))


def _deleted(page: Page, head: Head) -> None:
    """A callback."""
    try:
        store.remove(cache.crm(), head.id, actor())
    except (NotKept, CrmUnavailable) as problem:
        desk.say(f"**Not deleted.** {markdown(problem)}", well=False)
        return
    day = page.formats.day(words.kept_on(head, page.copy.organisation))
    desk.say(f"{markdown(title_of(head))}, kept {day}, was deleted.")
    st.query_params.from_dict(page.view.overview())
