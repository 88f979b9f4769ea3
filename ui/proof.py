"""What proves a number: its definition, both windows, its parts, its freshness and its SQL."""

from __future__ import annotations

import streamlit as st

from kpis import DEFINITIONS, Explanation, Reading
from kpis.explain import counted_words
from kpis.model import Definition
from ui.escape import html, markdown
from ui.freshness import refreshed
from ui.links import href, link
from ui.page import Page
from ui.table import Linked, table
from ui.verdict import change, has_margin, status_icon, status_words


def number_card(page: Page, proof: Explanation) -> None:
    """The value, how sure it is, how it stands, and what has to be said beside it."""
    reading, kpi, formats = proof.reading, DEFINITIONS[proof.reading.key], page.formats
    status = reading.status if reading.value is not None else "none"
    value = html(formats.value(kpi.unit, reading.value))
    lines = [f'<div class="proof status-{html(status)}"><div class="huge">{value}</div>']
    if reading.value is None:
        lines.append(f'<div class="why">{html(reading.why or "No value.")}</div>')
    else:
        lines.append(f'<div class="word">{status_icon(status)}{html(status_words(reading))}</div>')
    lines += [f"<p>{html(text)}</p>" for text in _said(kpi, proof, page)]
    st.markdown("".join((*lines, "</div>")), unsafe_allow_html=True)


def _said(kpi: Definition, proof: Explanation, page: Page) -> list[str]:
    """Goal, margin of error, spread, change and notes, a sentence each."""
    reading, formats = proof.reading, page.formats
    said = []
    if reading.goal:
        floor = reading.goal.floor
        limit = f", floor {formats.value(kpi.unit, floor)}" if floor is not None else ""
        said.append(f"Target {formats.value(kpi.unit, reading.goal.target)}{limit}: {reading.goal.source}.")
    if reading.low is not None and reading.high is not None:
        ends = f"{formats.value(kpi.unit, reading.low)} and {formats.value(kpi.unit, reading.high)}"
        said.append(f"With 95 % confidence between {ends}.")
    elif reading.value is not None and has_margin(kpi):
        said.append("No margin of error: there are too few rows, or a single one weighs too much.")
    if reading.spread:
        low, middle, high = reading.spread.p25, reading.spread.median, reading.spread.p75
        quarters = " / ".join(formats.value(kpi.unit, point) for point in (low, middle, high))
        said.append(f"Quartiles {quarters}; mean {formats.value(kpi.unit, reading.spread.mean)}.")
    moved = change(reading, proof.compared, kpi, formats)
    if moved and page.compared_with:
        said.append(f"{moved.words.capitalize()} against {page.compared_with}.")
    return [*said, *reading.notes]


def windows(page: Page, proof: Explanation) -> None:
    """Both windows beside each other, with what was divided by what."""
    kpi = DEFINITIONS[proof.reading.key]
    readings = [one for one in (proof.reading, proof.compared) if one]
    fractions = any(one.denominator is not None for one in readings)
    head = ["Window", "Value", *(("Numerator", "Denominator") if fractions else ())]
    head.append(counted_words(kpi))
    rows = [
        [
            page.formats.period(one.period) + (" (not over)" if one.unfinished else ""),
            _value(page, kpi, one, earlier=one is proof.compared),
            *((page.formats.exact(one.numerator), page.formats.exact(one.denominator)) if fractions else ()),
            "" if one.n is None else page.formats.number(one.n),
        ]
        for one in readings
    ]
    st.markdown(
        table(head, rows, numbers=[False] + [True] * (len(head) - 1), caption="Windows"),
        unsafe_allow_html=True,
    )


def _value(page: Page, kpi: Definition, one: Reading, *, earlier: bool) -> str | Linked:
    """The window's value; that of the earlier window leads to its own proof."""
    if one.value is None:
        return f"n/a: {one.why}"
    value = page.formats.value(kpi.unit, one.value)
    if not earlier:
        return value
    query = page.view.query(bucket=one.period, rows="counted", reason=None, page=1)
    return Linked(value, href("rows", query))


def definition(proof: Explanation) -> None:
    """Sentence, formula, and the definition's terms."""
    terms = "".join(f"<dt>{html(name)}</dt><dd>{html(text)}</dd>" for name, text in proof.facts.items())
    st.markdown(
        f'<div class="proof"><p>{html(proof.sentence)}</p><p class="formula">{html(proof.formula)}</p>'
        f"<dl>{terms}<dt>Defined by</dt><dd>{html(proof.source)}</dd></dl></div>",
        unsafe_allow_html=True,
    )


def parts(page: Page, proof: Explanation) -> None:
    """What a composition is made of; each part leads to its own proof."""
    for part in proof.parts:
        kpi = DEFINITIONS[part.reading.key]
        with st.container(key=f"figure-{kpi.key}", gap=None):
            link("rows", kpi.label, page.view.query(kpi=kpi.key, rows="counted", reason=None, page=1))
            value = html(page.formats.value(kpi.unit, part.reading.value))
            out = sum(count.n for count in part.left_out)
            counted = f"{page.formats.number(part.counted)} rows counted, {page.formats.number(out)} left out"
            why = f'<div class="why">{html(part.reading.why)}</div>' if part.reading.why else ""
            st.markdown(
                f'<div class="big">{value}</div>{why}<div class="over">{html(counted)}</div>',
                unsafe_allow_html=True,
            )


def freshness(page: Page, proof: Explanation) -> None:
    """How fresh the data behind the number is."""
    zone = page.copy.organisation.zone
    words = f"The copy: {refreshed(page)}"
    if proof.changed_at:
        words += f", knows changes up to {proof.changed_at.astimezone(zone):%H:%M} of "
        words += page.formats.day(proof.changed_at.astimezone(zone).date())
    if proof.newest_day:
        words += f"; the newest event is of {page.formats.day(proof.newest_day)}"
    st.caption(f"{markdown(words)}.")


def statements(proof: Explanation) -> None:
    """The SQL, to read and to run oneself."""
    found = [*proof.sql, *(sql for part in proof.parts for sql in part.sql)]
    if found:
        with st.expander("SQL: the value, then its rows"):
            for sql in found:
                st.code(sql, language="sql", wrap_lines=True)
