"""The cases that have waited longest, each leading to where it can be worked on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from kpis import COUNTED, LARGEST, NoRows, Question
from ui import cache
from ui.cards.card import Answers, framed, why
from ui.escape import html
from ui.links import href, link
from ui.names import Known, Row, names_of
from ui.page import Page

_HEADS = ("Case", "Account", "Owner", "Team", "Priority", "Opened", "Days open")


@dataclass(frozen=True)
class Waiting:
    """The oldest rows behind a KPI of ages of open cases."""

    kpi: str
    title: str
    top: int = 10

    def questions(self, page: Page) -> Mapping[str, Question]:
        return {"now": page.question((self.kpi,))}

    def draw(self, page: Page, answers: Answers) -> None:
        with framed(self, self.title, page.view.prove(self.kpi)):
            try:
                found = cache.rows(page.copy, page.question((self.kpi,)), COUNTED, 0, self.top, order=LARGEST)
            except NoRows as reason:
                why(str(reason))
                return
            if not found.total:
                why(answers["now"][0].why or "No case is waiting.")
                return
            known = names_of(found)
            rows = [dict(zip(found.columns, values, strict=True)) for values in found.rows]
            lines = "".join(_line(page, row, known) for row in rows)
            heads = "".join(
                f'<th scope="col"{" class=number" if head == _HEADS[-1] else ""}>{head}</th>'
                for head in _HEADS
            )
            st.markdown(
                f'<div class="table board" role="region" tabindex="0" aria-label="{html(self.title)}">'
                f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>",
                unsafe_allow_html=True,
            )
            if found.total > len(rows):
                link("rows", f"All {page.formats.number(found.total)} open cases", page.view.prove(self.kpi))


def _line(page: Page, row: Row, known: Known) -> str:
    case = known.name("id", row) or f"No. {row['id']}"
    account = known.name("account", row)
    words = [page.formats.member(name, row[name]) for name in ("team", "priority")]
    cells = [
        _to(page, "customer", account, account=row["account"]) if account else "",
        html(known.name("owner", row)),
        *(html(word) for word in words),
        html(page.formats.day(row["day"])),  # type: ignore[arg-type]
    ]
    rest = "".join(f"<td>{cell}</td>" for cell in cells)
    days = html(page.formats.exact(row["counts_for"]))  # type: ignore[arg-type]
    return (
        f'<tr><th scope="row">{_to(page, "cases", case, case=row["id"])}</th>{rest}'
        f'<td class="number">{days}</td></tr>'
    )


def _to(page: Page, name: str, words: str, **record: object) -> str:
    """A link to a record's page, or the words where there is none."""
    if not page.has(name):
        return html(words)
    where = html(href(name, page.view.overview(**record)))
    return f'<a href="{where}" target="_self">{html(words)}</a>'
