"""What is asked: KPIs, a window, a breakdown, filters, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpis.period import Grain, Period

#: Dimension -> the members that may be counted; None stands for "(none)".
Where = tuple[tuple[str, tuple[object, ...]], ...]


@dataclass(frozen=True)
class Viewer:
    """Who asks, and whose rows they may see. None: all."""

    name: str = "local"
    role: str = "admin"
    regions: frozenset[str] | None = None
    teams: frozenset[str] | None = None

    @property
    def rights(self) -> Where:
        """The filters that every statement for this viewer carries; also what caches are keyed by."""
        pairs = (("region", self.regions), ("team", self.teams))
        return tuple((dimension, tuple(sorted(seen))) for dimension, seen in pairs if seen is not None)


EVERYONE = Viewer()


@dataclass(frozen=True)
class Question:
    """`margins`: cells come with their intervals. Asked without, a course costs less to draw."""

    kpis: tuple[str, ...]
    period: Period
    today: date
    grain: Grain | None = None
    by: tuple[str, ...] = ()
    where: Where = ()
    viewer: Viewer = EVERYONE
    margins: bool = True
