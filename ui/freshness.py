"""How fresh the numbers are, and drawing the page again when there are newer ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import streamlit as st

from crm_data.warehouse import Keeper
from ui import cache
from ui.escape import html
from ui.page import Page

_EVERY = 0.5  # seconds between looks at the copy, so that a change elsewhere shows within one


@st.fragment(run_every=_EVERY)
def freshness(shown: Page, keeper: Keeper, version: object, error: str | None) -> None:
    """How fresh the numbers are. Draws the page again when there are newer ones."""
    seen = keeper.copy and (keeper.copy.state.version, keeper.news)
    if cache.keeper() is not keeper or seen != version or keeper.error != error:
        st.rerun()
    state = shown.copy.state
    newest = shown.formats.day(state.newest_day) if state.newest_day else "–"
    late = " late" if keeper.error else ""
    then = f"as of {when(shown)}" if keeper.error else refreshed(shown)
    words = f'<span>Data up to {html(newest)}</span><span class="dot"> · </span><span>{html(then)}</span>'
    st.markdown(f'<div class="fresh{late}"><i></i><span>{words}</span></div>', unsafe_allow_html=True)


def refreshed(shown: Page) -> str:
    """How fresh the copy is. The keeper looks every second: what it has not refreshed has not changed."""
    then, now = shown.copy.state.refreshed_at, datetime.now(UTC)
    if then is None:
        return "not refreshed yet"
    return (
        f"refreshed {ago(then, now)}"
        if now - then < timedelta(minutes=1)
        else f"no change since {when(shown)}"
    )


def when(shown: Page) -> str:
    """The copy's last refresh, on the organisation's clock."""
    zone = shown.copy.organisation.zone
    then = (shown.copy.state.refreshed_at or datetime.now(UTC)).astimezone(zone)
    day = "" if then.date() == datetime.now(zone).date() else f" on {shown.formats.day(then.date())}"
    return f"{then:%H:%M}{day}"


@st.fragment(run_every=1)
def look_again(keeper: Keeper, version: int | None, error: str | None) -> None:
    """Draw the page again when the keeper has come further than it was when the page was drawn."""
    now = keeper.copy.state.version if keeper.copy else None
    changed = now != version or keeper.error != error or cache.keeper() is not keeper
    if changed or (keeper.copy is None and not keeper.error):
        st.rerun()


def ago(then: datetime, now: datetime) -> str:
    """Seconds up to a minute, then minutes, then hours."""
    seconds = max(int((now - then).total_seconds()), 0)
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
