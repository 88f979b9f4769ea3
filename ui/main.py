"""The script that Streamlit runs for every page."""

from pathlib import Path

import streamlit as st

from ui.shell import navigation

st.set_page_config(
    page_title="CRM",
    page_icon=str(Path(__file__).parent / "static" / "icon.svg"),
    layout="wide",
    menu_items={},
)
navigation()
