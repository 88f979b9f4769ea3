"""Evaluating the rules whenever there is something new to know."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Connection, Engine

from crm_data.alerts import Recorded, Rule, going_on, read_rules, record
from crm_data.engine import reported
from crm_data.organisation import Organisation
from kpis.alerts.evaluate import evaluate, finding
from kpis.alerts.judge import Verdict
from kpis.alerts.vanished import vanished
from kpis.period import anchor
from kpis.snapshot import Copy


class Watch:
    """Called after each refresh of the copy, by whoever keeps it. Knows what it has evaluated already, so
    that its own writing is no reason to evaluate again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._seen: object = None

    def __call__(self, copy: Copy) -> bool:
        """Whether an alert began or ended. Raises CrmUnavailable; the next call then tries again."""
        with reported(self._engine), self._engine.connect() as crm:
            rules = active(crm)
        state, today = copy.state, today_of(copy)
        if not rules or state.refreshed_at is None or today is None:
            return False
        sign = state.version, today, rules
        if sign == self._seen:
            return False
        with reported(self._engine):
            done, _ = look(self._engine, copy, rules, today)
        self._seen = sign
        return bool(done.fired or done.cleared)


def look(engine: Engine, copy: Copy, rules: list[Rule], today: date) -> tuple[Recorded, list[Verdict]]:
    """Evaluate the rules and write down what came of it."""
    as_of = copy.state.refreshed_at or datetime.now(UTC)
    verdicts = evaluate(copy, rules, today)
    found = [one for verdict in verdicts if (one := finding(verdict)) is not None]
    with engine.connect() as crm:
        lasting = going_on(crm)
    gone = vanished(copy, rules, verdicts, lasting)
    return record(engine, as_of, found, gone=gone), verdicts


def active(crm: Connection) -> list[Rule]:
    return [rule for rule in read_rules(crm) if rule.active]


def today_of(copy: Copy) -> date | None:
    """The day that periods count back from; None before there is data."""
    newest = copy.state.newest_day
    return anchor(_today(copy.organisation), newest) if newest else None


def _today(organisation: Organisation) -> date:
    return datetime.now(organisation.zone).date()
