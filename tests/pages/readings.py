"""Readings made by hand, for tests of how things look."""

from __future__ import annotations

from datetime import date
from typing import Any

from crm_data.organisation import Organisation
from kpis.answers import Cell, Goal, Reading
from kpis.period import Period
from ui.formats import Formats

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
ENGLISH = Formats.of(Organisation())

#: Names that try to be more than text.
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "![x](http://evil.example/x.png)",
    '=HYPERLINK("http://evil.example")',
    "[link](http://evil.example) **bold** :red[red] $x^2$ :material/home:",
    "</style></svg><script>alert(1)</script>",
    "مرحبا \u202eبالعالم",
    "🦊🇩🇪",
    "\"quoted\" & 'apostrophe' `code` \\ back",
)


def reading(key: str = "csat", value: float | None = 0.9, **rest: Any) -> Reading:
    known: dict[str, Any] = {
        "why": None if value is not None else "No answers in the period.",
        "n": 100,
        "low": None,
        "high": None,
        "numerator": None,
        "denominator": None,
    }
    return Reading(key, YEAR, value, **(known | rest))


def cell(value: float | None, /, **at: object) -> Cell:
    return Cell(at, value, None if value is not None else "No deals.", 1, None, None, None, None)


def goal(target: float, floor: float | None = None) -> Goal:
    return Goal(target, floor, "target of the whole organisation for 2026")
