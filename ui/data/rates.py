"""Entering an exchange rate that the data lacks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from crm_data.edits import add_rate, entered_rates, undo
from crm_data.engine import CrmUnavailable
from ui import cache, desk
from ui.alerts.words import moment
from ui.data.lacking import ask_for_rates, lacking_rates
from ui.escape import markdown
from ui.fields import Field, Setting
from ui.form import Form
from ui.page import Page


def rates(page: Page) -> None:
    """The form, and the rates that were entered last, each with its undo."""
    base = page.copy.organisation.base_currency
    if cache.keeper().lacks_rate:
        organisation, lacking = lacking_rates()
        if lacking:
            ask_for_rates(organisation, lacking, page.viewer)
    fields = (
        Field("currency", "Currency, such as USD"),
        Field("valid_on", "From this day on (YYYY-MM-DD)"),
        Field("rate", f"One unit of it in {base}"),
    )
    with st.expander("Add an exchange rate"):
        st.markdown(
            '<div class="why">It holds from its day until the next rate that is known. Amounts that waited '
            "for it are counted at once.</div>",
            unsafe_allow_html=True,
        )
        setting = Setting(page.copy.organisation.zone, page.viewer)
        form = Form("new-rate", fields, dict.fromkeys(field.name for field in fields), _add, setting,
                    done="The rate was added.")  # fmt: skip
        form.draw("Add rate", columns=3)
        _entered(page, base)


def _add(engine: Any, _seen: Any, values: Any) -> Any:
    return add_rate(engine, values)


def _entered(page: Page, base: str) -> None:
    try:
        found = desk.ask(entered_rates)
    except CrmUnavailable:
        return
    for one in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            at = moment(one.at, page.copy.organisation.zone, page.formats)
            worth = f"1 {one.currency} = {one.rate.normalize():f} {base} from {page.formats.day(one.day)} on"
            st.markdown(markdown(f"{worth}, entered by {one.actor}, {at}"))
            st.button("Undo", key=f"undo-rate-{one.act}", on_click=_undo, args=(page, one.act))


def _undo(page: Page, act: int) -> None:
    """A callback."""
    desk.attempt(undo, page.viewer, act, done="The rate is gone again.")
