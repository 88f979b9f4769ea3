"""How fresh the copy is, what it holds, and whether it is the same as the CRM database."""

from __future__ import annotations

import streamlit as st

from crm_data.engine import CrmUnavailable
from crm_data.warehouse import CopyError
from crm_data.warehouse.check import Checked, check
from kpis.catalog import DEFINITIONS
from ui import cache
from ui.escape import html, markdown
from ui.freshness import refreshed
from ui.page import Page
from ui.table import table

#: What one row is of the facts that no KPI counts.
_ROWS = {
    "buying_days": "customer's day of buying",
    "sites": "account with its place",
    "stages": "stage of deals",
    "targets": "target of a KPI",
}

_CHECKED = "data-checked"  # (version of the copy, what the last comparison found, or why there was none)


def state(page: Page) -> None:
    """When it was refreshed, up to when it knows changes, and its facts with their rows."""
    known, formats, zone = page.copy.state, page.formats, page.copy.organisation.zone
    changed = "nothing yet"
    if known.changed_at:
        there = known.changed_at.astimezone(zone)
        changed = f"{formats.day(there.date())}, {there:%H:%M}"
    loaded = {"full": "read as a whole", "incremental": "only what had changed"}.get(known.loaded, "")
    terms = {
        "Refreshed": refreshed(page),
        "Knows changes up to": changed,
        "Newest event": formats.day(known.newest_day) if known.newest_day else "none",
        "Version": formats.number(known.version) + (f", {loaded}" if loaded else ""),
        "Rows": formats.number(sum(known.rows.values())),
    }
    pairs = "".join(f"<div><dt>{html(name)}</dt><dd>{html(text)}</dd></div>" for name, text in terms.items())
    st.markdown(f'<dl class="terms">{pairs}</dl>', unsafe_allow_html=True)
    st.caption(
        "The copy holds keys, days, numbers and categories. Names, addresses, e-mails and texts stay in "
        "the CRM database and are looked up for the rows that are shown."
    )
    problem = cache.keeper().error
    if problem:
        st.error(
            f"**The copy does not follow the CRM.** {markdown(problem)} The findings below name the rows; as "
            "soon as the CRM is corrected, the copy follows by itself."
        )


def facts(page: Page) -> None:
    """Each fact: what one row of it is, and how many there are."""
    words = _ROWS | {part.fact.key: part.fact.one for one in DEFINITIONS.values() for part in one.parts}
    rows = [
        [name.replace("_", " "), words[name] + _span(name), page.formats.number(n)]
        for name, n in sorted(page.copy.state.rows.items(), key=lambda pair: -pair[1])
    ]
    head = ["Fact", "One row is one", "Rows"]
    st.markdown(table(head, rows, numbers=[False, False, True], caption="Facts"), unsafe_allow_html=True)


def _span(fact: str) -> str:
    return ", for the days on which it was the same" if fact.endswith("_spells") else ""


def checking(page: Page) -> None:
    """Compare copy and CRM database when somebody asks for it; the result stays until the data changes."""
    with st.container(key="check", horizontal=True, vertical_alignment="center", gap="small"):
        asked = st.button("Compare the copy with the CRM", key="compare")
        said = st.session_state.get(_CHECKED)
        if said and not asked:
            st.markdown(_told(said, page), unsafe_allow_html=True)
    if asked:
        bar = st.progress(0.0, "Comparing every table and every fact")
        try:
            found: Checked | str = check(page.copy, lambda share: _show(bar, share))
        except (CrmUnavailable, CopyError) as problem:
            found = str(problem)
        st.session_state[_CHECKED] = (page.copy.state.version, found)
        st.rerun()


def _show(bar: st.delta_generator.DeltaGenerator, share: float) -> None:
    bar.progress(min(share, 1.0), "Comparing every table and every fact")


def _told(said: tuple[int, Checked | str], page: Page) -> str:
    version, found = said
    if isinstance(found, str):
        return f'<span class="bad">{html(found)}</span>'
    old = "" if version == page.copy.state.version else " The data has changed since."
    number = page.formats.number
    tables = f"{number(found.tables)} tables with {number(found.rows)} rows"
    compared = f"{tables} and {number(found.facts)} facts compared"
    if not found.differences:
        return f'<span class="good">No difference.</span> {html(compared)}.{old}'
    listed = "".join(f"<li>{html(one.sentence)}</li>" for one in found.differences[:20])
    many = f"{number(len(found.differences))} differences"
    return (
        f'<span class="bad">{many}.</span> {html(compared)}.{old}<ul>{listed}</ul>'
        "<code>python -m crm_data refresh --full</code> makes the copy anew."
    )
