"""Text from data on its way into a spreadsheet."""

from __future__ import annotations

# A spreadsheet runs a cell that begins so as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def defused(value: object) -> object:
    """A value for a CSV file; a text that a spreadsheet would run gets an apostrophe in front."""
    if isinstance(value, str) and value.lstrip(" \n").startswith(_FORMULA):
        return "'" + value
    return value
