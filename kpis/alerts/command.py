"""python -m kpis alerts: evaluate the rules now, write down what fired, and say what is open."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection, Engine

from crm_data.alerts import Event, Rule, open_events
from kpis import terminal
from kpis.alerts import words
from kpis.alerts.evaluate import evaluate
from kpis.alerts.judge import Says, Verdict
from kpis.alerts.rule import problem
from kpis.alerts.watch import active, look, today_of
from kpis.formats import NONE, Formats
from kpis.members import written
from kpis.period import Period
from kpis.snapshot import Copy

#: The exit code when an alert is open that nobody has acknowledged.
OPEN = 3


def add_arguments(parser: argparse.ArgumentParser, day: Any) -> None:
    parser.add_argument("--dry-run", action="store_true", help="write nothing; print what each rule says")
    parser.add_argument("--today", type=day, metavar="DATE", help="with --dry-run: as of this day")
    parser.add_argument("--json", action="store_true", help="print JSON")


def main(args: argparse.Namespace, engine: Engine, copy: Copy, crm: Connection) -> int:
    """3 when an alert is open (with --dry-run: when a rule is beyond its limit), 0 when none is.

    Raises ValueError where --today is not allowed.
    """
    if args.today and not args.dry_run:
        raise ValueError("--today needs --dry-run: only what is so today is written down.")
    names, formats = terminal.Names(crm), Formats.of(copy.organisation)
    today = args.today or today_of(copy)
    rules = active(crm)
    crm.rollback()  # what was read so far is over: the next reading sees what is written now
    if args.dry_run:
        verdicts = evaluate(copy, rules, today) if today else []
        _print_verdicts(verdicts, rules, formats, names, as_json=args.json)
        return OPEN if any(one.says is Says.BEYOND for one in verdicts) else 0
    if today:
        look(engine, copy, rules, today)
    events = open_events(crm)
    _print_events(events, formats, names, as_json=args.json)
    return OPEN if any(event.state == "open" for event in events) else 0


def _name(names: terminal.Names, dimension: str, member: object) -> str:
    return NONE if member is None else str(names.of(dimension, [member]).get(member, member))


def _print_events(events: list[Event], formats: Formats, names: terminal.Names, *, as_json: bool) -> None:
    def who(event: Event) -> str:
        return words.who(event.dimension, event.cause, lambda *member: _name(names, *member))

    if as_json:
        terminal.print_json([_plain(event, who(event)) for event in events])
        return
    if not events:
        print("No alert is open.")
        return
    table = Table("State", "Rule", "For", "Value", "Limit", "Window", "Rows", "Since", box=None)
    for event in events:
        shown = event.latest if event.basis == "level" else words.change(event.latest, event.compared)
        cells = (
            event.state,
            event.rule_name,
            who(event),
            words.number(formats, event.kpi, event.basis, shown),
            words.limit(formats, event),
            str(Period(event.start, event.end)),
            "" if event.n is None else f"{event.n:,}",
            f"{event.fired_at:%Y-%m-%d %H:%M} UTC",
        )
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)


def _plain(event: Event, who: str) -> dict[str, Any]:
    return {
        "rule": event.rule_id,
        "name": event.rule_name,
        "key": event.kpi,
        "dimension": event.dimension,
        "member": words.member(event.dimension, event.cause),
        "member_name": who,
        "state": event.state,
        "basis": event.basis,
        "comparison": event.comparison,
        "threshold": event.threshold,
        "value": event.latest,
        "compared": event.compared,
        "n": event.n,
        "from": event.start,
        "to": event.end,
        "since": event.fired_at,
    }


def _print_verdicts(
    verdicts: list[Verdict], rules: list[Rule], formats: Formats, names: terminal.Names, *, as_json: bool
) -> None:
    if as_json:
        terminal.print_json([_verdict(one) for one in verdicts])
        return
    table = Table("Rule", "For", "Value", "Limit", "Window", "Rows", "Says", box=None)
    for one in verdicts:
        rule, window = one.rule, one.windows[0]
        who = "" if one.whole else _name(names, rule.dimension or "", one.member)
        cells = (
            rule.name,
            who,
            words.number(formats, rule.kpi, rule.basis, one.number),
            words.limit(formats, rule),
            str(window),
            "" if one.now.n is None else f"{one.now.n:,}",
            one.says.value,
        )
        table.add_row(*(Text(cell) for cell in cells))
    for rule in rules:
        if why := problem(rule):
            table.add_row(Text(rule.name), "", "", "", "", "", Text(why))
    Console().print(table)


def _verdict(one: Verdict) -> dict[str, Any]:
    return {
        "rule": one.rule.id,
        "name": one.rule.name,
        "key": one.rule.kpi,
        "dimension": one.rule.dimension,
        "member": one.member,
        "cause": "" if one.whole else written(one.member),
        "value": one.now.value,
        "compared": one.then.value if one.then else None,
        "n": one.now.n,
        "from": one.windows[0].start,
        "to": one.windows[0].end,
        "says": one.says.value,
    }
