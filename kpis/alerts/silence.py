"""Windows without any row. Of a plain total such a window is worth 0, where there used to be rows: a number
that collapses must not fall silent."""

from __future__ import annotations

from datetime import date

from crm_data.alerts import Rule
from kpis.alerts.judge import Figure
from kpis.alerts.rule import Windows
from kpis.catalog import DEFINITIONS
from kpis.model import KPI, During
from kpis.model import Windows as Defined
from kpis.period import Period, add_months

#: The figures of a window by member; of the whole, None has the one.
Members = dict[object, Figure]

_ZERO = Figure(0.0, None, 0)


def before(rule: Rule, looks: Windows, newest: date | None) -> Period | None:
    """The twelve months before the window that is looked at: whoever had rows in them and has none now has 0.

    None where an empty window says nothing: of means, shares and stocks, and where the data ended before the
    window began.
    """
    kpi, (now, _) = DEFINITIONS[rule.kpi], looks
    adds_up = isinstance(kpi, KPI) and isinstance(kpi.clock, During) and kpi.per is None and not kpi.median
    if not adds_up or kpi.windows is not Defined.ANY or newest is None or newest < now.start:
        return None
    return Period(add_months(now.start, -12), now.start)


def filled(now: Members, past: Members) -> Members:
    """`now`, with 0 for each that has no row in it and had some in the `past`."""
    silent = {
        member: _ZERO
        for member, figure in past.items()
        if figure.value is not None and (member not in now or now[member].empty)
    }
    return now | silent
