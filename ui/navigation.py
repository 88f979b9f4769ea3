"""The way to the other pages: a bar on a wide screen, a menu on a narrow one. HTML, with links that keep
period and filters."""

from __future__ import annotations

from itertools import groupby

from ui.escape import html
from ui.links import Query, href
from ui.pages import PAGES, Entry


def navigation_bar(here: str, query: Query) -> str:
    """All pages that are in the bar, group by group; `here` is marked."""
    groups = [(group, list(entries)) for group, entries in groupby(PAGES, key=lambda one: one.group) if group]
    wide = "".join(
        f'<span class="group">{"".join(_link(entry, here, query) for entry in entries)}</span>'
        for _, entries in groups
    )
    narrow = "".join(
        f'<div class="group">{_heading(group, entries)}'
        f"{''.join(_link(entry, here, query) for entry in entries)}</div>"
        for group, entries in groups
    )
    title = next((entry.title for entry in PAGES if entry.name == here and entry.group), "Pages")
    return (
        f'<nav class="wide" aria-label="Pages">{wide}</nav>'
        f'<nav class="narrow" aria-label="Pages"><details><summary><span class="lines-icon"></span>'
        f'{html(title)}</summary><div class="menu">{narrow}</div></details></nav>'
    )


def _heading(group: str, entries: list[Entry]) -> str:
    """The group's name, unless its only page says it."""
    if [entry.title for entry in entries] == [group]:
        return ""
    return f'<span class="over">{html(group)}</span>'


def _link(entry: Entry, here: str, query: Query) -> str:
    current = ' aria-current="page"' if entry.name == here else ""
    where = html(href(entry.name, query))
    return f'<a href="{where}" target="_self"{current}>{html(entry.title)}</a>'
