"""What every section of a report can do: say what it needs, and write itself from that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from kpis.reports.document import Part
from kpis.reports.names import Names
from kpis.reports.scope import Found, Needs, Scope


class Section(Protocol):
    """A section names its questions first, so that all sections' are asked together."""

    def needs(self, scope: Scope) -> Needs: ...
    def write(self, found: Found, names: Names) -> Part | None: ...


@dataclass(frozen=True)
class Report:
    """A report. `headline`: the KPIs of its summary, the first of which stands for it in lists."""

    name: str
    title: str
    question: str
    headline: tuple[str, ...]
    sections: tuple[Section, ...]
