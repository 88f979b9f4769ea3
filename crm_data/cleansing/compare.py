"""How alike two values are, and what that tells about two records being the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio

_FORMS = frozenset(
    "ab ag aktiengesellschaft as bv co company corp corporation ek eg gbr gmbh group holding inc "
    "incorporated kg kgaa limited llc llp ltd nv ohg oy plc pty sa sarl se spa srl the ug und and".split()
)


@dataclass(frozen=True)
class Alike:
    """Whether two values that differ nearly agree.

    may: the same in SQL for values {a} and {b}, to pass over the many that do not. It may hold too often.
    """

    holds: Callable[[str, str], bool]
    may: str


@dataclass(frozen=True)
class Kind:
    """What agreement on a value of this kind is worth.

    same, near: how often two records of one and the same thing agree wholly, or nearly.
    by_chance: how often two records of different things have the same value, for a value that is seen no
    more often than others; near_by_chance: how often they nearly agree.
    """

    name: str
    near: Alike
    m_same: float
    m_near: float
    by_chance: float
    near_by_chance: float
    shared: bool = False  # a value that many have is a switchboard's or a team's, and tells little

    @property
    def m_apart(self) -> float:
        return 1 - self.m_same - self.m_near


def _like_name(one: str, other: str) -> bool:
    return JaroWinkler.similarity(one, other, score_cutoff=0.88) > 0


def _like_text(one: str, other: str) -> bool:
    return token_sort_ratio(one, other, score_cutoff=80) > 0


def _one_slip(one: str, other: str) -> bool:
    """One sign added, left out, mistyped, or two swapped."""
    return len(one) > 3 and OSA.distance(one, other, score_cutoff=1) <= 1


def _like_phone(one: str, other: str) -> bool:
    """The same at the end: with and without the country's code."""
    short, long = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return len(short) >= 7 and long.endswith(short)


def _like_email(one: str, other: str) -> bool:
    return OSA.distance(one, other, score_cutoff=2) <= 2 and one[:1] == other[:1]


_NAMES = Alike(_like_name, "jaro_winkler_similarity({a}, {b}) >= 0.87")
_TEXTS = Alike(_like_text, "abs(length({a}) - length({b})) <= 0.2 * (length({a}) + length({b}))")
_SLIPS = Alike(_one_slip, "abs(length({a}) - length({b})) <= 1 AND levenshtein({a}, {b}) <= 2")
_PHONES = Alike(
    _like_phone, "suffix(ltrim({a}, '0'), ltrim({b}, '0')) OR suffix(ltrim({b}, '0'), ltrim({a}, '0'))"
)
_EMAILS = Alike(
    _like_email,
    "left({a}, 1) = left({b}, 1) AND abs(length({a}) - length({b})) <= 2 "
    "AND levenshtein({a}, {b}) <= 4",  # where two swapped signs are two slips; DuckDB is slow to tell them
)

FIRST_NAME = Kind("first name", _NAMES, 0.8, 0.15, 5e-3, 0.01)
LAST_NAME = Kind("last name", _NAMES, 0.8, 0.16, 1e-3, 0.01)
TEXT = Kind("text", _TEXTS, 0.7, 0.2, 1e-3, 5e-3)
COMPANY = Kind("company", _TEXTS, 0.7, 0.2, 1e-4, 2e-3)
CODE = Kind("code", _SLIPS, 0.85, 0.1, 1e-5, 1e-4)
DATE = Kind("date", _SLIPS, 0.85, 0.1, 1e-4, 1e-3)
PLACE = Kind("place", _NAMES, 0.7, 0.15, 1e-2, 0.02)
NUMBER = Kind("number", _SLIPS, 0.8, 0.1, 1e-2, 0.02)
EMAIL = Kind("e-mail address", _EMAILS, 0.7, 0.1, 1e-6, 1e-5, shared=True)
PHONE = Kind("telephone number", _PHONES, 0.7, 0.1, 1e-5, 1e-6, shared=True)
#: Colleagues have their employer in common, and often its switchboard.
EMPLOYER = Kind("employer", _TEXTS, 0.7, 0.2, 5e-3, 1e-2)
EXTENSION = Kind("person's telephone number", _PHONES, 0.7, 0.1, 1e-3, 2e-4, shared=True)
DOMAIN = Kind("domain", _SLIPS, 0.8, 0.02, 1e-5, 1e-4)


def bare_company(name: str) -> str:
    """A company's name without its legal form: 'acme gmbh & co. kg' is 'acme'. Give it folded."""
    words = re.findall(r"\w+", name.replace(".", ""))
    return " ".join(word for word in words if word not in _FORMS) or " ".join(words)


def digits(phone: str) -> str:
    return re.sub(r"\D", "", phone)


def skeleton(name: str) -> str:
    """A name as it sounds, roughly: its first letter and the next three consonants, doubled ones once."""
    letters = re.sub(r"[^\w]|\d|_", "", name)
    for spelled, plain in (("ph", "f"), ("ck", "k"), ("th", "t"), ("c", "k"), ("z", "s"), ("y", "i")):
        letters = letters.replace(spelled, plain)
    rest = re.sub(r"[aeiouhwäöü]", "", letters[1:])
    return letters[:1] + re.sub(r"(.)\1+", r"\1", rest)[:3]
