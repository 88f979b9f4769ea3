"""Ids that a system writes in two ways."""

from __future__ import annotations

import re

_SHORT = re.compile(r"[0-9A-Za-z]{15}")
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def whole_id(text: str) -> str:
    """Salesforce's 18 signs for its 15; anything else as it is.

    The three further signs say which of the 15 are capitals, five by five, so that the id stays the same
    where capitals do not count.
    """
    if not _SHORT.fullmatch(text):
        return text
    fives = (text[start : start + 5] for start in (0, 5, 10))
    return text + "".join(
        _CHECK[sum(1 << place for place, sign in enumerate(five) if "A" <= sign <= "Z")] for five in fives
    )
