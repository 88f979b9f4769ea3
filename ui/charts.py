"""What charts share: their axes, and the look of those that Vega-Lite draws."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

from kpis.model import KPI, Definition
from ui.palette import Palette

#: Said in every chart, else Streamlit adds room below.
PADDING = {"left": 2, "top": 6, "right": 6, "bottom": 4}


def look(colours: Palette) -> dict[str, Any]:
    """No frames, few lines, labels in grey."""
    return {
        "background": "transparent",
        "view": {"stroke": None},
        "font": "Inter, sans-serif",
        "axis": {
            "domain": False,
            "ticks": False,
            "labelColor": colours.muted,
            "labelFontSize": 11,
            "labelPadding": 6,
            "gridColor": colours.line,
        },
        "axisX": {"grid": False},
    }


def lookup(values: Sequence[float], labels: Sequence[str]) -> str:
    """A Vega expression that gives each tick its label, written as the locale wants."""
    return f"{json.dumps(list(labels))}[indexof({json.dumps(list(values))}, datum.value)]"


def ticks(numbers: Sequence[float], kpi: Definition) -> list[float]:
    """Three to five round numbers around the data. Totals start at 0, so that heights compare."""
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if isinstance(kpi, KPI) and kpi.per is None:
        low = min(low, 0.0)
    step = _step((high - low) or abs(high) or 1.0)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if first == last:  # one number: the other one is below it, so that no share is above 100 %
        first, last = (first - 1, last) if first > 0 else (first, last + 1)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _step(span: float) -> float:
    """The round number nearest to a third of the span."""
    power = 10.0 ** floor(log10(span / 3))
    return power * min((1, 2, 2.5, 5, 10), key=lambda factor: abs(factor - span / 3 / power))
