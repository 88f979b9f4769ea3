"""Step 1: files are dropped, and it is said what they are taken for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from crm_data.importers.recognise import Override, Recognised
from crm_data.importers.recognise.vendors import systems
from ui.escape import html, markdown
from ui.importing import session as sessions
from ui.importing.session import Session
from ui.importing.steps import say, step
from ui.importing.work import Looked
from ui.page import Page
from ui.verdict import status_icon
from ui.watching import over

_NOT_IMPORTED = "Not imported"
_SURE = 0.8
_NAMES = 5


def dropping(page: Page, session: Session) -> None:
    """The place to drop files, and what was recognised in them."""
    step(1, "")
    key = f"drop-{session.folder.name}"
    uploads = st.file_uploader(
        "The files that your CRM exports",
        accept_multiple_files=True,
        key=key,
        disabled=session.busy,
        on_change=_taken_away,
        args=(session, key),
    )
    st.caption(
        "CSV, Excel, OpenDocument or ZIP, from Salesforce, HubSpot, Dynamics 365, Zoho, Pipedrive or any "
        "other system; at most 200 MB a file, larger ones go through the command line. Nothing is written "
        "before you say so. The files are thrown away when the import is over or this tab is closed."
    )
    if uploads:
        sessions.take(session, uploads)
    elif session.dropped:
        _held(session)
    job = session.looking
    if job is None or not over(job):
        return
    if job.cancelled:
        st.info("Cancelled. Nothing was read.")
    elif job.problem:
        st.error(f"**Not read.** {markdown(job.problem)}")
    if job.cancelled or job.problem:
        st.button("Look at the files again", key="look-again", on_click=sessions.look, args=(session,))
    elif job.result:
        _recognised(page, session, job.result)


def _taken_away(session: Session, key: str) -> None:
    """A callback. Coming back from another page finds no files in the control, but nobody took them away."""
    if not st.session_state[key]:
        sessions.take(session, ())


def _held(session: Session) -> None:
    """The files that were dropped before another page was shown."""
    names = [file.name for file in session.held]
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    words = (
        f"Still here: **{markdown(', '.join(names[:_NAMES]))}**{more}. Files that you drop take their place."
    )
    with st.container(key="held", horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="stretch")
        st.button(
            "Take them away",
            key="take-away",
            on_click=sessions.take,
            args=(session, ()),
            disabled=session.busy,
        )


def _recognised(page: Page, session: Session, looked: Looked) -> None:
    if looked.given:
        say("good", f"Read as the mapping {looked.given} says; nothing was guessed.")
    else:
        st.markdown(_files(looked.now, session), unsafe_allow_html=True)
        for remark in looked.remarks:
            say("near", remark)
        with st.expander("A file is something else, or is to stay out"):
            _corrections(session, looked)
    if looked.problem:
        st.error(f"**It cannot go on like this.** {markdown(looked.problem)}")


def _files(found: Iterable[Recognised], session: Session) -> str:
    lines = ""
    for one in found:
        said = session.answers.overrides.get((one.file, one.sheet))
        icon, state, why = _judged(one, said)
        sure = f"{one.confidence:.0%}" if one.system and not said else ""
        name = one.file + (f", {one.sheet}" if one.sheet else "")
        rows = f"{one.look.rows:,}{'+' if one.look.cut else ''}" if one.look else ""
        lines += (
            f'<tr><th scope="row">{html(name)}</th><td><span class="{icon} taken">{status_icon(icon)}'
            f'<span>{html(state)}</span></span></td><td class="number">{html(sure)}</td>'
            f'<td class="number">{html(rows)}</td><td class="wraps">{_reasons(why)}</td></tr>'
        )
    return (
        '<div class="table files" role="region" tabindex="0" aria-label="The files"><table><thead><tr>'
        '<th scope="col">File</th><th scope="col">Taken for</th><th scope="col" class="number">Sure</th>'
        '<th scope="col" class="number">Rows</th>'
        f'<th scope="col">Because</th></tr></thead><tbody>{lines}</tbody></table></div>'
    )


def _reasons(why: Sequence[str]) -> str:
    """The first reason; the others on demand."""
    first, *more = why
    if not more:
        return html(first)
    listed = "".join(f"<li>{html(one)}</li>" for one in more)
    return f"<details><summary>{html(first)}</summary><ul>{listed}</ul></details>"


def _judged(one: Recognised, said: Override | None) -> tuple[str, str, Sequence[str]]:
    """An icon's name, what the file is taken for, and why."""
    if said and said.left_out:
        return "none", "not imported", ["you said so"]
    if one.problem:
        return "near", "not imported", [one.problem]
    if one.system is None:
        return "bad", "not recognised", [f"{'; '.join(one.reasons)}: say below what it is, or it stays out"]
    return "good" if one.confidence >= _SURE else "near", kind_of(one.system, one.object), one.reasons


def kind_of(system: str | None, key: str | None) -> str:
    """A system and an object in words: Salesforce · Opportunity."""
    known = systems().get(system or "")
    return f"{known.name} · {key}" if known else ""


def _corrections(session: Session, looked: Looked) -> None:
    """A table in which each file can be said to be something else."""
    kinds = {
        kind_of(system.key, key): (system.key, key)
        for system in systems().values()
        for key, kind in system.objects.items()
        if kind.part
    }
    taken = [_now(one, session, kinds) for one in looked.now]
    frame = pd.DataFrame(
        {
            "File": [one.file for one in looked.now],
            "Sheet": [one.sheet or "" for one in looked.now],
            "Taken for": taken,
        }
    )
    edited = st.data_editor(
        frame,
        key=f"kinds-{session.number}-{session.looks}",
        hide_index=True,
        disabled=["File", "Sheet"],
        column_config={
            "Taken for": st.column_config.SelectboxColumn(options=[_NOT_IMPORTED, *kinds], required=True)
        },
        alt="What each file is taken for",
    )
    before = dict(session.answers.overrides)
    for one, was, now in zip(looked.now, taken, edited["Taken for"], strict=True):
        if now != was:
            at = (one.file, one.sheet)
            override = session.answers.overrides.get(at) or Override(one.file, one.sheet)
            system, key = kinds.get(now, (None, None))
            session.answers.overrides[at] = replace(
                override, system=system, object=key, columns={}, left_out=now == _NOT_IMPORTED
            )
    if session.answers.overrides != before:
        sessions.look(session, looked)
        st.rerun()


def _now(one: Recognised, session: Session, kinds: dict[str, tuple[str, str]]) -> str:
    """What the file is taken for at the moment; where a person said it, even if it cannot be imported."""
    said = session.answers.overrides.get((one.file, one.sheet))
    kind = kind_of(one.system, one.object)
    if kind not in kinds or (said and said.left_out) or (one.problem and not (said and said.system)):
        return _NOT_IMPORTED
    return kind
