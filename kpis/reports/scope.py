"""What a report is asked for, and what a section needs to be told to write itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kpis.answers import Reading, Rows
from kpis.change import Change
from kpis.cohorts import Kept
from kpis.drill import LARGEST
from kpis.formats import Formats
from kpis.period import Calendar, Grain, Period, grain_for
from kpis.question import EVERYONE, Question, Viewer, Where
from kpis.reports.document import Freshness
from kpis.rfm import Segmentation


@dataclass(frozen=True)
class Asked:
    """A report, its window and filters, and who asks. `compare` is a name of COMPARISONS."""

    name: str
    period: Period
    compare: str
    today: date
    where: Where = ()
    viewer: Viewer = EVERYONE


@dataclass(frozen=True)
class Scope:
    """What is asked, on the organisation's calendar."""

    asked: Asked
    calendar: Calendar

    @property
    def period(self) -> Period:
        return self.asked.period

    @property
    def then(self) -> Period | None:
        return self.calendar.comparable(self.period, self.asked.compare, self.asked.today)

    @property
    def grain(self) -> Grain:
        return grain_for(self.period)

    def question(
        self,
        kpis: tuple[str, ...],
        by: tuple[str, ...] = (),
        grain: Grain | None = None,
        period: Period | None = None,
    ) -> Question:
        asked = self.asked
        return Question(kpis, period or self.period, asked.today, grain, by, asked.where, asked.viewer)


@dataclass(frozen=True)
class Split:
    """The question why a KPI changed, by a dimension (None: by a stock's reasons or a formula's inputs)."""

    kpi: str
    by: str | None


@dataclass(frozen=True)
class Listing:
    """The first rows behind a KPI."""

    kpi: str
    order: str = LARGEST
    limit: int = 10


@dataclass(frozen=True)
class Leading:
    """The members of a dimension with the largest totals of a KPI, and how many members there are."""

    kpi: str
    by: str
    limit: int = 10


@dataclass(frozen=True)
class Needs:
    questions: tuple[Question, ...] = ()
    splits: tuple[Split, ...] = ()
    listings: tuple[Listing, ...] = ()
    leading: tuple[Leading, ...] = ()
    cohorts: bool = False
    groups: bool = False


@dataclass(frozen=True)
class Leaders:
    """The leading members with their totals, in the KPI's unit, and the number of all members."""

    first: tuple[tuple[object, float], ...]
    members: int


@dataclass(frozen=True)
class Found:
    """All that a report's sections asked for, from one version of the data."""

    scope: Scope
    formats: Formats
    organisation: str
    freshness: Freshness
    readings: Mapping[Question, tuple[Reading, ...]] = field(default_factory=dict)
    changes: Mapping[Split, Change] = field(default_factory=dict)
    rows: Mapping[Listing, Rows] = field(default_factory=dict)
    leaders: Mapping[Leading, Leaders] = field(default_factory=dict)
    cohorts: tuple[Kept, ...] = ()
    groups: Segmentation | None = None

    def reading(self, question: Question, key: str) -> Reading:
        """The answer for one of the question's KPIs."""
        return next(one for one in self.readings[question] if one.key == key)
