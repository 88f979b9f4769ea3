"""A written report on the screen: every figure leads to its rows, every account to its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from crm_data.engine import CrmUnavailable, reported
from kpis.kept import Figure
from kpis.period import Period
from kpis.question import Where
from kpis.reports import Asked, Document, Found, Names, Report, write
from kpis.reports.document import Cell, Column, Curve, Part, Proof, Row, Sentence, Table, Words
from kpis.reports.drawing import THEME, svg
from ui import cache
from ui.escape import html
from ui.groups import group_query
from ui.links import href
from ui.page import Page

_SHORT = 20  # characters up to which words in brackets stay on one line
_LONG = 44  # characters from which on a text may take several lines
_TEXTS = 3  # columns of words that fit so
_NARROW = 6  # columns that fit beside another section
_WHOLE = 16  # rows from which on a section may break over pages


def asked(page: Page, name: str) -> Asked:
    """The report for the view's window, comparison and filters."""
    view = page.view
    return Asked(name, page.period, view.compare, page.today, view.where, page.viewer)


def written(report: Report, found: Found) -> Document:
    """The report with the names as they are now; while the CRM cannot be read keys stay keys."""
    engine = cache.crm()
    try:
        with reported(engine), engine.connect() as crm:
            return write(report, found, Names(crm, found.formats))
    except CrmUnavailable:
        return write(report, found, Names(None, found.formats))


def style() -> None:
    st.html(Path(__file__).parent / "report.css")


@dataclass(frozen=True)
class Mark:
    """What a figure was and is by now, a sentence about that, and where it leads."""

    was: float | None
    now: str
    words: str
    href: str


Marks = Mapping[Figure, Mark]


def draw(page: Page, document: Document, marks: Marks | None = None) -> None:
    """All of it, as one piece of HTML: so it reads and prints as one. `marks` stand beside their figures."""
    draft = _Draft(page, document.period, marks or {})
    parts = "".join(_part(draft, part) for part in document.parts)
    st.markdown(f'<article class="report">{parts}</article>', unsafe_allow_html=True)


def sentence_html(page: Page, sentence: Sentence) -> str:
    """A sentence of no report in particular."""
    return _sentence(_Draft(page, None, {}), sentence)


@dataclass(frozen=True)
class _Draft:
    """What the parts of a report are drawn with. `main`: its window."""

    page: Page
    main: Period | None
    marks: Marks


def _sentence(draft: _Draft, sentence: Sentence) -> str:
    return "".join(_linked(draft, one) + (_mark(draft, one.proof) if one.figure else "") for one in sentence)


def _mark(draft: _Draft, proof: Proof | None, shown: object = None) -> str:
    """Beside a figure that is another one by now: what it is, leading to the rows that made it so. `shown`:
    the number there, which may be a part of the figure only, such as a step of a waterfall."""
    if proof is None or draft.main is None:
        return ""
    mark = draft.marks.get(Figure(proof.kpi, proof.period or draft.main, (proof.at,) if proof.at else ()))
    if mark is None or (shown is not None and shown != mark.was):
        return ""
    words = html(mark.words)
    return (
        f' <a class="restated" href="{html(mark.href)}" target="_self" title="{words}" '
        f'aria-label="{words}">→ {html(mark.now)}</a>'
    )


def _part(draft: _Draft, part: Part) -> str:
    said = "".join(f"<p>{_sentence(draft, one)}</p>" for one in part.sentences)
    shown = "".join(_table(draft, one, part.title) for one in part.tables)
    shown += "".join(f'<p class="said">{html(note)}</p>' for note in part.notes)
    if part.curve:  # words beside the picture, where there is room
        said, shown = f"<div>{said}</div>", f"<div>{_curve(draft, part.curve)}{shown}</div>"
    kinds = [
        "beside" if part.curve else "",
        "wide" if any(_is_wide(one) for one in part.tables) else "",
        "long" if sum(min(len(one.rows), one.shown) for one in part.tables) > _WHOLE else "",
    ]
    return (
        f'<section class="{" ".join(filter(None, kinds))}"><h2>{html(part.title)}</h2>{said}{shown}</section>'
    )


def _is_wide(table: Table) -> bool:
    """It needs all of the screen: many columns, several of them text, or long texts."""
    texts = sum(
        any(isinstance(cell.value, str) for cell in column) for column in zip(*table.rows, strict=True)
    )
    long = any(len(cell.text) > _LONG for row in table.rows for cell in row)
    return len(table.columns) > _NARROW or texts > _TEXTS or long


