"""How an account fares: a rule that everybody can check, made of parts that each say what they saw.

Each part is good (2 points), middling (1) or bad (0), or cannot tell and then does not count. The score is
the points as a share of those that the telling parts could have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

FEWEST = 3  # parts that must tell something, or there is no score


class Mark(Enum):
    """What a part says, and its points."""

    GOOD = 2
    MIDDLING = 1
    BAD = 0
    UNKNOWN = None


@dataclass(frozen=True)
class Part:
    """A part of the rule. `limits`: from where on it is good, and from where on it is bad."""

    key: str
    label: str
    limits: str
    mark: Mark


def contact(last: date | None, today: date) -> Part:
    """How long ago anybody was in touch."""
    limits = "good within 30 days, bad after 90"
    if last is None:
        return Part("contact", "In touch", limits, Mark.UNKNOWN)
    return Part("contact", "In touch", limits, _less_is_better((today - last).days, 30, 90))


def open_cases(cases: int, is_open: int, late: int) -> Part:
    limits = "good with none open, bad with one late or more than two open"
    mark = Mark.BAD if late or is_open > 2 else Mark.MIDDLING if is_open else Mark.GOOD
    return Part("cases", "Open cases", limits, mark if cases else Mark.UNKNOWN)


def satisfaction(answers: int, satisfied: int) -> Part:
    limits = "good from 80 % satisfied, bad below 60 %"
    if not answers:
        return Part("satisfaction", "Satisfaction", limits, Mark.UNKNOWN)
    return Part("satisfaction", "Satisfaction", limits, _more_is_better(satisfied / answers, 0.8, 0.6))


def payment(invoices: int, oldest_due: date | None, today: date) -> Part:
    limits = "good with nothing overdue, bad with 30 days or more"
    if not invoices:
        return Part("payment", "Payment", limits, Mark.UNKNOWN)
    late = (today - oldest_due).days if oldest_due else 0
    return Part("payment", "Payment", limits, Mark.GOOD if not late else _less_is_better(late, 0, 29))


def purchases(now: float | None, before: float | None) -> Part:
    """What was invoiced in the last 365 days against the 365 before."""
    limits = "good from 95 % of the year before, bad below 75 %"
    if not before or before < 0:
        return Part("purchases", "Purchases", limits, Mark.UNKNOWN)
    return Part("purchases", "Purchases", limits, _more_is_better((now or 0.0) / before, 0.95, 0.75))


def score(parts: Sequence[Part]) -> float | None:
    """0 … 1; None where too few parts can tell."""
    points = [part.mark.value for part in parts if part.mark is not Mark.UNKNOWN]
    return sum(points) / (2 * len(points)) if len(points) >= FEWEST else None


def _less_is_better(number: float, good: float, middling: float) -> Mark:
    return Mark.GOOD if number <= good else Mark.MIDDLING if number <= middling else Mark.BAD


def _more_is_better(number: float, good: float, middling: float) -> Mark:
    return Mark.GOOD if number >= good else Mark.MIDDLING if number >= middling else Mark.BAD
