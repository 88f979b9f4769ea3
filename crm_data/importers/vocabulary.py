"""The codes of currencies and countries, and the English names of countries."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.numbers import list_currencies

from crm_data.importers.errors import ImportStopped


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes, former ones too; not those for "none" and for tests."""
    return frozenset(list_currencies()) - {"XXX", "XTS"}


@cache
def countries() -> dict[str, str]:
    """Code by code and by English name, both folded: {'de': 'DE', 'germany': 'DE'}."""
    names = Locale("en").territories
    codes = {code: name for code, name in names.items() if len(code) == 2 and code.isalpha() and code != "ZZ"}
    return {code.casefold(): code for code in codes} | {name.casefold(): code for code, name in codes.items()}


def known_currency(code: str, place: str) -> str:
    if code not in currencies():
        raise ImportStopped(f"{place}: '{code}' is not a currency code. Write it like EUR or USD.")
    return code
