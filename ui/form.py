"""A form over one record. What is typed stays until it is saved, whatever else happens to the page.

The form keeps the record as it was when it was opened. Saving compares that with the record as it is by
then: what others changed meanwhile is kept and told; where both changed the same field, the person chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from crm_data.edits import Changed, Conflict, Invalid, NotSaved, Saved
from crm_data.engine import CrmUnavailable
from ui import desk
from ui.escape import markdown
from ui.fields import Field, Setting, control, shown, typed, words

#: Given the CRM's engine, the record as it was seen, and what was typed: writes it.
Save = Callable[[Any, Mapping[str, Any], Mapping[str, Any]], Saved]


class Form:
    """`key` names the form and the record; `now` is the record as it is; `done`: said when it is saved."""

    def __init__(
        self,
        key: str,
        fields: Sequence[Field],
        now: Mapping[str, Any],
        save: Save,
        setting: Setting,
        *,
        done: str = "Saved.",
    ) -> None:
        self.key, self.fields, self.setting, self._save, self._done = key, fields, setting, save, done
        state = st.session_state
        if any(self._at(one.name) not in state for one in fields):  # opened anew
            state[f"{key}-seen"] = {one.name: now[one.name] for one in fields}
            for part in ("problems", "conflict", "failed", "proposed"):
                state.pop(f"{key}-{part}", None)
            for one in fields:
                state[self._at(one.name)] = shown(one, now[one.name], setting)
        self.seen: dict[str, Any] = state[f"{key}-seen"]

    def draw(self, button: str, columns: int = 2) -> None:
        """The controls, the button, and what stands in the way of saving."""
        state = st.session_state
        conflict = state.get(f"{self.key}-conflict")
        if conflict:
            self._choose(conflict)
        if failed := state.get(f"{self.key}-failed"):
            st.error(f"**Not saved; what you typed is still here.** {markdown(failed)}")
        problems = state.get(f"{self.key}-problems", {})
        with st.form(f"{self.key}-form", border=False):
            narrow = [one for one in self.fields if not one.wide]
            for first in range(0, len(narrow), columns):  # line by line: so they stack on a phone
                for place, one in zip(st.columns(columns), narrow[first : first + columns], strict=False):
                    with place:
                        control(one, self._at(one.name), problems.get(one.name))
            for one in self.fields:
                if one.wide:
                    control(one, self._at(one.name), problems.get(one.name))
            st.form_submit_button(button, type="primary", on_click=self._submit)

    def forget(self) -> None:
        """The next draw opens the record anew."""
        for one in self.fields:
            st.session_state.pop(self._at(one.name), None)

    def _at(self, name: str) -> str:
        return f"{self.key}-{name}"

    def _submit(self) -> None:
        """A callback: it runs before the page is drawn again."""
        state = st.session_state
        for part in ("problems", "conflict", "failed"):
            state.pop(f"{self.key}-{part}", None)
        try:
            saved = desk.write(self._save, self.seen, self._typed())
        except Invalid as invalid:
            self._propose(invalid)
        except Conflict as conflict:
            state[f"{self.key}-conflict"] = conflict.fields
        except (NotSaved, CrmUnavailable) as problem:
            state[f"{self.key}-failed"] = str(problem)
        else:
            self.forget()
            kept = " ".join(self._told(one) for one in saved.besides)
            nothing = saved.act is None and not kept
            desk.say("Nothing was changed." if nothing else f"{self._done} {kept}")

    def _propose(self, invalid: Invalid) -> None:
        """What is wrong, to stand beside the fields; and what would do, in them."""
        told = dict(invalid.problems)
        for one in self.fields:
            if one.name in invalid.proposed:
                st.session_state[self._at(one.name)] = shown(one, invalid.proposed[one.name], self.setting)
                told[one.name] += " A proposal stands there now: save again if it is right."
        st.session_state[f"{self.key}-problems"] = told
        st.session_state[f"{self.key}-proposed"] = invalid.proposed

    def _typed(self) -> dict[str, Any]:
        """What the controls hold, as values of the record. Raises Invalid, CrmUnavailable."""
        problems: dict[str, str] = {}
        values = {}
        given = (st.session_state.get(f"{self.key}-proposed", {}), self.seen)
        for one in self.fields:
            held = st.session_state.get(self._at(one.name))
            known = [record[one.name] for record in given if one.name in record]
            untouched = [value for value in known if held == shown(one, value, self.setting)]
            value = untouched[0] if untouched else typed(one, held, self.setting, problems)
            values[one.name] = None if value == "" else value
        if problems:
            raise Invalid(problems)
        return values

    def _told(self, one: Changed) -> str:
        field = next(field for field in self.fields if field.name == one.field)
        who = markdown(one.who or "Another program")
        value = markdown(words(field, one.theirs, self.setting))
        return f"Meanwhile {who} changed {markdown(field.label)} to **{value}**; that is kept."

    def _choose(self, conflict: Sequence[Changed]) -> None:
        """Mine or theirs, field by field."""
        with st.container(border=True, key=f"card-conflict-{self.key}"):
            st.markdown(
                "**Somebody else changed the same while you were typing.** Nothing was saved. Choose:"
            )
            for one in conflict:
                field = next(field for field in self.fields if field.name == one.field)
                who = one.who or "another program"
                at = one.at.astimezone(self.setting.zone).strftime(" at %H:%M:%S") if one.at else ""
                own = st.session_state.get(self._at(one.field))
                mine = words(field, own, self.setting) if field.kind == "choice" else str(own or "–")
                theirs, before = (words(field, value, self.setting) for value in (one.theirs, one.before))
                options = {"theirs": f"Theirs: {theirs} (by {who}{at})", "mine": f"Mine: {mine}"}
                st.radio(
                    markdown(f"{field.label}, which was {before}"),
                    ["theirs", "mine"],
                    key=f"{self._at(one.field)}-choice",
                    format_func=naming(options),
                )
            st.button("Save what I chose", key=f"{self.key}-chosen", type="primary",
                      on_click=self._chosen, args=(conflict,))  # fmt: skip

    def _chosen(self, conflict: Sequence[Changed]) -> None:
        for one in conflict:
            field = next(field for field in self.fields if field.name == one.field)
            if st.session_state.get(f"{self._at(one.field)}-choice") != "mine":
                st.session_state[self._at(one.field)] = shown(field, one.theirs, self.setting)
            self.seen[one.field] = one.theirs  # now it was seen
        self._submit()


def naming(named: Mapping[str, str]) -> Callable[[str], str]:
    """Options in words; any words."""
    return lambda option: markdown(named[option])
