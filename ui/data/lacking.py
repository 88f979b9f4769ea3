"""Asking for the exchange rates without which the copy cannot follow the CRM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from crm_data.currencies import Lacking, currencies_lacking
from crm_data.edits import Invalid, Saved, add_rate
from crm_data.engine import CrmUnavailable
from crm_data.organisation import Organisation, read_organisation
from kpis.formats import Formats
from kpis.question import Viewer
from ui import desk
from ui.escape import markdown
from ui.fields import Field, Setting
from ui.form import Form


def lacking_rates() -> tuple[Organisation, list[Lacking]]:
    """Whose books they are, and what lacks; nothing while the CRM cannot be read."""
    try:
        return desk.ask(lambda crm: (read_organisation(crm), currencies_lacking(crm)))
    except CrmUnavailable:
        return Organisation(), []


def ask_for_rates(organisation: Organisation, lacking: Sequence[Lacking], viewer: Viewer) -> None:
    """One field for each currency; each that is filled in is saved."""
    base, formats = organisation.base_currency, Formats.of(organisation)
    fields = [
        Field(one.currency, f"1 {one.currency} in {base}, from {formats.day(one.since)} on")
        for one in lacking
    ]

    def save(engine: Any, _seen: Any, values: Any) -> Saved:
        filled = [one for one in lacking if values[one.currency]] or lacking[:1]
        for one in filled:
            typed = {"currency": one.currency, "valid_on": one.since, "rate": values[one.currency]}
            try:
                saved = add_rate(engine, typed)
            except Invalid as problem:
                raise Invalid({one.currency: str(problem)}) from problem
        return saved

    names = ", ".join(one.currency for one in lacking)
    st.markdown(
        f"The CRM has amounts in {markdown(names)}, and its books are in {markdown(base)}. "
        "What was a unit worth when the first of them arose? Later days can have rates of their own: "
        "add them on the page Data, or import them."
    )
    Form("lacking-rates", fields, dict.fromkeys(one.name for one in fields), save,
         Setting(organisation.zone, viewer), done="The rates were added.").draw("Add", columns=3)  # fmt: skip
