"""Lists in pages of some lines each."""

from __future__ import annotations

import math

import streamlit as st

from ui.links import link
from ui.page import Page

PER_PAGE = 25


def paging(name: str, page: Page, total: int, per_page: int = PER_PAGE) -> None:
    """Links to the page before and after on the page of that name, where there are several."""
    last = math.ceil(total / per_page)
    if last < 2:
        return
    here = min(page.view.page, last)
    with st.container(key="paging", horizontal=True, vertical_alignment="center", width="content"):
        if here > 1:
            link(name, "‹ Previous", page.view.query(page=here - 1))
        st.markdown(
            f'<span class="over">Page {here} of {page.formats.number(last)}</span>',
            unsafe_allow_html=True,
            width="content",
        )
        if here < last:
            link(name, "Next ›", page.view.query(page=here + 1))
