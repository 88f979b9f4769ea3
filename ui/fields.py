"""The fields of a form: a column of the CRM as a control, and what was typed as a value of the column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

import streamlit as st

from crm_data.desk import called
from crm_data.edits import national
from kpis.question import Viewer
from ui import desk
from ui.escape import markdown

Kind = Literal["text", "long", "choice", "instant", "named", "phone"]


@dataclass(frozen=True)
class Field:
    """One control. choice: `options` are value -> words. named: a record known by its name."""

    name: str
    label: str
    kind: Kind = "text"
    options: Mapping[Any, str] = field(default_factory=dict)
    wide: bool = False


@dataclass(frozen=True)
class Setting:
    """What turns values into words and back: the time zone, names behind keys, the account's country."""

    zone: ZoneInfo
    viewer: Viewer
    names: Mapping[tuple[str, int], str] = field(default_factory=dict)
    country: str | None = None


def shown(one: Field, value: Any, setting: Setting) -> Any:
    """The value as its control holds it."""
    if one.kind == "instant":
        return value.astimezone(setting.zone).replace(tzinfo=None, second=0, microsecond=0) if value else None
    if one.kind == "named":
        return "" if value is None else setting.names.get((one.name, value), f"no. {value}")
    if one.kind == "phone":
        return national(value, setting.country)
    return value if one.kind == "choice" else (value or "")


def words(one: Field, value: Any, setting: Setting) -> str:
    """The value to read."""
    if one.kind == "choice":
        return one.options.get(value, "–" if value is None else str(value))
    return str(shown(one, value, setting) or "–")


def control(one: Field, key: str, problem: str | None) -> None:
    """The control, and beside it what is wrong."""
    if one.kind == "choice":
        st.selectbox(one.label, list(one.options), key=key, format_func=lambda value: one.options[value])
    elif one.kind == "long":
        st.text_area(one.label, key=key, height=110)
    elif one.kind == "instant":
        st.datetime_input(one.label, key=key, value=None, format="YYYY-MM-DD", step=60)
    else:
        st.text_input(one.label, key=key)
    if problem:
        st.markdown(f":red[**{markdown(problem)}**]")


def typed(one: Field, value: Any, setting: Setting, problems: dict[str, str]) -> Any:
    """The column's value; what cannot be one is noted among the problems."""
    if one.kind == "instant":
        return value.replace(tzinfo=setting.zone).astimezone(UTC) if isinstance(value, datetime) else None
    if one.kind != "named" or not str(value or "").strip():
        return None if one.kind == "named" else value
    text = str(value).strip()
    found = desk.ask(called, setting.viewer, one.name, text)
    exact = [key for key, _, same in found if same]
    if len(exact) == 1:
        return exact[0]
    what = one.label.lower()
    near = ", ".join(f"{name} (no. {key})" for key, name, _ in found[:4])
    many = f"Several are called so: {near}. Type the number." if exact else ""
    problems[one.name] = many or f"There is no {what} of that name." + (
        f" Did you mean {near}?" if near else ""
    )
    return None
