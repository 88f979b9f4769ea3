"""Which rules are beyond their limit today. All rules are asked together, of the same data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import kpis
from crm_data.alerts import Finding, Rule
from kpis.alerts.judge import MISSING, Figure, Says, Verdict, judge
from kpis.alerts.rule import Windows, problem, windows
from kpis.alerts.silence import Members, before, filled
from kpis.answers import Reading
from kpis.dimensions import DIMENSIONS
from kpis.members import written
from kpis.period import Calendar, Period
from kpis.question import Question
from kpis.snapshot import Copy

_BEYOND = {Says.BEYOND: True, Says.WITHIN: False, Says.UNSURE: None}


def evaluate(copy: Copy, rules: Sequence[Rule], today: date) -> list[Verdict]:
    """What each rule says of each member today. Rules that cannot be asked say nothing."""
    DIMENSIONS.follow(copy.state.marked)
    calendar = Calendar(copy.organisation)
    newest = copy.state.newest_day
    looks = [(rule, windows(rule, calendar, today)) for rule in rules if problem(rule) is None]
    asked = [(rule, (*pair, before(rule, pair, newest))) for rule, pair in looks]
    questions = [
        _question(rule, window, today) for rule, several in asked for window in several if window is not None
    ]
    answers = iter(kpis.ask(copy, *questions))
    found: list[Verdict] = []
    for rule, several in asked:
        now, then, past = [None if window is None else _figures(rule, next(answers)[0]) for window in several]
        found += _verdicts(rule, several[:2], filled(now or {}, past or {}), then)
    return found


def finding(verdict: Verdict) -> Finding | None:
    """What is written down of a verdict; None where it says nothing."""
    if verdict.number is None or verdict.now.value is None or verdict.says is Says.NOTHING:
        return None
    rule, (now, _) = verdict.rule, verdict.windows
    return Finding(
        rule_id=rule.id,
        version=rule.version,
        cause="" if verdict.whole else written(verdict.member),
        beyond=_BEYOND[verdict.says],
        start=now.start,
        end=now.end,
        value=verdict.now.value,
        compared=verdict.then.value if verdict.then else None,
        n=verdict.now.n,
        threshold=rule.threshold,
    )


def _question(rule: Rule, window: Period, today: date) -> Question:
    by = (rule.dimension,) if rule.dimension else ()
    return Question((rule.kpi,), window, today, by=by, where=rule.filters)


def _figures(rule: Rule, reading: Reading) -> Members:
    if rule.dimension is None:
        empty = reading.value is None and not reading.n and not reading.left_out
        return {None: Figure(reading.value, reading.why, reading.n, reading.low, reading.high, empty)}
    return {
        cell.at[rule.dimension]: Figure(cell.value, cell.why, cell.n, cell.low, cell.high)
        for cell in reading.cells
    }


def _verdicts(rule: Rule, pair: Windows, now: Members, then: Members | None) -> list[Verdict]:
    whole = rule.dimension is None
    return [
        judge(rule, whole, member, pair, figure, then.get(member, MISSING) if then is not None else None)
        for member, figure in now.items()
    ]
