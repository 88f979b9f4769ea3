"""How dates and numbers are written, told from a whole column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from crm_data.importers.numbers import without_signs
from crm_data.importers.vocabulary import currencies

_DAY = re.compile(r"(?P<a>\d{1,4})(?P<sign>[./-])(?P<b>\d{1,2})(?P=sign)(?P<c>\d{4}|\d{2})(?P<rest>\D.*)?")
_DAY_NAMED = re.compile(
    r"(?P<d>\d{1,2})(?P<s1>[ .-]+)(?P<m>[A-Za-z]{3,9})(?P<s2>[ .,-]+)(?P<y>\d{4})(?P<rest>\D.*)?"
)
_NAMED_DAY = re.compile(
    r"(?P<m>[A-Za-z]{3,9})(?P<s1>[ .]+)(?P<d>\d{1,2})(?P<s2>,? +)(?P<y>\d{4})(?P<rest>\D.*)?"
)
_TIME = re.compile(
    r"(?P<gap>,? +|T)(?P<h>\d{1,2}):\d{2}(?P<s>:\d{2}(?P<f>\.\d{1,6})?)?(?P<pad> ?)(?P<half>[AaPp][Mm])?"
    r"(?P<gap2> ?)(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}.*")

_CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")


@dataclass(frozen=True)
class DateSpelling:
    """The formats that dates of a column are written in.

    `day_first`: the order where day and month are both numbers; None while the column does not tell, or
    has no such dates (`ordered`).
    """

    patterns: tuple[str, ...]  # with {a} and {b} for day and month in the order in which they stand
    ordered: bool
    day_first: bool | None
    mixed: bool = False  # some dates can only be read one way, some only the other
    example: str = ""  # one that tells the order; where none does, one that could be either
    unread: tuple[str, ...] = ()  # some that are no dates

    def formats(self, day_first: bool) -> tuple[str, ...]:
        a, b = ("%d", "%m") if day_first else ("%m", "%d")
        return tuple(pattern.replace("{a}", a).replace("{b}", b) for pattern in self.patterns)


def date_spelling(texts: Iterable[str]) -> DateSpelling:
    patterns: Counter[str] = Counter()
    days, months, either, unread = [], [], "", []
    for text in texts:
        found = _date_pattern(text)
        if found is None:
            unread.append(text)
            continue
        pattern, first, second = found
        patterns[pattern] += 1
        if "{a}" in pattern:
            if first > 12:
                days.append(text)
            elif second > 12:
                months.append(text)
            elif first != second or not either:
                either = text
    if unread and len(unread) == sum(patterns.values()) + len(unread) and (serial := _serial(unread)):
        return DateSpelling((serial,), ordered=False, day_first=None)
    ordered = any("{a}" in pattern for pattern in patterns)
    day_first = len(days) >= len(months) if days or months else None
    if (
        day_first is None
        and ordered
        and all("{a}.{b}" in pattern for pattern in patterns if "{a}" in pattern)
    ):
        day_first = True  # with full stops nobody writes the month first
    example = (days or months or [either])[0] if day_first is None or days else (months or [either])[0]
    return DateSpelling(
        patterns=tuple(pattern for pattern, _ in patterns.most_common()),
        ordered=ordered,
        day_first=day_first,
        mixed=bool(days and months),
        example=example,
        unread=tuple(unread[:3]),
    )


def _date_pattern(text: str) -> tuple[str, int, int] | None:
    """The format of a date, and the two numbers that could be day and month."""
    if _ISO.fullmatch(text):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return "iso", 0, 0
    if named := _DAY_NAMED.fullmatch(text):
        month = "%B" if len(named["m"]) > 3 else "%b"
        return _with_time(f"%d{named['s1']}{month}{named['s2']}%Y", named["rest"], 0, 0)
    if named := _NAMED_DAY.fullmatch(text):
        month = "%B" if len(named["m"]) > 3 else "%b"
        return _with_time(f"{month}{named['s1']}%d{named['s2']}%Y", named["rest"], 0, 0)
    plain = _DAY.fullmatch(text)
    if plain is None:
        return None
    sign = plain["sign"]
    if len(plain["a"]) == 4:
        return _with_time(f"%Y{sign}%m{sign}%d", plain["rest"], 0, 0)
    if len(plain["a"]) > 2:
        return None
    first, second = int(plain["a"]), int(plain["b"])
    if not 1 <= min(first, second) <= 12 or max(first, second) > 31:
        return None
    year = "%Y" if len(plain["c"]) == 4 else "%y"
    return _with_time(f"{{a}}{sign}{{b}}{sign}{year}", plain["rest"], first, second)


def _with_time(day: str, rest: str | None, first: int, second: int) -> tuple[str, int, int] | None:
    if not rest:
        return day, first, second
    time = _TIME.fullmatch(rest)
    if time is None:
        return None
    clock = (
        ("%I" if time["half"] else "%H") + ":%M" + (":%S" if time["s"] else "") + (".%f" if time["f"] else "")
    )
    half = time["pad"] + "%p" if time["half"] else ""
    zone = (time["gap2"] if time["half"] else time["pad"] + time["gap2"]) + "%z" if time["zone"] else ""
    return day + time["gap"] + clock + half + zone, first, second


def _serial(texts: Iterable[str]) -> str | None:
    """A spreadsheet's count of days, or seconds since 1970."""
    try:
        numbers = [float(text) for text in texts]
    except ValueError:
        return None
    for name, low, high in (("excel", 10_000, 80_000), ("epoch", 3e8, 5e9), ("epoch_ms", 3e11, 5e12)):
        if all(low <= number <= high for number in numbers):
            return name
    return None


