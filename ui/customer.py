"""The page of one account: what is read for it, and its cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import streamlit as st

from crm_data.engine import reported
from crm_data.profile import Profile, Signs, find_accounts, profile, signs
from crm_data.timeline import Event, events
from kpis import DEFINITIONS, Period, Question
from ui import cache
from ui import health as healthy
from ui import profile as cards
from ui.escape import markdown
from ui.gauge import Tile, linked, small
from ui.grid import grid
from ui.links import link
from ui.page import Page
from ui.paging import PER_PAGE
from ui.timeline import timeline
from ui.verdict import change

_FIGURES = ("mrr", "revenue_invoiced", "open_pipeline", "cases_opened", "csat")
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Known:
    """What the CRM database knows of an account."""

    profile: Profile
    signs: Signs
    events: Sequence[Event]
    events_total: int


def known(page: Page) -> Known | None:
    """The account that the URL names; None where there is none, or the viewer may not see it."""
    key, engine = page.view.account, cache.crm()
    assert key is not None
    with reported(engine), engine.connect() as crm:
        found = profile(crm, key, page.viewer)
        if found is None:
            return None
        zone = page.copy.organisation.zone
        offset = (page.view.page - 1) * PER_PAGE
        total, newest = events(crm, key, zone, page.today, offset, PER_PAGE)
        return Known(found, signs(crm, key, page.today), newest, total)


def finder(page: Page) -> None:
    """A field for the beginning of a name, and the accounts that begin so."""
    prefix = st.text_input(
        "Find a customer", placeholder="The beginning of a name", key="find-account", max_chars=100
    ).strip()
    if not prefix:
        return
    engine = cache.crm()
    with reported(engine), engine.connect() as crm:
        rows = find_accounts(crm, prefix, page.viewer)
    with st.container(key="list-found"):
        if not rows:
            st.markdown(f"No account's name begins with {markdown(prefix)}.")
        for row in rows:
            beside = ", ".join(filter(None, (row["segment"], row["city"])))
            words = f"{row['name']} · {beside}" if beside else row["name"]
            link("customer", words, page.view.overview(account=row["id"]))


def unknown(page: Page) -> None:
    st.info(f"There is no account no. {page.view.account}. It may have been merged or deleted.")


def figures(page: Page, shown: Known) -> None:
    """The account's numbers in the page's window; each leads to its rows."""
    key = page.view.account
    where = (("account", (key,)),)
    asked = [
        Question(_FIGURES, period, page.today, where=where, viewer=page.viewer)
        for period in filter(None, (page.period, page.compared(page.period)))
    ]
    now, *then = page.ask(*asked)
    before = {one.key: one for one in then[0]} if then else {}
    tiles = []
    for one in now:
        kpi = DEFINITIONS[one.key]
        moved = change(one, before.get(one.key), kpi, page.formats)
        tile = Tile(kpi, one, moved, page.compared_with, ())
        query = page.view.overview(kpi=one.key, at=where, where=())
        tiles.append(linked(tile, small(tile, page.formats), query))
    grid("multiples", tiles)


def about(page: Page, shown: Known) -> None:
    with st.container(border=True, key="card-about"):
        st.markdown('<div class="titled">Profile</div>', unsafe_allow_html=True)
        cards.head(page, shown.profile)


def health(page: Page, shown: Known) -> None:
    now, before = _invoiced(page)
    with st.container(border=True, key="card-health"):
        st.markdown('<div class="titled">Health</div>', unsafe_allow_html=True)
        healthy.health_card(page, shown.signs, now, before)


def _invoiced(page: Page) -> tuple[float | None, float | None]:
    """In the base currency, in the last 365 days and in the 365 before."""
    end = page.today + timedelta(days=1)
    where = (("account", (page.view.account,)),)
    windows = (Period(end - _YEAR, end), Period(end - 2 * _YEAR, end - _YEAR))
    asked = (
        Question(("revenue_invoiced",), one, page.today, where=where, viewer=page.viewer) for one in windows
    )
    now, before = (answers[0].value for answers in page.ask(*asked))
    return now, before


_Draw = Callable[[Page, Sequence[dict[str, Any]]], None]
_KINDS: tuple[tuple[str, str, _Draw], ...] = (
    ("contacts", "Contacts", cards.contacts),
    ("deals", "Deals", cards.deals),
    ("quotes", "Quotes", cards.quotes),
    ("invoices", "Invoices", cards.invoices),
    ("cases", "Cases", cards.cases),
    ("answers", "Survey answers", cards.answers),
    ("memberships", "Contracts", cards.memberships),
    ("loyalty", "Loyalty", cards.loyalty),
)


def belongings(page: Page, shown: Known) -> None:
    """A tab for each kind of record, with how many there are."""
    counts, number = shown.profile.counts, page.formats.number
    tabs = st.tabs([f"{words} {markdown(number(counts[kind]))}" for kind, words, _ in _KINDS])
    for tab, (kind, _, draw) in zip(tabs, _KINDS, strict=True):
        rows = getattr(shown.profile, kind)
        with tab:
            draw(page, rows)
            if counts[kind] > len(rows):
                words = f"The newest {number(len(rows))} of {number(counts[kind])}."
                st.markdown(f'<div class="note">{words}</div>', unsafe_allow_html=True)


def history(page: Page, shown: Known) -> None:
    st.header("What happened", anchor=False)
    timeline(page, shown.events, shown.events_total)
