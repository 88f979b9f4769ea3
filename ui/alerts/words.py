"""An alert in words, and the way to its proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from crm_data.alerts import Event, Rule
from kpis.alerts import Verdict, words
from kpis.dimensions import DIMENSIONS
from kpis.formats import Formats
from kpis.period import COMPARISONS, Period
from kpis.question import Where
from ui.links import Query
from ui.names import members_in_words
from ui.view import View, filters


def title(event: Event, formats: Formats) -> str:
    """The rule's name and whom it is about."""
    who = words.who(event.dimension, event.cause, named(formats))
    return f"{event.rule_name}: {who}" if who else event.rule_name


def told(event: Event, formats: Formats) -> str:
    """Churn of a region: EMEA 14.0%, above 8.5%."""
    return f"{title(event, formats)} {figure(event, formats)}, {words.limit(formats, event)}"


def figure(event: Event, formats: Formats) -> str:
    """The value, or the change, at the last look."""
    shown = event.latest if event.basis == "level" else words.change(event.latest, event.compared)
    return words.number(formats, event.kpi, event.basis, shown)


def named(formats: Formats) -> words.Names:
    """Members by name."""

    def of(dimension: str, member: object) -> str:
        return members_in_words(dimension, [member], formats)[0] if dimension in DIMENSIONS else str(member)

    return of


def condition(rule: Rule, formats: Formats) -> str:
    """What the rule asks, in a sentence."""
    said = words.condition(formats, rule, named(formats))
    return said[:1].upper() + said[1:]


def proof(event: Event, view: View) -> Query:
    """The link to the rows behind an alert: its very window, filters and member."""
    where = tuple((dimension, tuple(members)) for dimension, members in event.filters.items())
    against = event.against if event.basis == "change" else view.compare
    member = words.member(event.dimension, event.cause)
    at = ((event.dimension, (member,)),) if event.dimension and event.cause else ()
    return _proof(event.kpi, Period(event.start, event.end), against, where, cast(Where, at))


def proof_of(verdict: Verdict) -> Query:
    """The same for a verdict of a backtest."""
    rule, (window, _) = verdict.rule, verdict.windows
    at = ((rule.dimension, (verdict.member,)),) if rule.dimension else ()
    return _proof(rule.kpi, window, rule.against, rule.filters, at)


def _proof(kpi: str, window: Period, against: str, where: Where, at: Where) -> Query:
    compare = against if against in COMPARISONS else View.compare
    shown = View(custom=window, compare=compare, where=tuple(one for one in where if one[0] in filters()))
    others = tuple(one for one in where if one[0] not in filters() and one[0] not in dict(at))
    return replace(shown, kpi=kpi, at=(*others, *at)).query()


def moment(at: datetime, zone: ZoneInfo, formats: Formats) -> str:
    """An instant on the organisation's clock."""
    there = at.astimezone(zone)
    return f"{formats.day(there.date())}, {there:%H:%M}"
