"""The Overview's figures, asked of the dashboard and made by hand from the same rows.

A figure is (window, KPI, axis, member): ("now", "revenue_won", "region", "EMEA"). Its value is exact, or
None where there is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from kpis import Calendar, Copy, Period, Question, Reading
from kpis.answers import Cell
from kpis.question import EVERYONE
from ui.overview import questions
from ui.view import View

Figure = tuple[str, str, str, str | None]
Values = dict[Figure, Fraction | None]

DAYS_PER_MONTH = Fraction(36525, 1200)
LONGEST_LIFETIME = 60
SHORTEST_WINDOW = 28  # days; below it a lifetime value is not defined


def overview(copy: Copy, today: date) -> dict[str, Question]:
    """What the page asks when it is opened without filters: twelve months against the twelve before."""
    return questions(View(), Calendar(copy.organisation), today, EVERYONE)


def windows(asked: Mapping[str, Question]) -> dict[str, date]:
    """The parameters of the statements written by hand."""
    now, then = asked["now"].period, asked["then"].period
    assert then.end <= now.start, "the statements by hand take the windows not to overlap"
    return {"then_start": then.start, "then_end": then.end, "now_start": now.start, "now_end": now.end}


def of_dashboard(asked: Mapping[str, Question], answers: Iterable[list[Reading]]) -> Values:
    found: Values = {}
    for (name, question), readings in zip(asked.items(), answers, strict=True):
        window = "then" if "then" in name.split() else "now"
        for reading in readings:
            if not question.by:
                found[window, reading.key, "total", None] = _value(reading.key, reading)
            for cell in reading.cells:
                found[window, reading.key, *_place(cell)] = _value(reading.key, cell)
    return found


def _place(cell: Cell) -> tuple[str, str | None]:
    ((axis, member),) = cell.at.items()
    if isinstance(member, Period):
        return "month", f"{member.start.replace(day=1)}"
    return axis, None if member is None else str(member)


def _value(kpi: str, answer: Reading | Cell) -> Fraction | None:
    """Exact where the KPI is a fraction; a median is half a day at the finest, which floats hold."""
    if answer.value is None:
        return None
    if answer.numerator is None or kpi == "sales_cycle_median":
        return Fraction(answer.value)
    return answer.numerator / (1 if answer.denominator is None else answer.denominator)


def by_hand(rows: Iterable[Mapping[str, Any]]) -> Values:
    """The figures from the numbers that the statements gave, each row for one window and member."""
    numbers: dict[tuple[str, str, str | None], dict[str, Any]] = defaultdict(dict)
    for row in rows:
        place = row["w"], row["axis"], None if row["member"] is None else str(row["member"])
        numbers[place] |= {name: value for name, value in row.items() if value is not None}
    found: Values = {}
    for (window, axis, member), known in numbers.items():
        for kpi, value in _kpis(known).items():
            found[window, kpi, axis, member] = value
    return found


def _kpis(known: Mapping[str, Any]) -> dict[str, Fraction | None]:
    def number(name: str, scale: int = 1) -> Fraction | None:
        return None if known.get(name) is None else Fraction(known[name]) / scale

    def ratio(top: Fraction | None, bottom: Fraction | None) -> Fraction | None:
        return top / bottom if top is not None and bottom else None

    revenue = Fraction(0) if known.get("won") == 0 else number("revenue_cents", 100)
    margin = number("margin_cents", 100)
    lost, lived = number("lost"), number("customer_days")
    lives = None
    if lost is not None and lived is not None and known["days"] >= SHORTEST_WINDOW:
        lives = max(lost, lived / DAYS_PER_MONTH / LONGEST_LIFETIME)
    return {
        "revenue_won": revenue,
        "deals_won": number("won"),
        "average_deal": ratio(revenue, number("won_with_amount")),
        "win_rate": ratio(number("won"), number("closed")),
        "sales_cycle_median": number("median_cycle"),
        "open_pipeline": number("open_cents", 100),
        "active_customers": number("active"),
        "new_customers": number("new_customers"),
        "churn_rate": ratio(number("churned"), number("at_start")),
        "cltv": ratio(margin, lives),
        "cac": ratio(number("media_cents", 100), number("new_customers")),
        "lead_conversion": ratio(number("converted"), number("leads")),
        "csat": ratio(number("satisfied"), number("answers")),
    }


def differences(dashboard: Values, hand: Values) -> list[str]:
    """In words, each figure of the dashboard that the statements by hand do not confirm."""
    return [
        f"{' '.join(map(str, figure))}: {value} on the dashboard, {hand.get(figure)} by hand"
        for figure, value in dashboard.items()
        if value != hand.get(figure)
    ]
