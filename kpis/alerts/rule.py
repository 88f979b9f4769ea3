"""What a rule asks: which windows, of which KPI, and whether it can be asked at all."""

from __future__ import annotations

from datetime import date

from crm_data.alerts import Rule
from kpis.catalog import DEFINITIONS
from kpis.dimensions import DIMENSIONS
from kpis.period import COMPARISONS, PRESETS, Calendar, Period

#: A window, and the one that a change starts from.
Windows = tuple[Period, Period | None]


def windows(rule: Rule, calendar: Calendar, today: date) -> Windows:
    """The windows that the rule looks at on a day."""
    now = calendar.preset(rule.period, today)
    return now, calendar.comparable(now, rule.against, today) if rule.basis == "change" else None


def problem(rule: Rule) -> str | None:
    """In words, why the rule cannot be asked; None if it can."""
    kpi = DEFINITIONS.get(rule.kpi)
    if kpi is None:
        return f"There is no KPI {rule.kpi!r}."
    if rule.period not in PRESETS:
        return f"There is no period {rule.period!r}."
    if rule.basis == "change" and (rule.against not in COMPARISONS or rule.against == "none"):
        return "It does not say which earlier window a change starts from."
    for dimension in (*filter(None, [rule.dimension]), *(dimension for dimension, _ in rule.filters)):
        if dimension not in DIMENSIONS:
            return DIMENSIONS.why_not(dimension)
        if dimension not in kpi.dimensions:
            return f"{kpi.label} has no {DIMENSIONS[dimension].label.lower()}."
    return None