@dataclass(frozen=True)
class NumberSpelling:
    """The signs in the numbers of a column."""

    decimal: str = "."
    thousands: str = ""
    abbreviated: bool = False
    example: str = ""  # a number that could mean two things, while nothing tells which
    mixed: bool = False  # some numbers have the one decimal sign, some the other
    unread: tuple[str, ...] = ()


def number_spelling(texts: Iterable[str]) -> NumberSpelling:
    decimals: Counter[str] = Counter()
    thousands: Counter[str] = Counter()
    either: dict[str, str] = {}
    abbreviated, unread = False, []
    for text in texts:
        bare = _bare_number(text)
        if bare[-1:].upper() in ("K", "M", "B") and bare[:-1]:
            abbreviated, bare = True, bare[:-1].strip()
        if not re.fullmatch(r"\d+([.,' \u00a0\u202f’]\d+)*", bare):
            unread.append(text)
            continue
        _vote(text, bare, decimals, thousands, either)
    example = ""
    for sign, text in either.items():
        if decimals[sign] or thousands[sign]:
            continue
        if decimals["," if sign == "." else "."]:  # the other sign is the decimal one, so this one groups
            thousands[sign] += 1
        else:
            example = example or text
            (thousands if sign == "," else decimals)[sign] += 1
    return _spelled(decimals, thousands, abbreviated, example, unread)


def _vote(
    text: str, bare: str, decimals: Counter[str], thousands: Counter[str], either: dict[str, str]
) -> None:
    """What one number tells about the signs in it."""
    signs = [" " if sign.isspace() else sign for sign in bare if not sign.isdigit()]
    groups = re.split(r"\D", bare)
    for sign in set(signs) - {".", ","}:
        thousands[sign] += 1
    signs = [sign for sign in signs if sign in ".,"]
    if len(set(signs)) == 2:
        decimals[signs[-1]] += 1
        thousands[signs[0]] += 1
    elif len(signs) > 1:
        thousands[signs[0]] += 1
    elif signs:
        if len(groups[-1]) != 3 or len(groups[0]) > 3 or groups[0] == "0" or len(groups) > 2:
            decimals[signs[0]] += 1
        else:
            either.setdefault(signs[0], text)


def _spelled(
    decimals: Counter[str],
    thousands: Counter[str],
    abbreviated: bool,
    example: str,
    unread: list[str],
) -> NumberSpelling:
    decimal = decimals.most_common(1)[0][0] if decimals else "."
    others = [(sign, count) for sign, count in thousands.most_common() if sign != decimal]
    grouped = others[0][0] if others else ""
    if not decimals and thousands["."]:
        decimal, grouped = ",", "."
    mixed = sum(1 for count in decimals.values() if count) > 1
    return NumberSpelling(decimal, grouped, abbreviated, example, mixed, tuple(unread[:3]))


def _bare_number(text: str) -> str:
    for code in _CODE.findall(text):
        if code in currencies():
            text = text.replace(code, "")
    return without_signs(text).replace("−", "-").strip("()+-%").strip()
