"""Headings of amounts that name the currency: "Amount (EUR)", "Value in $", "amount_usd"."""

from __future__ import annotations

import re
from functools import lru_cache

from crm_data.importers.numbers import SIGNS
from crm_data.importers.vocabulary import currencies

_LONGEST = 100
_FORMS = (
    re.compile(r"(.*\w)\s*[(\[]([^\s\d]{1,3})[)\]]"),
    re.compile(r"(.*\w) in ([^\s\d]{1,3})"),
    re.compile(r"(.*\w)[ _-]([A-Z]{3}|[^\w\s]{1,2})"),
    re.compile(r"(.*\w)_([a-z]{3})"),
)


@lru_cache(10_000)
def amount_of(heading: str) -> tuple[str, str] | None:
    """What is left of a heading that ends with a currency, and its code; None where it does not."""
    if len(heading) > _LONGEST:
        return None
    for form in _FORMS:
        if found := form.fullmatch(heading.strip()):
            code = SIGNS.get(found[2], found[2].upper())
            if code in currencies():
                return found[1], code
    return None
