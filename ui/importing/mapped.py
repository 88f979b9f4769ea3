"""Steps 2 to 4: what becomes of each column, what was read, and what was changed on the way."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from crm_data.importers.mapping import KEPT, OBJECTS, Mapping
from crm_data.importers.outcome import Note
from crm_data.importers.prepared import Prepared
from crm_data.importers.recognise import CUSTOM, ID, LEFT_OUT, ColumnGuess, Override, Recognised
from crm_data.importers.vocabulary import currencies
from ui import desk
from ui.escape import html, markdown
from ui.importing import session as sessions
from ui.importing.session import Session
from ui.importing.steps import say, step
from ui.importing.work import Looked
from ui.page import Page
from ui.table import table

_KEPT, _LEFT = "kept as it is", "left out"
_EXAMPLES = 3
_DATES = {None: "As the file itself tells", True: "The day first: 3 April", False: "The month first: 4 March"}
_SHOWN = 50


def mapping(page: Page, session: Session) -> None:
    """Each file's columns, to be looked at and changed; the mapping to take along.

    Where what was said so far stops the import, the columns are there all the same: to be corrected.
    """
    looked = session.looked
    if looked is None or not (looked.mapping or any(_shown(one, session) for one in looked.now)):
        return
    step(2, "What each column becomes. Columns that have no place in the CRM are kept with their rows.")
    if looked.given is None:
        if looked.fresh and looked.mapping:
            _settings(session, looked, looked.mapping)
        with st.container(key="maps"):
            for one in looked.now:
                if _shown(one, session):
                    _file(session, looked, one)
    if looked.mapping:
        st.download_button(
            "The mapping, to use again (TOML)",
            looked.mapping.text,
            file_name=f"{looked.mapping.source}.toml",
            mime="application/toml",
            key="mapping",
            on_click="ignore",
        )


def _settings(session: Session, looked: Looked, mapping: Mapping) -> None:
    """Of a CRM that has none yet: what it is called, its currency and its clock."""
    settings = session.answers.settings
    currency = settings.get("base_currency") or mapping.organisation.get("base_currency", "EUR")
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


def _shown(one: Recognised, session: Session) -> bool:
    """Whether the file has columns that become something, or would if one more were said."""
    said = session.answers.overrides.get((one.file, one.sheet))
    return bool(one.fills and one.look) and not (said and said.left_out)


def _file(session: Session, looked: Looked, one: Recognised) -> None:
    """The table of its columns, drawn from what becomes of them now."""
    said = session.answers.overrides.get((one.file, one.sheet)) or Override(one.file, one.sheet)
    at = f"{session.number}-{session.looks}-{one.file}-{one.sheet}"
    with st.expander(markdown(_title(one))):
        if one.problem:
            say("near", one.problem)
        before = [_becomes(column) for column in one.columns]
        frame = pd.DataFrame(
            {
                "Column": [column.heading for column in one.columns],
                "For example": [_examples(one, column.heading) for column in one.columns],
                "Becomes": before,
                "Because": [column.why for column in one.columns],
            }
        )
        targets = [ID, *(c.name for c in OBJECTS[str(one.fills)].c if c.name not in KEPT)]
        options = list(dict.fromkeys([_KEPT, _LEFT, *targets, *before]))
        edited = st.data_editor(
            frame,
            key=f"columns-{at}",
            hide_index=True,
            disabled=["Column", "For example", "Because"],
            column_config={"Becomes": st.column_config.SelectboxColumn(options=options, required=True)},
            alt=f"What the columns of {one.file} become",
        )
        dates = st.selectbox(
            "Dates such as 03/04/2026",
            list(_DATES),
            index=list(_DATES).index(said.day_first),
            key=f"dates-{at}",
            format_func=lambda choice: _DATES[choice],
            width=320,
        )
    others = [
        now
        for was, now in zip(before, edited["Becomes"], strict=True)
        if now != was and now not in (_KEPT, _LEFT, *targets)
    ]
    if others:  # the list of choices is the same for all columns
        desk.say(f"**{markdown(others[0])}** is what another column becomes; choose one.", well=False)
        session.looks += 1
        st.rerun()
    changed = {
        column.heading: {_KEPT: CUSTOM, _LEFT: LEFT_OUT}.get(now, now)
        for column, was, now in zip(one.columns, before, edited["Becomes"], strict=True)
        if now != was
    }
    now = replace(_corrected(said, one, changed), day_first=dates)
    if now != said:
        session.answers.overrides[one.file, one.sheet] = now
        sessions.look(session, looked)
        st.rerun()


def _title(one: Recognised) -> str:
    name = one.file + (f", {one.sheet}" if one.sheet else "")
    fills = str(one.fills).replace("_", " ")
    if one.problem:
        return f"{name} → {fills}, not imported as it stands"
    used = sum(1 for column in one.columns if column.becomes)
    return f"{name} → {fills}: {used} of {len(one.columns)} columns used"


def _corrected(said: Override, one: Recognised, changed: dict[str, str]) -> Override:
    """With what was said now; of several columns that are said to become the same, the last one does.

    Only the id may be made of several. Who says what a column of a file becomes that was only guessed at
    says what the file is.
    """
    if not changed:
        return said
    taken = {target for target in changed.values() if target not in (CUSTOM, LEFT_OUT, ID)}
    kept = {heading: target for heading, target in said.columns.items() if target not in taken}
    said = replace(said, columns={**kept, **changed})
    return replace(said, system=one.system, object=one.object) if one.problem else said


def _becomes(column: ColumnGuess) -> str:
    if column.becomes:
        return ", ".join(dict.fromkeys(name.rpartition(".")[2] for name in column.becomes))
    return _KEPT if column.custom else _LEFT


def _examples(one: Recognised, heading: str) -> str:
    """The most frequent texts of a column."""
    if one.look is None or heading not in one.look.headings:
        return ""
    texts = one.look.texts[one.look.headings.index(heading)]
    return ", ".join(text[:40] for text, _ in texts.most_common(_EXAMPLES))


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
