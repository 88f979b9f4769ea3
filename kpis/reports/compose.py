"""From what was found to the written report."""

from __future__ import annotations

from crm_data.organisation import Organisation
from kpis.answers import Reading
from kpis.dimensions import DIMENSIONS
from kpis.formats import Formats
from kpis.reports.document import Document, Sentence, Words
from kpis.reports.gather import gather as gathered
from kpis.reports.names import Names
from kpis.reports.scope import Asked, Found, Needs, Scope
from kpis.reports.section import Report
from kpis.reports.sentences import standing
from kpis.snapshot import Copy, Snapshot, opened


class Headline:
    """The summary's questions, asked with those of the sections."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def needs(self, scope: Scope) -> Needs:
        periods = [period for period in (scope.period, scope.then) if period]
        return Needs(tuple(scope.question(self.report.headline, period=period) for period in periods))

    def write(self, found: Found, names: Names) -> None:
        return None

    def sentence(self, found: Found) -> Sentence:
        scope, keys = found.scope, self.report.headline
        then = scope.question(keys, period=scope.then) if scope.then else None
        said: list[Words] = []
        for key in keys:
            now = found.reading(scope.question(keys), key)
            earlier = found.reading(then, key) if then else None
            said += [Words(" "), *standing(now, earlier, scope, found.formats)]
        return tuple(said[1:])


def gather(copy: Copy, asked: Asked, report: Report) -> Found:
    """All that the report needs. Names are not in it: they are looked up whenever it is written."""
    with opened(copy) as data:
        return collect(data, copy.organisation, asked, report)


def collect(data: Snapshot, organisation: Organisation, asked: Asked, report: Report) -> Found:
    """As `gather`, of a version of the data that is open already."""
    return gathered(data, organisation, asked, (Headline(report), *report.sections))


def write(report: Report, found: Found, names: Names) -> Document:
    """The report in words, from what was gathered for it."""
    scope = found.scope
    parts = [section.write(found, names) for section in report.sections]
    return Document(
        report.name,
        report.title,
        report.question,
        found.organisation,
        scope.period,
        scope.then,
        window(scope, found.formats),
        filters(scope, names),
        scope.asked.today,
        found.freshness,
        Headline(report).sentence(found),
        tuple(part for part in parts if part),
        _totals(found),
    )


def window(scope: Scope, formats: Formats) -> str:
    words = formats.period(scope.period)
    return f"{words} compared with {formats.period(scope.then)}" if scope.then else words


def filters(scope: Scope, names: Names) -> str:
    """What the report is narrowed to, in words; empty where it is everything."""
    said = []
    for dimension, members in (*scope.asked.where, *scope.asked.viewer.rights):
        words = names.of(dimension, members)
        said.append(f"{DIMENSIONS[dimension].label}: {', '.join(words[member] for member in members)}")
    return "; ".join(said)


def _totals(found: Found) -> tuple[Reading, ...]:
    """One reading for each KPI of the report, over its whole window."""
    totals: dict[str, Reading] = {}
    for question, readings in found.readings.items():
        if question.period == found.scope.period and not question.grain:
            for one in readings:
                totals.setdefault(one.key, one)
    return tuple(totals.values())
