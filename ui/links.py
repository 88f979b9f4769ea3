"""Links between pages, and lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from ui.escape import html, markdown
from ui.pages import PAGES
from ui.view import View

Query = dict[str, str | list[str]]
ROOT = Path(__file__).resolve().parent.parent


def script(name: str) -> Path:
    """The file of a page. Streamlit takes paths relative to `ui`, so links give it whole ones."""
    return ROOT / "pages" / f"{name}.py"


def link(page: str, label: str, query: Query) -> None:
    """A link to a page of ours; the label may be any text."""
    st.page_link(script(page), label=markdown(label) or "(no name)", query_params=query)


def go(page: str, query: Query) -> None:
    st.switch_page(script(page), query_params=query)


def href(page: str, query: Query) -> str:
    """The address of a page of ours, for a link in HTML. Relative, so that it works below a path, too."""
    name = "./" if page == PAGES[0].name else page
    return f"{name}?{urlencode(query, doseq=True)}" if query else name


def rows_of(view: View, kpi: str, dimension: str, member: object) -> str:
    """The address of the rows behind one member's value."""
    return href("rows", view.prove(kpi, dimension, (member,)))


@dataclass(frozen=True)
class Entry:
    """A line of a list: a name, its number, its part of the whole, and where it leads."""

    name: str
    number: str
    share: str
    bar: float  # 0 … 1
    query: Query
    colour: str | None = None


def linked_list(entries: Sequence[Entry], *, key: str) -> str:
    """HTML of the entries, one a line. Each line is a link, with its number and bar."""
    return f'<div class="ranked list-{html(key)}">{"".join(_line(entry) for entry in entries)}</div>'


def _line(entry: Entry) -> str:
    colour = f"background:{entry.colour};" if entry.colour else ""
    swatch = f'<i class="swatch" style="{colour}"></i>' if entry.colour else ""
    return (
        f'<a href="{html(href("rows", entry.query))}" target="_self">{swatch}'
        f'<span class="name">{html(entry.name) or "(no name)"}</span>'
        f'<i class="bar" style="{colour}width:{max(entry.bar, 0) * 100:.1f}%"></i>'
        f'<span class="number">{html(entry.number)}</span>'
        f'<span class="share">{html(entry.share)}</span></a>'
    )
