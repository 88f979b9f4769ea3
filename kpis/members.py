"""A dimension's members as text: in URLs, as options of controls, as the cause of an alert."""

from __future__ import annotations

from kpis.dimensions import DIMENSIONS

#: What `read_member` gives for a text that is no member.
NOTHING = object()


def written(member: object) -> str:
    """A member as text: None is "~"; a text that is empty or begins with "~" gets "~~" in front, so that
    all differ."""
    if member is None:
        return "~"
    text = str(member)
    return "~~" + text if text == "" or text.startswith("~") else text


def read_member(dimension: str, text: str) -> object:
    """The member that `written` wrote; NOTHING where the text cannot be one of this dimension."""
    if text == "~":
        return None
    text = text.removeprefix("~~")
    if not DIMENSIONS[dimension].by_key:
        return text
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else NOTHING
