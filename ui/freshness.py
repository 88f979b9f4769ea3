"""How fresh the numbers are, in words that stay true while the page is open."""

from __future__ import annotations

from datetime import UTC, datetime

from ui.escape import html
from ui.page import Page


def freshness(shown: Page, *, late: bool) -> str:
    """For the bar, as HTML. `late`: the copy cannot follow the CRM database."""
    state = shown.copy.state
    newest = shown.formats.day(state.newest_day) if state.newest_day else "–"
    then = f"as of {when(shown)}" if late else refreshed(shown)
    words = f'<span>Data up to {html(newest)}</span><span class="dot"> · </span><span>{html(then)}</span>'
    return f'<div class="fresh{" late" if late else ""}"><i></i><span>{words}</span></div>'


def refreshed(shown: Page) -> str:
    """How fresh the copy is. The keeper looks every second, and a page is drawn again when there is news."""
    return f"no change since {when(shown)}" if shown.copy.state.refreshed_at else "not refreshed yet"


def when(shown: Page) -> str:
    """The copy's last refresh, on the organisation's clock."""
    zone = shown.copy.organisation.zone
    then = (shown.copy.state.refreshed_at or datetime.now(UTC)).astimezone(zone)
    day = "" if then.date() == datetime.now(zone).date() else f" on {shown.formats.day(then.date())}"
    return f"{then:%H:%M}{day}"


def ago(then: datetime, now: datetime) -> str:
    """Seconds up to a minute, then minutes, then hours."""
    seconds = max(int((now - then).total_seconds()), 0)
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"
