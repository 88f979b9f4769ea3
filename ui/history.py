"""What was done to a record, act by act in words, each with its undo."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from crm_data.desk import names
from crm_data.edits import Blocked, Change, Deed, NotSaved, history, undo
from crm_data.engine import CrmUnavailable
from ui import desk
from ui.escape import html, markdown
from ui.freshness import ago
from ui.page import Page

_DEEDS = {
    "create": "created the contact",
    "correct": "corrected",
    "consent": "noted consent",
    "merge": "merged another contact into this one",
    "open": "opened the case",
    "assign": "assigned",
    "prioritise": "changed the priority",
    "comment": "commented",
    "wait": "set to waiting",
    "continue": "took up again",
    "resolve": "resolved",
    "reopen": "reopened",
    "undo": "undid",
}
#: Columns that say nothing beside the words of the act.
_SILENT = {"id", "source_system", "source_id", "version", "updated_at", "case_id", "public"}


def show_history(page: Page, table: str, key: int) -> None:
    """The acts, the last one first."""
    deeds = desk.read(history, table, key)
    st.header("History", anchor=False)
    if not deeds:
        st.markdown('<div class="why">Nobody has edited this here yet.</div>', unsafe_allow_html=True)
        return
    keys: dict[str, set[int]] = defaultdict(set)
    for change in (change for deed in deeds for change in deed.changes):
        for value in (change.before, change.after):
            if change.field.endswith("_id") and change.field in _NAMED and isinstance(value, int):
                keys[change.field].add(value)
    known = desk.read(names, keys)
    for deed in deeds:
        with st.container(key=f"deed-{deed.act}", horizontal=True, vertical_alignment="center"):
            st.markdown(_words(page, deed, known), unsafe_allow_html=True)
            if not deed.undone:
                label = "Redo" if deed.undoes else "Undo"
                st.button(label, key=f"undo-{deed.act}", on_click=_undo, args=(page, deed.act))
            if deed.act in st.session_state.get("undo-partly", ()):
                st.button(
                    "Undo the rest", key=f"partly-{deed.act}", on_click=_undo, args=(page, deed.act, True)
                )


_NAMED = {"account_id", "contact_id", "owner_id", "author_id", "team_id", "product_id", "merged_into_id"}


def _words(page: Page, deed: Deed, known: dict[tuple[str, int], str]) -> str:
    zone = page.copy.organisation.zone
    when = deed.at.astimezone(zone)
    what = _DEEDS.get(deed.deed, deed.deed)
    parts = [_change(change, known) for change in deed.changes if change.field not in _SILENT]
    parts += [f"{count} {html(table.replace('_', ' '))} moved" for table, count in deed.moved.items()]
    undone = ' <span class="why">(undone since)</span>' if deed.undone else ""
    said = "; ".join(part for part in parts if part)
    return (
        f'<div class="deed"><b>{html(deed.actor)}</b> {html(what)}{undone} '
        f'<span class="why" title="{html(when.strftime("%Y-%m-%d %H:%M:%S"))}">{_ago(deed.at, when)}</span>'
        f'<div class="why">{said}</div></div>'
    )


def _change(change: Change, known: dict[tuple[str, int], str]) -> str:
    label = html(change.field.removesuffix("_id").replace("_", " "))
    before, after = (_value(change.field, value, known) for value in (change.before, change.after))
    if change.before is None and change.after is None:
        return ""
    if change.before is None:
        return f"{label}: <b>{after}</b>"
    return f"{label}: {before} → <b>{after}</b>"


def _value(field: str, value: Any, known: dict[tuple[str, int], str]) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and field in _NAMED:
        return html(known.get((field, value), f"no. {value}"))
    if field.endswith("_at") and isinstance(value, str):
        return html(value.replace("T", " ")[:16] + " UTC")
    text = str(value)
    return html(text if len(text) <= 120 else text[:120] + " …")


def _ago(at: datetime, local: datetime) -> str:
    now = datetime.now(UTC)
    return html(ago(at, now) if (now - at).days < 1 else f"on {local:%Y-%m-%d}")


def _undo(page: Page, act: int, what_can_be: bool = False) -> None:
    """A callback."""
    partly = st.session_state.setdefault("undo-partly", set())
    try:
        desk.write(undo, page.viewer, act, what_can_be=what_can_be)
    except Blocked as blocked:
        if blocked.possible:
            partly.add(act)
        now = "; ".join(
            f"{markdown(step.field.replace('_', ' '))} is {markdown(step.now)} by now"
            for step in blocked.blocked[:5]
        )
        rest = " The rest of it can still be undone." if blocked.possible else ""
        desk.say(f"**Not undone.** {markdown(blocked)} {now}.{rest}", well=False)
    except (NotSaved, CrmUnavailable) as problem:
        desk.say(f"**Not undone.** {markdown(problem)}", well=False)
    else:
        partly.discard(act)
        for key in [key for key in st.session_state if str(key).endswith("-seen")]:
            _forget(str(key).removesuffix("-seen"))
        desk.say("Undone.")


def _forget(form: str) -> None:
    """Let a form open its record anew."""
    for key in [key for key in st.session_state if str(key).startswith(f"{form}-")]:
        del st.session_state[key]
