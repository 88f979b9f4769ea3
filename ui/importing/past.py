"""What was imported before, and taking it back."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from crm_data import active, log
from crm_data.active import Active
from crm_data.engine import CrmUnavailable
from crm_data.importers.undo import Blocked, Undone, undo_import
from crm_data.organisation import Organisation
from crm_data.progress import Progress
from ui import cache, desk
from ui.alerts.words import moment
from ui.escape import html, markdown
from ui.formats import Formats
from ui.importing import session as sessions
from ui.job import Job
from ui.table import table
from ui.watching import over

_KEY = "undoing"  # (the import's key, its job)
_SHOWN = 20
_OBJECTS = 4
_KINDS = ("added", "updated", "unchanged", "merged", "deleted", "rejected")


def past(organisation: Organisation, now: Active) -> None:
    """The last imports, the latest first; each can be undone as long as nothing builds on it."""
    try:
        found = desk.ask(log.imports)
    except CrmUnavailable as problem:
        st.markdown(f'<div class="why">{html(problem)}</div>', unsafe_allow_html=True)
        return
    if not found:
        return
    st.header("Imports so far", anchor=False)
    if not _going_on(now):
        return
    for one in found:
        with st.container(key=f"deed-import-{one.key}", horizontal=True, vertical_alignment="center"):
            st.markdown(_line(organisation, one), unsafe_allow_html=True)
            if one.can_be_undone:
                st.button("Undo", key=f"undo-{one.key}", on_click=_begin, args=(one.key, "ask"))


def _line(organisation: Organisation, one: log.Import) -> str:
    formats, zone = Formats.of(organisation), organisation.zone
    number = formats.number
    sums = {kind: sum(each.get(kind, 0) for each in one.counts.values()) for kind in _KINDS}
    rows = ", ".join(f"{number(n)} {kind}" for kind, n in sums.items() if n) or "nothing changed"
    sizes = {name: each.get("added", 0) + each.get("updated", 0) for name, each in one.counts.items()}
    largest = sorted((name for name in sizes if sizes[name]), key=lambda name: -sizes[name])
    named = ", ".join(f"{number(sizes[name])} {name.replace('_', ' ')}" for name in largest[:_OBJECTS])
    more = f" and {len(largest) - _OBJECTS} more" if len(largest) > _OBJECTS else ""
    undone = ""
    if one.undone_at:
        undone = f" Undone {html(moment(one.undone_at, zone, formats))} by {html(one.undone_by)}."
    return (
        f'<div class="deed"><b>{html(one.source)}</b>, {html(moment(one.finished_at, zone, formats))}: '
        f'{html(rows)}.{undone}<div class="why">{html(named + more)}</div></div>'
    )


def _begin(key: int, changed: str) -> None:
    """A callback."""
    st.session_state[_KEY] = (key, Job(partial(_undo, cache.crm(), key, changed)))


def _undo(engine: Any, key: int, changed: str, progress: Progress) -> Undone | Blocked:
    try:
        undone = undo_import(engine, key, changed=changed, progress=progress)
    except Blocked as blocked:
        return blocked
    return undone


def _going_on(now: Active) -> bool:
    """Whether nothing is being undone; otherwise how far it is, or what has to be decided."""
    if _KEY not in st.session_state:
        return True
    key, job = st.session_state[_KEY]
    if not over(job):
        return False
    if isinstance(job.result, Blocked):
        _decide(key, job.result)
        return False
    del st.session_state[_KEY]
    if job.result is None:
        words = job.problem or "It was cancelled; everything is as it was."
        desk.say(f"**Not undone.** {markdown(words)}", well=False)
    else:
        _done(job.result, now)
    st.rerun()
    return False


def _done(undone: Undone, now: Active) -> None:
    """Say what came of it; an own CRM that is empty again gives way to the demo."""
    words = f"Import no. {undone.key} is undone."
    outcome = sessions.current().outcome
    if outcome and outcome.key == undone.key:
        sessions.start_over()
    if undone.kept:
        many = len(undone.kept)
        words += " 1 row stays as it is." if many == 1 else f" {many:,} rows stay as they are."
    try:
        if now.own and now.other and active.is_empty(cache.crm()):
            active.use(own=False)
            words += " Your own CRM is empty again, so the demo is shown."
    except CrmUnavailable as problem:
        words += f" {markdown(problem)}"
    desk.say(words)
    cache.keeper().hurry(3)


def _decide(key: int, blocked: Blocked) -> None:
    """What stands in the way, and what may become of it."""
    with st.container(border=True, key="card-blocked"):
        st.markdown(f"**Import no. {key} is not undone yet.** {markdown(blocked)}")
        if blocked.rows:
            rows = [
                [
                    one.object.replace("_", " "),
                    f"no. {one.key}",
                    one.why,
                    "; ".join(f"{name}: {now}, was {was}" for name, was, now in one.fields),
                ]
                for one in blocked.rows[:_SHOWN]
            ]
            head = ["Object", "Row", "Why", "Now and before"]
            st.markdown(
                table(head, rows, numbers=[False] * 4, caption="Rows in the way"), unsafe_allow_html=True
            )
        with st.container(horizontal=True):
            if not blocked.later:
                st.button(
                    "Undo, but leave these as they are", key="undo-skip", on_click=_begin, args=(key, "skip")
                )
                st.button("Undo everything", key="undo-all", on_click=_begin, args=(key, "all"))
            st.button("Do not undo", key="undo-not", on_click=_leave)


def _leave() -> None:
    st.session_state.pop(_KEY, None)
