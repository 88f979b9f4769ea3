"""What one value, or one change, says against a rule's limit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm_data.alerts import Rule
from kpis.alerts.rule import Windows
from kpis.catalog import DEFINITIONS
from kpis.chance import has_margin


class Says(StrEnum):
    """BEYOND starts an alert or keeps it going. WITHIN ends it. UNSURE and NOTHING do neither: a value that
    may be beyond by chance, one of too few rows, or none at all is no news."""

    BEYOND = "beyond"
    WITHIN = "within"
    UNSURE = "unsure"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Figure:
    """A KPI's value for one window and member. empty: of the whole, that no row at all
    is in the window; a member without rows has no figure."""

    value: float | None
    why: str | None
    n: int | None
    low: float | None = None
    high: float | None = None
    empty: bool = False


@dataclass(frozen=True)
class Verdict:
    """What a rule says of one member (None where `whole`, or for "(none)") in its windows. `number`: what
    the limit is held against, the value or its change."""

    rule: Rule
    whole: bool
    member: object
    windows: Windows
    now: Figure
    then: Figure | None
    number: float | None
    says: Says


MISSING = Figure(None, "No rows.", None)


def judge(
    rule: Rule, whole: bool, member: object, windows: Windows, now: Figure, then: Figure | None
) -> Verdict:
    number = now.value if rule.basis == "level" else _change(now, then)
    says = _says(rule, number, now, then)
    return Verdict(rule, whole, member, windows, now, then, number, says)


def _says(rule: Rule, number: float | None, now: Figure, then: Figure | None) -> Says:
    figures = [now] if rule.basis == "level" else [now, then or MISSING]
    if number is None or any((figure.n or 0) < rule.smallest_n for figure in figures):
        return Says.NOTHING
    if not _beyond(rule, number):
        return Says.WITHIN
    if not rule.sure or not has_margin(DEFINITIONS[rule.kpi]):
        return Says.BEYOND
    return Says.BEYOND if _sure(rule, now, then) else Says.UNSURE


def _beyond(rule: Rule, number: float) -> bool:
    return number > rule.threshold if rule.comparison == "above" else number < rule.threshold


def _sure(rule: Rule, now: Figure, then: Figure | None) -> bool:
    """The whole margin of error is beyond the limit; of a change: the two margins do not meet."""
    if now.low is None or now.high is None:
        return False
    if rule.basis == "level":
        return _beyond(rule, now.low if rule.comparison == "above" else now.high)
    if then is None or then.low is None or then.high is None:
        return False
    return now.high < then.low or now.low > then.high


def _change(now: Figure, then: Figure | None) -> float | None:
    """As a fraction of the earlier value; from nothing or less there is no percentage."""
    if then is None or now.value is None or then.value is None or then.value <= 0:
        return None
    return now.value / then.value - 1
