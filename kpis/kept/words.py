"""What has become of a kept report, in words for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from crm_data.kept import Head
from crm_data.organisation import Organisation
from kpis.catalog import DEFINITIONS
from kpis.dimensions import DIMENSIONS
from kpis.formats import Formats
from kpis.kept.compare import Comparison, Restated
from kpis.kept.figures import Figure, Value
from kpis.model import Unit
from kpis.period import Period
from kpis.reports.names import Names

_NAMED = 6  # groups


def kept_on(head: Head, organisation: Organisation) -> date:
    """The day on which a report was kept, by the organisation's clocks."""
    return head.kept_at.astimezone(organisation.zone).date()


def restated(one: Restated, kept_on: date, formats: Formats) -> str:
    """restated: €1,204,000 → €1,198,500 since 3 Nov 2026"""
    then, now = (amount(one.figure, value, formats) for value in (one.then, one.now))
    since = f"since {formats.day(kept_on)}"
    if one.then.value == one.now.value:
        return f"the same {then}, but of other rows {since}"
    if then == now:
        then, now = (amount(one.figure, value, formats, exact=True) for value in (one.then, one.now))
    return f"restated: {then} → {now} {since}"


def amount(figure: Figure, value: Value, formats: Formats, *, exact: bool = False) -> str:
    """The value in full; exact: to the last cent, where that is more than is usually shown."""
    unit = DEFINITIONS[figure.kpi].unit
    if exact and value.value is not None:
        return formats.cents(value.value) if unit is Unit.MONEY else formats.exact(value.value)
    return formats.value(unit, value.value)


def by_which(one: Restated, formats: Formats) -> str:
    """2 rows added, 1 removed, 3 changed; its target 100 → 120"""
    said = []
    counts = ((one.added, "added"), (one.removed, "removed"), (one.changed, "changed"))
    numbers = [(n, word) for n, word in counts if n]
    for place, (n, word) in enumerate(numbers):
        rows = "" if place else " row" if n == 1 else " rows"
        said.append(f"{formats.number(n)}{rows} {word}")
    if any(part.too_many for part in one.parts):
        said.append("rows changed, of which there were too many to keep")
    if one.aim:
        then, now = ("none" if aim is None else formats.number(round(aim, 2)) for aim in one.aim)
        said.append(f"its target: {then} → {now}")
    return ", ".join(said)


def name(figure: Figure, main: Period, members: Mapping[tuple[str, object], str], formats: Formats) -> str:
    """Revenue won, EMEA, 1 Jan – 31 Mar 2026"""
    said = [DEFINITIONS[figure.kpi].label]
    said += [f"{DIMENSIONS[dimension].label} {members[dimension, member]}" for dimension, member in figure.at]
    if figure.period != main:
        said.append(formats.period(figure.period))
    return ", ".join(said)


def members(found: Comparison, names: Names) -> dict[tuple[str, object], str]:
    """The members of all figures that differ, in words."""
    by: dict[str, list[object]] = {}
    for one in found.restated:
        for dimension, member in one.figure.at:
            by.setdefault(dimension, []).append(member)
    return {
        (dimension, member): words
        for dimension, all_ in by.items()
        for member, words in names.of(dimension, list(dict.fromkeys(all_))).items()
    }


def filters(head: Head, names: Names) -> str:
    """What a kept report was narrowed to; empty where it is everything."""
    said = []
    for dimension, all_ in (head.filters | head.rights).items():
        if dimension in DIMENSIONS or DIMENSIONS.lost(dimension):
            known = names.of(dimension, all_)
            said.append(f"{DIMENSIONS[dimension].label}: {', '.join(known[member] for member in all_)}")
    return "; ".join(said)


def ordered(found: Comparison, main: Period) -> list[Restated]:
    """The report's own totals first, then those of its other windows, then those of members."""
    return sorted(found.restated, key=lambda one: (bool(one.figure.at), one.figure.period != main))


def summary(found: Comparison, kept_on: date, formats: Formats) -> list[str]:
    """What has to be said of the whole, a sentence each."""
    since = f"since {formats.day(kept_on)}"
    if found.why_not:
        return [f"It cannot be compared with today's data. {found.why_not}"]
    said = []
    n, all_ = len(found.restated), formats.number(found.figures)
    if n:
        said.append(f"{formats.number(n)} of {all_} figures {'differs' if n == 1 else 'differ'} today.")
    else:
        said.append(f"All {all_} figures are the same today.")
    for keys, words in (
        (found.redefined, f"defined otherwise {since}, and not compared"),
        (found.undefined, "not defined any more"),
    ):
        if keys:
            labels = [DEFINITIONS[key].label if key in DEFINITIONS else key for key in keys]
            said.append(f"{', '.join(labels)}: {words}.")
    if found.regrouped:
        moved = [f"{one.name}: {_count(one.then)} → {_count(one.now)}" for one in found.regrouped]
        more = f" and {len(moved) - _NAMED} more" if len(moved) > _NAMED else ""
        said.append(f"Groups of customers that differ today: {'; '.join(moved[:_NAMED])}{more}.")
    return said


def _count(customers: int | None) -> str:
    return "none" if customers is None else f"{customers:,}"
