"""What is wrong in the files, with its rows, before anything is written; and what is decided about it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from crm_data.cleansing.findings import KINDS, Duplicate, Findings, Group, Row
from ui.escape import html, markdown
from ui.importing import session as sessions
from ui.importing.session import Session
from ui.importing.steps import say
from ui.importing.work import Looked
from ui.page import Page
from ui.table import table

_ROWS = 20  # of a finding
_PAIRS = 25  # on a screen
_VALUES = 4  # of a row
_SURE = {None: "Merge none of them", 0.99: "99 % and more", 0.95: "95 % and more", 0.9: "90 % and more"}
_MERGING = (
    "Of two rows that are merged, the one in the CRM or the fuller one stays, and gets what it lacks from "
    "the other. Undoing the import takes them apart again."
)
_ELSEWHERE = ("rejected", "duplicate", "gone")  # kinds that have a place of their own


def findings(page: Page, session: Session) -> None:
    """Each kind of finding, with its rows; duplicates and rows that are gone with their decisions."""
    looked = session.looked
    if looked is None or looked.findings is None:
        return
    groups = looked.findings.groups()
    st.markdown('<div class="titled">What was found in them</div>', unsafe_allow_html=True)
    if not [group for group in groups if group.kind != "rejected"]:
        say("good", "Nothing that would have to be looked at.")
    with st.container(key="found"):
        if any(group.kind == "duplicate" for group in groups):
            _duplicates(page, session, looked.findings)
        for kind, title in KINDS.items():
            own = [group for group in groups if group.kind == kind]
            if own and kind not in _ELSEWHERE:
                _kind(page, looked.findings, title, own)
    _whole(session, looked)
    _gone(page, session, looked.findings, [group for group in groups if group.kind == "gone"])


def _kind(page: Page, found: Findings, title: str, groups: list[Group]) -> None:
    rows = sum(group.rows for group in groups)
    with st.expander(f"{title}: {page.formats.number(rows)}"):
        for group in groups:
            where = group.object.replace("_", " ")
            column = f", {group.column.replace('_', ' ')}" if group.column else ""
            words = f"{where}{column}: {group.problem} ({page.formats.number(group.rows)})"
            st.markdown(f'<div class="over">{html(words)}</div>', unsafe_allow_html=True)
            shown = table(
                ["File", "Line", "Cell", "Row"],
                [_line(row) for row in found.rows(group, most=_ROWS)],
                numbers=[False, True, False, False],
                caption=words,
            )
            st.markdown(shown, unsafe_allow_html=True)
            if group.rows > _ROWS:
                st.caption(f"The first {_ROWS}.")


def _line(row: Row) -> list[str]:
    line = str(row.line) if row.line else f"CRM no. {row.key}"
    return [row.file, line, row.cell[:60], _values(row)]


def _values(row: Row) -> str:
    return ", ".join(text[:40] for text in list(row.values.values())[:_VALUES])


def _duplicates(page: Page, session: Session, found: Findings) -> None:
    """All pairs, the surest first: merge those above a score, and each the other way where it is wrong."""
    total = sum(group.rows for group in found.groups() if group.kind == "duplicate")
    answers = session.answers
    with st.expander(f"{KINDS['duplicate']}: {page.formats.number(total)}", expanded=True):
        with st.container(key="merging", horizontal=True, vertical_alignment="bottom"):
            st.selectbox(
                "Merge the pairs that are as sure as",
                list(_SURE),
                index=list(_SURE).index(answers.merge_above),
                format_func=lambda choice: _SURE[choice],
                key=f"sure-{session.number}",
                on_change=_sure,
                args=(session,),
                width=260,
            )
            st.markdown(f'<div class="why">{html(_MERGING)}</div>', unsafe_allow_html=True)
        pages = max(-(-total // _PAIRS), 1)
        number = (
            st.number_input("Screen", 1, pages, key=f"pairs-{session.number}", width=140) if pages > 1 else 1
        )
        for place, pair in enumerate(found.duplicates(first=(number - 1) * _PAIRS, most=_PAIRS)):
            _pair(session, pair, place)


def _pair(session: Session, pair: Duplicate, place: int) -> None:
    at = (pair.object, pair.other.source_id, pair.into.key or pair.into.source_id)
    with st.container(key=f"alike-pair-{place}", horizontal=True, vertical_alignment="center"):
        reasons = "; ".join(f"{one.label} {one.how}" for one in pair.reasons)
        st.markdown(
            f'<div class="deed"><b>{pair.score:.0%}</b> {html(pair.object)}: {html(_named(pair.other))} and '
            f'{html(_named(pair.into))}<div class="why">{html(reasons)}</div></div>',
            unsafe_allow_html=True,
        )
        key = f"merge-{session.number}-{at}"
        st.session_state[key] = session.answers.merges(at, pair.score)
        st.toggle("Merge", key=key, on_change=_turn, args=(session, at, key))


def _named(row: Row) -> str:
    where = f"{row.file} line {row.line}" if row.line else f"the CRM's no. {row.key}"
    return f"{_values(row)} ({where})"


def _sure(session: Session) -> None:
    """A callback: the choice counts for all pairs."""
    session.answers.merge_above = st.session_state[f"sure-{session.number}"]
    session.answers.pairs.clear()


def _turn(session: Session, at: tuple[str, str, str | int], key: str) -> None:
    """A callback: this pair, whatever counts for all."""
    session.answers.pairs[at] = st.session_state[key]


def _whole(session: Session, looked: Looked) -> None:
    """Only who exported knows whether a file has every row; then a row that is missing was deleted."""
    if looked.given or not looked.there:
        return
    chosen = st.multiselect(
        "The files have every row of",
        looked.there,
        sorted(session.answers.whole),
        key=f"whole-{session.number}",
        format_func=lambda name: markdown(name.replace("_", " ")),
        placeholder="none: later files of the same system only add and change",
        help="Rows that the CRM has from this system and that the files have no more are then offered to be "
        "deleted.",
    )
    if set(chosen) != session.answers.whole:
        session.answers.whole = set(chosen)
        sessions.look(session, looked)
        st.rerun()


def _gone(page: Page, session: Session, found: Findings, groups: Sequence[Group]) -> None:
    if not groups:
        return
    _kind(page, found, KINDS["gone"], list(groups))
    rows = sum(len(keys) for keys in found.gone().values())
    if rows:
        session.answers.delete = st.checkbox(
            f"Delete these {page.formats.number(rows)} rows that nothing refers to",
            session.answers.delete,
            key=f"delete-{session.number}",
        )
