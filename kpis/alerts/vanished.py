"""Members that alerts are about and that there are no more: a region was renamed, or has no row left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from crm_data.alerts import Gone, Rule
from kpis.alerts.judge import Verdict
from kpis.alerts.rule import problem
from kpis.catalog import DEFINITIONS
from kpis.clauses import member_of
from kpis.dimensions import DIMENSIONS
from kpis.members import written
from kpis.snapshot import Copy, Snapshot, opened


def vanished(
    copy: Copy, rules: Sequence[Rule], verdicts: Iterable[Verdict], lasting: Iterable[tuple[int, str]]
) -> list[Gone]:
    """Of the alerts that go on (rule and cause), those whose member no row has, in whatever window. One that
    only has no rows in the rule's window is no news."""
    told = {(one.rule.id, written(one.member)) for one in verdicts if not one.whole}
    known = {rule.id: rule for rule in rules if rule.dimension and problem(rule) is None}
    silent = [(known[key], cause) for key, cause in lasting if key in known and (key, cause) not in told]
    if not silent:
        return []
    with opened(copy) as data:
        return [
            Gone(rule.id, rule.version, cause, _why(rule.dimension or ""))
            for rule, cause in silent
            if cause not in _members(data, rule)
        ]


def _why(dimension: str) -> str:
    known = DIMENSIONS[dimension]
    what = "value" if known.owner else known.label.lower()  # a column may have a long name
    return f"the {what} is no longer there: renamed, or without rows"


def _members(data: Snapshot, rule: Rule) -> set[str]:
    """All members of the rule's dimension that any row has which its KPI may count, as text."""
    found: set[str] = set()
    for part in DEFINITIONS[rule.kpi].parts:
        member = member_of(part.fact.table, str(rule.dimension)).label("member")
        statement = select(member).select_from(part.fact.table).distinct()
        rows = data.engine.run(statement).to_pylist()
        found |= {written(row["member"]) for row in rows}
    return found
