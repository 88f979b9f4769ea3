"""A kept answer as bytes and back: values in JSON, compressed. Keys instead of names, as in the copy.

Values carry the name of their kind and of their fields, so that what a later program has added or dropped
does not make older ones unreadable.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel import Locale

from crm_data.kept import NotKept
from crm_data.organisation import Organisation
from kpis import answers, cohorts, rfm
from kpis.change import Change, Effect
from kpis.formats import Formats
from kpis.goals import Target
from kpis.period import Calendar, Period
from kpis.question import Question, Viewer
from kpis.reports import scope
from kpis.reports.document import Freshness

_KIND = "~"

_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        *(answers.Reading, answers.Cell, answers.Goal, answers.Spread, answers.Rows),
        *(scope.Asked, scope.Scope, scope.Split, scope.Listing, scope.Leading, scope.Leaders, scope.Found),
        *(Change, Effect, Freshness, Period, Question, Target, Viewer),
        *(cohorts.Kept, rfm.Group, rfm.Segmentation),
    )
}


def pack(value: object) -> bytes:
    return zlib.compress(json.dumps(_plain(value), separators=(",", ":")).encode(), 9)


def unpack(packed: bytes) -> Any:
    """What was packed. Raises NotKept where another program's answer cannot be read by this one."""
    try:
        return _value(json.loads(zlib.decompress(packed)))
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise NotKept(
            "This report was kept by another version of this program, which this one cannot read. "
            "It is still in the database."
        ) from error


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {_KIND: "map", "of": [[_plain(key), _plain(one)] for key, one in value.items()]}
    if isinstance(value, frozenset):
        return {_KIND: "set", "of": [_plain(one) for one in sorted(value)]}
    if isinstance(value, datetime | date):
        return {_KIND: type(value).__name__, "of": value.isoformat()}
    if isinstance(value, Fraction | Decimal):
        return {_KIND: type(value).__name__, "of": f"{value}"}
    if isinstance(value, Calendar):
        return {_KIND: "Calendar", "of": [value.week_start, value.fiscal_start_month, value.weekly]}
    if isinstance(value, Formats):
        return {_KIND: "Formats", "of": [f"{value.locale}", value.currency]}
    if not is_dataclass(value) or type(value).__name__ not in _KINDS:
        raise TypeError(f"{type(value).__name__} is no part of a kept answer")
    known = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return {_KIND: type(value).__name__, **known}


def _value(plain: Any) -> Any:
    if isinstance(plain, list):
        return tuple(_value(one) for one in plain)
    if not isinstance(plain, dict):
        return plain
    kind, of = plain[_KIND], plain.get("of")
    if kind in _SIMPLE:
        return _SIMPLE[kind](of)
    made = _KINDS[kind]
    names = {field.name for field in fields(made)}
    return made(**{name: _value(one) for name, one in plain.items() if name in names})


def _calendar(of: list[Any]) -> Calendar:
    week_start, fiscal_start_month, weekly = of
    calendar = "445" if weekly else "months"
    return Calendar(
        Organisation(week_start=week_start, fiscal_start_month=fiscal_start_month, fiscal_calendar=calendar)
    )


_SIMPLE: dict[str, Any] = {
    "map": lambda of: {_value(key): _value(one) for key, one in of},
    "set": lambda of: frozenset(_value(one) for one in of),
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "Fraction": Fraction,
    "Decimal": Decimal,
    "Calendar": _calendar,
    "Formats": lambda of: Formats(Locale.parse(of[0]), of[1]),
}
