"""What was imported before."""

from __future__ import annotations

import streamlit as st

from crm_data.active import Active
from ui.data.log import imports
from ui.page import Page


def past(page: Page, now: Active) -> None:
    st.header("Imports so far", anchor=False)
    imports(page)
