"""A kept report as a document again. Its figures are those of then; names are today's, for keys are kept."""

from __future__ import annotations

from dataclasses import replace

from kpis.catalog import DEFINITIONS
from kpis.kept.keep import Kept
from kpis.reports import REPORTS, Document, Names, write
from kpis.reports.compose import Headline
from kpis.reports.scope import Found
from kpis.reports.section import Section


def as_it_was(kept: Kept, names: Names) -> tuple[Document, int]:
    """The report, and how many of its sections are written differently by now: those are left out."""
    report, found = REPORTS[kept.head.name], _known(kept.found)
    sections = tuple(section for section in report.sections if _answered(section, found))
    headline = report.headline if _answered(Headline(report), found) else ()
    document = write(replace(report, headline=headline, sections=sections), found, names)
    return document, len(report.sections) - len(sections)


def _known(found: Found) -> Found:
    """Without the figures of definitions that there are no more."""
    readings = {
        question: tuple(one for one in of if one.key in DEFINITIONS)
        for question, of in found.readings.items()
    }
    return replace(found, readings=readings)


def _answered(section: Section | Headline, found: Found) -> bool:
    """All that the section needs today was asked then."""
    needs = section.needs(found.scope)
    return (
        set(needs.questions) <= found.readings.keys()
        and (not found.scope.then or set(needs.splits) <= found.changes.keys())
        and set(needs.listings) <= found.rows.keys()
        and set(needs.leading) <= found.leaders.keys()
        and all(key in DEFINITIONS for question in needs.questions for key in question.kpis)
    )