def _curve(draft: _Draft, curve: Curve) -> str:
    dashed = f'<span class="dashed">{html(draft.page.compared_with)}</span>' if any(curve.then) else ""
    link = _bucket_link(draft, curve.proof)
    drawn = svg(curve, draft.page.formats, THEME, link)
    return f"<figure><figcaption>{html(curve.caption)}{dashed}</figcaption>{drawn}</figure>"


def _bucket_link(draft: _Draft, proof: Proof) -> Callable[..., str]:
    view = draft.page.view
    return lambda bucket: href("rows", view.overview(kpi=proof.kpi, at=_beside(draft), bucket=bucket))


def _beside(draft: _Draft) -> Where:
    """A kept report's filters that no page offers; of any other report there are none."""
    return draft.page.view.at if draft.page.view.kept else ()


def _table(draft: _Draft, table: Table, title: str) -> str:
    caption = title if table.caption == title else f"{title}: {table.caption}"
    columns = list(enumerate(table.columns))
    drawn = [not column.head and any(row[place].bar for row in table.rows) for place, column in columns]
    numbers = [_is_number(column, place, table) for place, column in columns]
    heads = "".join(
        f'<th scope="col"{_class("number" if number else "")}>{html(column.head)}</th>'
        if column.head
        else "<td></td>"  # of bars, which say nothing that the numbers do not
        for column, number in zip(table.columns, numbers, strict=True)
    )

    def line(row: Row) -> str:
        cells = zip(row, numbers, drawn, strict=True)
        return f"<tr>{''.join(_cell(draft, cell, number=one, drawn=two) for cell, one, two in cells)}</tr>"

    body = "".join(line(row) for row in table.rows[: table.shown])
    foot = f"<tfoot>{line(table.total)}</tfoot>" if table.total else ""
    more = ""
    if table.more:
        more = f'<p class="more">{draft.page.formats.number(table.more)} more are in the spreadsheet.</p>'
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{html(caption)}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody>{foot}</table></div>{more}"
    )


def _is_number(column: Column, place: int, table: Table) -> bool:
    return column.unit is not None or any(isinstance(row[place].value, int | float) for row in table.rows)


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""


def _cell(draft: _Draft, cell: Cell, *, number: bool, drawn: bool) -> str:
    text = _linked(draft, Words(cell.text, cell.proof, cell.account))
    if cell.group:
        where = href("customers", group_query(draft.page, "rfm", cell.group))
        text = f'<a href="{html(where)}" target="_self">{html(cell.text)}</a>'
    if cell.value is None and cell.why:
        text = f'<span class="na" title="{html(cell.why)}">n/a</span>'
    if not isinstance(cell.value, str):
        text += _mark(draft, cell.proof, cell.value)
    if cell.bar is not None:
        text += _bar(*cell.bar)
    names = ["number"] if number else ["drawn"] if drawn else ["long"] if len(cell.text) > _LONG else []
    style = ""
    if cell.shade is not None:
        names, style = ["shaded"], f' style="--share:{cell.shade * 70:.0f}%"'
    return f"<td{_class(' '.join(names))}{style}>{text}</td>"


def _bar(start: float, end: float) -> str:
    left, width = min(start, end), max(abs(end - start), 0.004)
    falls = ' class="falls"' if start > end else ""
    return (
        f'<span class="track"><i{falls} style="left:{left * 100:.1f}%;width:{width * 100:.1f}%"></i></span>'
    )


def _linked(draft: _Draft, one: Words) -> str:
    text = html(one.text)
    if one.account is not None and draft.page.has("customer"):
        where = href("customer", draft.page.view.overview(account=one.account))
    elif one.proof is not None and one.text:
        where = _address(draft, one.proof)
    else:
        return (
            f'<span class="amount">{text}</span>' if one.text[:2] == " (" and len(one.text) < _SHORT else text
        )
    figure = ' class="figure"' if one.figure else ""
    return f'<a href="{html(where)}" target="_self"{figure}>{text}</a>'


def _address(draft: _Draft, proof: Proof) -> str:
    """The rows behind a figure, in its own window."""
    at = {proof.at[0]: (proof.at[1],)} if proof.at else {}
    query = draft.page.view.overview(kpi=proof.kpi, at=tuple((dict(_beside(draft)) | at).items()))
    if proof.period:
        query.pop("period", None)
        query |= {"from": f"{proof.period.start}", "to": f"{proof.period.end}"}
    return href("rows", query)
