"""Steps 2 to 4: what becomes of each column, what was read, and what was changed on the way."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from crm_data.importers.mapping import KEPT, OBJECTS
from crm_data.importers.outcome import Note
from crm_data.importers.prepared import Prepared
from crm_data.importers.recognise import CUSTOM, ID, LEFT_OUT, ColumnGuess, Override, Recognised
from crm_data.importers.vocabulary import currencies
from ui.escape import html, markdown
from ui.importing import session as sessions
from ui.importing.session import Session
from ui.importing.steps import step
from ui.importing.work import Looked
from ui.page import Page
from ui.table import table

_KEPT, _LEFT = "kept as it is", "left out"
_EXAMPLES = 3
_DATES = {None: "As the file itself tells", True: "The day first: 3 April", False: "The month first: 4 March"}
_SHOWN = 50


def mapping(page: Page, session: Session) -> None:
    """Each file's columns, to be looked at and changed; the mapping to take along."""
    looked = session.looked
    if looked is None or looked.mapping is None:
        return
    step(2, "What each column becomes. Columns that have no place in the CRM are kept with their rows.")
    if looked.given is None:
        if looked.fresh:
            _settings(session, looked)
        with st.container(key="maps"):
            for one in looked.recognised:
                if one.fills and one.look and not _left_out(one, session):
                    _file(session, looked, one)
    st.download_button(
        "The mapping, to use again (TOML)",
        looked.mapping.text,
        file_name=f"{looked.mapping.source}.toml",
        mime="application/toml",
        key="mapping",
        on_click="ignore",
    )


def _settings(session: Session, looked: Looked) -> None:
    """Of a CRM that has none yet: what it is called, its currency and its clock."""
    assert looked.mapping
    settings = session.answers.settings
    currency = settings.get("base_currency") or looked.mapping.organisation.get("base_currency", "EUR")
    zone = settings.get("time_zone") or "UTC"
    zones, codes = sorted(available_timezones()), sorted(currencies())
    at = session.number
    with st.container(key="settings", horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Your organisation",
            settings.get("name", ""),
            key=f"name-{at}",
            max_chars=200,
            placeholder="My organisation",
        )
        now = {
            "name": name.strip(),
            "base_currency": st.selectbox("Its currency", codes, codes.index(currency), key=f"currency-{at}"),
            "time_zone": st.selectbox("Its time zone", zones, zones.index(zone), key=f"zone-{at}"),
        }
    if now != {"name": settings.get("name", ""), "base_currency": currency, "time_zone": zone}:
        session.answers.settings = now
        sessions.look(session, looked)
        st.rerun()


def _left_out(one: Recognised, session: Session) -> bool:
    said = session.answers.overrides.get((one.file, one.sheet))
    return bool(one.problem and not said) or bool(said and said.left_out)


def _file(session: Session, looked: Looked, one: Recognised) -> None:
    said = session.answers.overrides.get((one.file, one.sheet)) or Override(one.file, one.sheet)
    used = sum(1 for column in one.columns if column.becomes)
    sheet = f", {one.sheet}" if one.sheet else ""
    title = (
        f"{one.file}{sheet} → {str(one.fills).replace('_', ' ')}: {used} of {len(one.columns)} columns used"
    )
    with st.expander(markdown(title)):
        before = [_becomes(column, said) for column in one.columns]
        frame = pd.DataFrame(
            {
                "Column": [column.heading for column in one.columns],
                "For example": [_examples(one, number) for number in range(len(one.columns))],
                "Becomes": before,
                "Because": [column.why for column in one.columns],
            }
        )
        targets = [ID, *(c.name for c in OBJECTS[str(one.fills)].c if c.name not in KEPT)]
        options = list(dict.fromkeys([_KEPT, _LEFT, *targets, *before]))
        edited = st.data_editor(
            frame,
            key=f"columns-{session.number}-{one.file}-{one.sheet}",
            hide_index=True,
            disabled=["Column", "For example", "Because"],
            column_config={"Becomes": st.column_config.SelectboxColumn(options=options, required=True)},
            alt=f"What the columns of {one.file} become",
        )
        dates = st.selectbox(
            "Dates such as 03/04/2026",
            list(_DATES),
            index=list(_DATES).index(said.day_first),
            key=f"dates-{session.number}-{one.file}-{one.sheet}",
            format_func=lambda choice: _DATES[choice],
            width=320,
        )
    changed = {
        column.heading: {_KEPT: CUSTOM, _LEFT: LEFT_OUT}.get(now, now)
        for column, was, now in zip(one.columns, before, edited["Becomes"], strict=True)
        if now != was
    }
    if changed or dates != said.day_first:
        said = replace(said, columns={**said.columns, **changed}, day_first=dates)
        session.answers.overrides[one.file, one.sheet] = said
        sessions.look(session, looked)
        st.rerun()


