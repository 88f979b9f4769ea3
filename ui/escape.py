"""Data on its way to the screen or a file: the one place where it is made harmless."""

from __future__ import annotations

import html as _html
import re

from kpis.defuse import defused as csv

__all__ = ["csv", "html", "markdown"]

# What Streamlit's Markdown gives a meaning to: also $ (formulas), : (colours, icons), <, & and ~.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$:~^=&\"'@/])")

# HTML goes to Streamlit inside Markdown: a blank line would end it, and :material/home: be an icon.
_IN_HTML = {ord(sign): f"&#{ord(sign)};" for sign in "\n\r:$*_[]`~|\\"}


def html(value: object) -> str:
    """Text for HTML, in elements and in quoted attributes."""
    return _html.escape(str(value), quote=True).translate(_IN_HTML)


def markdown(value: object) -> str:
    """Text for anything that Streamlit reads as Markdown: labels, options, alerts. On one line."""
    line = " ".join(str(value).split())
    return _MARKDOWN.sub(r"\\\1", line)
