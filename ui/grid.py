"""Several drawn parts side by side."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st


def grid(name: str, parts: Iterable[str]) -> None:
    """Draw HTML parts as one element: a browser takes much longer for many small ones. `name`: its class."""
    st.markdown(f'<div class="{name}">{"".join(parts)}</div>', unsafe_allow_html=True)
