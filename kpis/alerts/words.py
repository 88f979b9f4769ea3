"""Rules and alerts in words. A name that is not of this project is passed in, by whoever can look it up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from crm_data.alerts import Rule
from kpis.catalog import DEFINITIONS
from kpis.dimensions import DIMENSIONS
from kpis.formats import Formats
from kpis.members import read_member
from kpis.model import Unit
from kpis.period import PRESETS

#: A dimension and one of its members -> the member's name.
Names = Callable[[str, object], str]


class Limited(Protocol):
    """What a rule and an alert have in common."""

    @property
    def kpi(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def comparison(self) -> str: ...
    @property
    def against(self) -> str: ...
    @property
    def threshold(self) -> float: ...


def label(kpi: str) -> str:
    return DEFINITIONS[kpi].label if kpi in DEFINITIONS else kpi


def number(formats: Formats, kpi: str, basis: str, value: float | None) -> str:
    """A value of the KPI, or a change of it."""
    if basis == "change" and value is not None:
        return f"{'+' if value > 0 else '−' if value < 0 else ''}{formats.percent(abs(value))}"
    unit = DEFINITIONS[kpi].unit if kpi in DEFINITIONS else Unit.SCORE
    return formats.value(unit, value)


def limit(formats: Formats, rule: Limited) -> str:
    """above 8.0%; change below −15% against last year."""
    amount = number(formats, rule.kpi, rule.basis, rule.threshold)
    if rule.basis == "level":
        return f"{rule.comparison} {amount}"
    against = "last year" if rule.against == "year" else "the previous period"
    return f"change {rule.comparison} {amount} against {against}"


def condition(formats: Formats, rule: Rule, names: Names) -> str:
    """Churn rate above 8.5%, last quarter, for each region, from 30 rows on."""
    parts = [f"{label(rule.kpi)} {limit(formats, rule)}", PRESETS.get(rule.period, rule.period).lower()]
    if rule.dimension:
        parts.append(f"for each {_dimension(rule.dimension)}")
    for dimension, members in rule.filters:
        chosen = ", ".join(names(dimension, one) for one in members)
        parts.append(f"only {_dimension(dimension)} {chosen}")
    if rule.smallest_n > 1:
        parts.append(f"from {formats.number(rule.smallest_n)} rows on")
    if rule.sure:
        parts.append("only beyond the margin of error")
    return "; ".join(parts)


def _dimension(key: str) -> str:
    return DIMENSIONS[key].label.lower() if key in DIMENSIONS else key


def member(dimension: str | None, cause: str) -> object:
    """The member that a cause speaks of; None for the whole and for "(none)"."""
    return read_member(dimension, cause) if dimension in DIMENSIONS and dimension and cause else None


def who(dimension: str | None, cause: str, names: Names) -> str:
    """The member's name; empty for the whole."""
    if not cause or dimension not in DIMENSIONS or dimension is None:
        return cause
    return names(dimension, read_member(dimension, cause))


def change(value: float, compared: float | None) -> float | None:
    return value / compared - 1 if compared and compared > 0 else None
