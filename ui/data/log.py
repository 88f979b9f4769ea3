"""What was done to the data: imports, and who changed what."""

from __future__ import annotations

import streamlit as st

from crm_data import log
from crm_data.engine import CrmUnavailable, reported
from ui import cache
from ui.alerts.words import moment
from ui.escape import html
from ui.links import link
from ui.page import Page
from ui.table import table

_PER_PAGE = 15
_OBJECTS = 4  # of an import, by name


def imports(page: Page) -> None:
    """The last imports, with what became of their rows."""
    engine = cache.crm()
    try:
        with reported(engine), engine.connect() as crm:
            found = log.imports(crm)
    except CrmUnavailable as problem:
        st.markdown(f'<div class="why">{html(problem)}</div>', unsafe_allow_html=True)
        return
    if not found:
        st.markdown('<div class="why">Nothing was imported yet.</div>', unsafe_allow_html=True)
        return
    zone = page.copy.organisation.zone
    kinds = ("added", "updated", "unchanged", "rejected")
    rows = [
        [
            moment(one.finished_at, zone, page.formats),
            one.source,
            _objects(one, page),
            *(page.formats.number(sum(each.get(kind, 0) for each in one.counts.values())) for kind in kinds),
        ]
        for one in found
    ]
    head = ["Finished", "Source", "Objects", *(kind.capitalize() for kind in kinds)]
    st.markdown(
        table(head, rows, numbers=[False] * 3 + [True] * 4, caption="Imports"), unsafe_allow_html=True
    )


def _objects(one: log.Import, page: Page) -> str:
    """The largest by name, the rest counted."""
    sizes = {name: each.get("added", 0) + each.get("updated", 0) for name, each in one.counts.items()}
    first = sorted(sizes, key=lambda name: -sizes[name])[:_OBJECTS]
    named = ", ".join(f"{page.formats.number(sizes[name])} {name.replace('_', ' ')}" for name in first)
    more = len(sizes) - len(first)
    return f"{named} and {more} more" if more > 0 else named


def audit(page: Page) -> None:
    """Who changed what, the latest first, page by page."""
    engine, here = cache.crm(), page.view.page
    try:
        with reported(engine), engine.connect() as crm:
            found, total = log.entries(crm, offset=(here - 1) * _PER_PAGE, limit=_PER_PAGE)
    except CrmUnavailable as problem:
        st.markdown(f'<div class="why">{html(problem)}</div>', unsafe_allow_html=True)
        return
    if not found:
        st.markdown('<div class="why">Nothing was changed yet.</div>', unsafe_allow_html=True)
        return
    zone = page.copy.organisation.zone
    rows = [
        [
            moment(one.at, zone, page.formats),
            one.actor,
            one.action,
            one.table.replace("_", " ") + (f" no. {one.row}" if one.row is not None else ""),
            ", ".join(field.replace("_", " ") for field in one.fields),
        ]
        for one in found
    ]
    head = ["When", "Who", "What", "Record", "Fields"]
    st.markdown(table(head, rows, numbers=[False] * 5, caption="Audit log"), unsafe_allow_html=True)
    with st.container(key="paging", horizontal=True, width="content"):
        if here > 1:
            link("data", "‹ Later", {"page": str(here - 1)})
        if total > here * _PER_PAGE:
            link("data", "Earlier ›", {"page": str(here + 1)})
