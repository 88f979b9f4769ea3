"""The kinds of section that reports are put together from."""

from kpis.reports.sections.breakdown import Breakdown
from kpis.reports.sections.comments import Comments
from kpis.reports.sections.concentration import Concentration
from kpis.reports.sections.groups import Groups
from kpis.reports.sections.largest import Largest
from kpis.reports.sections.retention import Retention
from kpis.reports.sections.standing import Standing
from kpis.reports.sections.waterfall import Waterfall

__all__ = [
    "Breakdown",
    "Comments",
    "Concentration",
    "Groups",
    "Largest",
    "Retention",
    "Standing",
    "Waterfall",
]