def _becomes(column: ColumnGuess, said: Override) -> str:
    if column.heading in said.columns:
        target = said.columns[column.heading]
        return {CUSTOM: _KEPT, LEFT_OUT: _LEFT}.get(target, target)
    if column.becomes:
        return ", ".join(name.rpartition(".")[2] for name in column.becomes)
    return _KEPT if column.custom else _LEFT


def _examples(one: Recognised, number: int) -> str:
    """The most frequent texts of a column."""
    if one.look is None or number >= len(one.look.texts):
        return ""
    return ", ".join(text[:40] for text, _ in one.look.texts[number].most_common(_EXAMPLES))


def read(page: Page, looked: Looked) -> None:
    """What was read, and what became of values on the way."""
    if looked.prepared is None:
        return
    with st.container(key="readings"):
        with st.container(key="extracted"):
            step(3, "What was read.")
            st.markdown(_extracted(page, looked.prepared), unsafe_allow_html=True)
            for remark in looked.prepared.remarks:
                st.caption(markdown(remark))
        with st.container(key="transformed"):
            step(4, "What was changed so that it fits; everything else is taken as it stands.")
            tallies = looked.prepared.tallies.items()
            notes = [note for name, tally in tallies for note in tally.notes(name)]
            st.markdown(_notes(page, notes), unsafe_allow_html=True)
            _rejected(page, looked.prepared)


def _extracted(page: Page, prepared: Prepared) -> str:
    number = page.formats.number
    rows = [
        [name.replace("_", " "), number(tally.counts.read), number(tally.counts.rejected)]
        for name, tally in prepared.tallies.items()
        if tally.counts.read
    ]
    head = ["Object", "Rows read", "Cannot be taken"]
    return table(head, rows, numbers=[False, True, True], caption="Rows read")


def _notes(page: Page, notes: list[Note]) -> str:
    if not notes:
        return '<div class="why">Nothing had to be changed.</div>'
    rows = [
        [
            note.object.replace("_", " "),
            note.column.replace("_", " "),
            note.text,
            page.formats.number(note.rows),
        ]
        for note in notes
    ]
    head = ["Object", "Column", "What", "Rows"]
    return table(head, rows, numbers=[False, False, False, True], caption="What was changed")


def _rejected(page: Page, prepared: Prepared) -> None:
    """The rows that cannot be taken, with the cell that stands in the way."""
    total = sum(tally.counts.rejected for tally in prepared.tallies.values())
    if not total:
        return
    with st.expander(f"Rows that cannot be taken: {page.formats.number(total)}"):
        rows = []
        for one in prepared.stage.rejected():
            rows.append([one.file, str(one.line), one.column, one.cell[:80], one.reason])
            if len(rows) == _SHOWN:
                break
        head = ["File", "Line", "Column", "Cell", "Reason"]
        st.markdown(table(head, rows, numbers=[False, True, False, False, False], caption="Rejected rows"),
                    unsafe_allow_html=True)  # fmt: skip
        st.markdown(f'<div class="why">{html("They stay out; the list of all comes with the load.")}</div>',
                    unsafe_allow_html=True)  # fmt: skip
