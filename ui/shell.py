"""The frame around every page: who looks, where they are, what they filter by, how fresh it is.

Each page begins with one call, `page(title)`. It checks the viewer, reads the URL and gives what the page
needs; where there is nothing to show, it says so and ends the run.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import streamlit as st

from crm_data.engine import CrmUnavailable
from crm_data.organisation import Organisation
from crm_data.warehouse import Keeper
from kpis.dimensions import DIMENSIONS
from kpis.period import Calendar, Period, anchor
from kpis.question import EVERYONE, Viewer
from ui import cache, desk, states
from ui.alerts.strip import strip
from ui.data.lacking import ask_for_rates, lacking_rates
from ui.escape import html, markdown
from ui.filters import filters
from ui.formats import Formats
from ui.freshness import freshness, when
from ui.links import script
from ui.names import members_in_words
from ui.navigation import navigation_bar
from ui.overview import window
from ui.page import Page
from ui.pages import PAGES
from ui.view import View, lost

#: In this order: paper has the last word.
_SHEETS = ("frame.css", "proof.css", "customers.css", "alerts.css", "records.css", "import.css", "paper.css")


def viewer() -> Viewer:
    """Who looks. The server listens on this computer only, and whoever uses it may see all."""
    return EVERYONE


def page(title: str, *, may_be_empty: bool = False) -> Page:
    """Frame, filters and all that the page needs. Ends the run where there is nothing to show.

    may_be_empty: the page has its use before the CRM has a row, or even tables.
    """
    who = viewer()
    name = next(entry.name for entry in PAGES if entry.title == title)
    _address_bar_follows(name)
    st.html(_style())
    st.html(f'<i class="{st.context.theme.type or "light"}-theme"></i>')  # for paper, which is light
    keeper = cache.keeper()
    if may_be_empty and keeper.copy is None and keeper.error:
        cache.make_ready()
    seen = keeper.shown  # first: what the keeper finds from here on is news to this page
    copy, error = keeper.copy, keeper.error
    state = copy.state if copy else None
    cache.push().shows(cache.mark(keeper, seen))
    if copy is None or state is None or (state.newest_day is None and not may_be_empty):
        _nothing_to_show(keeper, copy.organisation.name if copy else None, error)
    DIMENSIONS.follow(state.marked)
    view = View.from_url(st.query_params)
    formats = Formats.of(copy.organisation)
    today = anchor(datetime.now(copy.organisation.zone).date(), copy.state.newest_day)
    calendar = Calendar(copy.organisation)
    view = replace(view, compare=comparison(view, calendar, today, state.oldest_day))
    shown = Page(name, view, who, copy, formats, calendar, today)
    _bar(shown, keeper)
    if keeper.error:
        states.behind(keeper.error, f"as of {when(shown)}")
    elif seen.reloading:
        states.being_replaced(f"as of {when(shown)}", lambda: keeper.progress)
    return shown


@lru_cache(maxsize=1)
def _style() -> str:
    """All sheets in one element: Streamlit sends the same large one to a browser only once."""
    sheets = ((Path(__file__).parent / name).read_text(encoding="utf-8") for name in _SHEETS)
    return f"<style>{''.join(sheets)}</style>"


def _address_bar_follows(name: str) -> None:
    """A link from a page to itself changes the parameters but not the address bar; this does.

    Only then: on the way to another page it would write into the history entry of the old one.
    """
    parameters = {key: st.query_params.get_all(key) for key in st.query_params}
    before, st.session_state["last-seen"] = st.session_state.get("last-seen"), (name, parameters)
    if before and before[0] == name and before[1] != parameters:
        st.query_params.from_dict(parameters)


def heading(shown: Page, title: str, period: Period | None = None, *, records: bool = False) -> None:
    """The page's title, the window it shows (the page's own, or a part of it), the filters and the alerts.

    records: the page is about records, not about a window; it gets the title alone.
    """
    period = period or shown.period
    with st.container(key="head", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.title(markdown(title), anchor=False, width="content")
        if not records:
            st.markdown(_window_words(shown, period), unsafe_allow_html=True, width="content")
    if not records:
        filters(shown.view, shown.period, shown.copy, shown.formats, shown.name)
        _lost()
    if shown.name not in ("overview", "alerts", "import"):  # two show more than the strip, one is at work
        strip(shown)


def _lost() -> None:
    """Say what an address asks for that there is not any more, so that nobody takes all for a part."""
    for key in lost(st.query_params, st.query_params):
        words = f"{DIMENSIONS.why_not(key)} What the link chose of it is not applied."
        st.markdown(f'<div class="why" role="status">{html(words)}</div>', unsafe_allow_html=True)


def comparison(view: View, calendar: Calendar, today: date, oldest: date | None) -> str:
    """What the view compares with: last year, but the previous period or nothing while data is too young."""
    if view.compare != View.compare or oldest is None:
        return view.compare
    period = window(view, calendar, today)
    for how in ("year", "previous"):
        then = calendar.comparable(period, how, today)
        if then and then.start >= oldest:
            return how
    return "none"


def _bar(shown: Page, keeper: Keeper) -> None:
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap="medium"):
        name = html(shown.copy.organisation.name)
        st.markdown(f'<div class="brand"><i></i>{name}</div>', unsafe_allow_html=True, width="content")
        bar = navigation_bar(shown.name, shown.view.overview())
        st.markdown(bar, unsafe_allow_html=True, width="content")
        with st.container(key="freshness", width="stretch"):
            st.markdown(freshness(shown, late=bool(keeper.error)), unsafe_allow_html=True)


def _window_words(shown: Page, period: Period) -> str:
    words = f"<b>{html(shown.formats.period(period))}</b>"
    compared = shown.compared(period)
    if compared:
        words += f" compared with {html(shown.formats.period(compared))}"
    asked = View.from_url(st.query_params).compare
    oldest = shown.copy.state.oldest_day
    if oldest and asked != shown.view.compare:
        instead = "so there is no year before yet" if compared else "so there is nothing to compare with yet"
        words += f". Data begins {html(shown.formats.day(oldest))}, {instead}"
    newest = shown.copy.state.newest_day
    if newest == shown.today and newest != datetime.now(shown.copy.organisation.zone).date():
        words += f". Data ends {html(shown.formats.day(newest))}; periods count back from there."
    return f'<div class="window">{words}{_filters_in_words(shown)}</div>'


def _filters_in_words(shown: Page) -> str:
    """For paper, where the controls are not."""
    parts = [
        f"{DIMENSIONS[dimension].label}: {', '.join(members_in_words(dimension, members, shown.formats))}"
        for dimension, members in shown.view.where
    ]
    organisation = shown.copy.organisation.name
    said = ". ".join((organisation, *(parts or ["Everything"])))
    return f'<span class="only-on-paper"><br>{html(said)}.</span>'


def _nothing_to_show(keeper: Keeper, name: str | None, error: str | None) -> NoReturn:
    """Say why, and end the run. The page is drawn again when the keeper has news."""
    with st.container(key="state"):
        if name is not None:
            states.empty(name)
        elif error:
            organisation, lacking = lacking_rates() if keeper.lacks_rate else (None, [])
            if organisation and lacking:
                states.unconverted()
                ask_for_rates(organisation, lacking, viewer())
                _way_back(organisation)
            else:
                states.unreadable(error)
        else:
            states.being_made(lambda: keeper.progress, keeper.remade)
    st.stop()


def _way_back(organisation: Organisation) -> None:
    """To the other CRM, or to the time before an import that nobody can give a rate for."""
    from ui.importing import past, where  # only here: most pages have no use for all that reads files

    try:
        now = where.known()
    except CrmUnavailable:
        return
    desk.said()
    where.said(organisation, now)
    past.past(organisation, now)


def navigation() -> None:
    """Run the page that the URL names."""
    pages = [st.Page(script(entry.name), title=entry.title, default=entry is PAGES[0]) for entry in PAGES]
    st.navigation(pages, position="hidden").run()
