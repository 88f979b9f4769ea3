"""Whether a difference may be chance."""

from __future__ import annotations

from kpis.answers import Cell, Reading
from kpis.model import Definition, Interval


def has_margin(kpi: Definition) -> bool:
    """Whether values have a margin of error, unless their rows are too few for one. Plain totals do not."""
    return kpi.interval is not Interval.NONE


def may_be_chance(now: Reading | Cell, then: Reading | Cell, kpi: Definition) -> bool:
    """The margins of error meet, or there are too few rows to know them."""
    if now.low is None or now.high is None or then.low is None or then.high is None:
        return has_margin(kpi)
    return now.low <= then.high and then.low <= now.high
