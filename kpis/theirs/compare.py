"""The figures that can be compared, and for each the definitions that are tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kpis.catalog import DEFINITIONS
from kpis.question import Question
from kpis.snapshot import Snapshot
from kpis.theirs import cases, customers, deals, leads
from kpis.theirs.variant import Variant

_DEFINITIONS: Mapping[str, Callable[[Snapshot, Question], list[Variant]]] = {
    **dict.fromkeys(deals.FORMULAS, deals.variants),
    "open_pipeline": deals.open_pipeline,
    "leads_created": leads.leads_created,
    "lead_conversion": leads.lead_conversion,
    "cases_opened": cases.cases_opened,
    "cases_closed": cases.cases_closed,
    "backlog": cases.backlog,
    "active_customers": customers.active_customers,
    "new_customers": customers.new_customers,
}

#: By their KPI's key.
COMPARED = tuple(_DEFINITIONS)


def variants(data: Snapshot, question: Question) -> list[Variant]:
    """What each plausible definition of the question's figure gives, the dashboard's own first."""
    return _DEFINITIONS[question.kpis[0]](data, question)


def counted(key: str) -> str:
    """The fact that the figure counts."""
    (part, *_) = DEFINITIONS[key].parts
    return part.fact.table.name
