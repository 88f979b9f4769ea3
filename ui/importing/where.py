"""Which CRM an import goes into: the demo never takes real data, an own one beside it does."""

from __future__ import annotations

import streamlit as st

from crm_data import active
from crm_data.active import Active
from crm_data.engine import CrmUnavailable
from crm_data.organisation import Organisation
from ui import cache, desk
from ui.escape import markdown
from ui.page import Page


def known() -> Active:
    """About the CRM that is shown. Raises CrmUnavailable."""
    return active.active(cache.crm())


def said(organisation: Organisation, now: Active) -> None:
    """In a line, with the way to the other CRM where there is one."""
    name = markdown(organisation.name)
    if now.demo and active.switchable():
        words = (
            f"**{name} is a demo and stays as it is.** What you import goes into your own CRM beside it, "
            "which every page shows from then on."
        )
    elif now.demo:
        words = f"**{name} is a demo.** An import into it is refused: invented and real figures would mix."
    elif now.own:
        words = f"**{name}** is your own CRM. The demo lies beside it as it was."
    else:
        words = f"What you import goes into **{name}**."
    with st.container(key="where", horizontal=True, vertical_alignment="center"):
        st.markdown(words, width="stretch")
        if now.other:
            label = "Back to the demo" if now.other == "demo" else "Go to my own CRM"
            st.button(label, key="switch", on_click=switch, args=(now.other == "own",))


def follow(page: Page) -> None:
    """Begin again where the CRM has become another one since the page began: all of it speaks of one."""
    if cache.keeper().copy is not page.copy:
        st.rerun()


def into(page: Page, now: Active) -> str:
    """The CRM that takes an import, after "into"."""
    return "your own CRM" if now.demo or now.own else page.copy.organisation.name


def switch(own: bool) -> None:
    """A callback: from now on the other one is the CRM."""
    try:
        active.use(own=own)
    except CrmUnavailable as problem:
        desk.say(f"**Not switched.** {markdown(problem)}", well=False)
        return
    cache.keeper().hurry(3)
