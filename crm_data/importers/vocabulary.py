"""The codes of currencies and countries, and the English names of countries."""

from __future__ import annotations

from functools import cache

from babel import Locale
from babel.core import get_global
from babel.numbers import list_currencies

from crm_data.importers.errors import ImportStopped


@cache
def currencies() -> frozenset[str]:
    """ISO 4217 codes, former ones too; not those for "none" and for tests."""
    return frozenset(list_currencies()) - {"XXX", "XTS"}


#: Languages whose names of countries are known; English wins where a name means two.
_LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl")
_OTHER_NAMES = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "united states of america": "US",
    "u.s.a.": "US",
    "u.s.": "US",
    "korea": "KR",
    "republic of korea": "KR",
    "holland": "NL",
    "the netherlands": "NL",
    "czech republic": "CZ",
    "russian federation": "RU",
    "viet nam": "VN",
    "turkey": "TR",
    "hong kong": "HK",
}


@cache
def countries() -> dict[str, str]:
    """Folded codes of two and three letters, and names in some languages: {'de': 'DE', 'germany': 'DE'}."""
    names = Locale("en").territories
    codes = [str(code) for code in names if len(str(code)) == 2 and str(code).isalpha() and code != "ZZ"]
    found = {code.casefold(): code for code in codes}
    for long, short in get_global("territory_aliases").items():
        if len(long) == 3 and long.isalpha() and len(short) == 1:
            found.setdefault(long.casefold(), short[0])
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in codes:
                found.setdefault(name.casefold(), code)
    return _OTHER_NAMES | found


def known_currency(code: str, place: str) -> str:
    if code not in currencies():
        raise ImportStopped(f"{place}: '{code}' is not a currency code. Write it like EUR or USD.")
    return code
