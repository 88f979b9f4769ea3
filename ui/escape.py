"""Data on its way to the screen or a file: the one place where it is made harmless."""

from __future__ import annotations

import html as _html
import re

from kpis.defuse import defused as csv

__all__ = ["csv", "html", "label", "markdown"]

# What Streamlit's Markdown gives a meaning to: also $ (formulas), : (colours, icons), <, & and ~.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|$:~^=&\"'@/])")

# HTML goes to Streamlit inside Markdown: a blank line would end it, and :material/home: be an icon.
_IN_HTML = {ord(sign): f"&#{ord(sign)};" for sign in "\n\r:$*_[]`~|\\"}


# Streamlit makes links of these in whatever text it has read, escaped or not.
_ADDRESS = re.compile(r"(https?|www)(?=\\[:.])", re.IGNORECASE)


def html(value: object) -> str:
    """Text for HTML, in elements and in quoted attributes."""
    return _html.escape(str(value), quote=True).translate(_IN_HTML)


def markdown(value: object) -> str:
    """Text for anything that Streamlit reads as Markdown: labels, options, alerts. On one line."""
    line = " ".join(str(value).split())
    return _MARKDOWN.sub(r"\\\1", line)


def label(value: object) -> str:
    """Text for the label of a control: as Markdown, and what looks like an address becomes no link, by a sign
    in it that does not show."""
    return _ADDRESS.sub("\\1\u2060", markdown(value))
