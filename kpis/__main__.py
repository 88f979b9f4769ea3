"""`python -m kpis`: the dashboard's answers without a browser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from crm_data import reads
from crm_data.edits import actor
from crm_data.engine import CrmUnavailable, connect, prepare, reported
from crm_data.kept import NotKept
from crm_data.warehouse import open_copy
from crm_data.warehouse.errors import CopyError
from kpis import (
    COUNTED,
    LEFT_OUT,
    UNDATED,
    Copy,
    Ledger,
    NoRows,
    Period,
    Question,
    UnknownKPI,
    Which,
    ask,
    change,
    explain,
    rows,
    terminal,
    terminal_proof,
)
from kpis.alerts import command as alerts
from kpis.catalog import DEFINITIONS
from kpis.dimensions import DIMENSIONS
from kpis.kept import command as kept
from kpis.kept import keep
from kpis.period import GRAINS, PRESETS, Calendar
from kpis.question import Where
from kpis.read import definition_of
from kpis.reference import as_markdown
from kpis.reports import command as report
from kpis.theirs import command as theirs


def main(arguments: Sequence[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    try:
        if args.command == "list":
            if args.markdown:
                print(as_markdown(DEFINITIONS.values()))
            else:
                terminal.definitions(list(DEFINITIONS.values()), as_json=args.json)
            return 0
        if args.command == "alerts":
            return _alerts(args)
        for key in getattr(args, "keys", ()):
            definition_of(key)
        engine = connect()
        if args.command == "kept" or getattr(args, "keep", False):
            prepare(engine)
        with reported(engine), engine.connect() as crm, open_copy(engine) as copy:
            DIMENSIONS.follow(copy.state.marked)
            if args.command == "kept":
                kept.main(args, engine, copy, crm)
            elif args.command == "theirs":
                return theirs.main(args, copy, _question(args, copy, crm))
            else:
                _answer(args, copy, crm)
                _keep(args, copy, crm)
    except (CrmUnavailable, CopyError, NoRows, NotKept, UnknownKPI, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except BrokenPipeError:  # `| head` has seen enough
        sys.stderr.close()
    return 0


def _alerts(args: argparse.Namespace) -> int:
    engine = connect()
    prepare(engine)
    with reported(engine), engine.connect() as crm, open_copy(engine) as copy:
        DIMENSIONS.follow(copy.state.marked)
        return alerts.main(args, engine, copy, crm)


def _answer(args: argparse.Namespace, copy: Copy, crm: Connection) -> None:
    question = _question(args, copy, crm)
    names = terminal.Names(crm)
    if args.command == "report":
        report.run(args, copy, crm, question)
    elif args.command == "value":
        terminal.readings(ask(copy, question)[0], copy.organisation, names, as_json=args.json)
    elif args.command == "rows":
        terminal.rows(
            rows(copy, question, _which(args, copy, question), limit=args.limit), names, as_json=args.json
        )
    else:
        _prove(args, copy, question, names)


def _keep(args: argparse.Namespace, copy: Copy, crm: Connection) -> None:
    """Keep the report that was written, if that is asked for."""
    if not getattr(args, "keep", False):
        return
    asked = report.asked_for(args, _question(args, copy, crm))
    crm.rollback()  # what was read is over: now something is written
    head = keep(copy, crm.engine, asked, actor())
    print(f"Kept as report {head.id}.", file=sys.stderr)


def _which(args: argparse.Namespace, copy: Copy, question: Question) -> Which:
    if args.changed is not None:
        then = Calendar(copy.organisation).comparable(question.period, args.compare, question.today)
        assert then
        return Ledger(then, args.changed or None)
    return args.reason or (LEFT_OUT if args.left_out else UNDATED if args.undated else COUNTED)


def _prove(args: argparse.Namespace, copy: Copy, question: Question, names: terminal.Names) -> None:
    compared = Calendar(copy.organisation).comparable(question.period, args.compare, question.today)
    if args.command == "explain":
        terminal_proof.explanation(explain(copy, question, compared), copy.organisation, as_json=args.json)
    elif compared:
        by = args.by[0] if args.by else None
        terminal_proof.change(
            change(copy, question, compared, by), by, copy.organisation, names, as_json=args.json
        )


def _question(args: argparse.Namespace, copy: Copy, crm: Connection) -> Question:
    today = args.today or datetime.now(copy.organisation.zone).date()
    return Question(
        kpis=tuple(getattr(args, "keys", ())),
        period=_period(args, copy, today),
        today=today,
        grain=getattr(args, "grain", None),
        by=tuple(args.by or ()) if args.command == "value" else (),
        where=_where(args.where or [], crm),
    )


def _period(args: argparse.Namespace, copy: Copy, today: date) -> Period:
    if args.start is None and args.end is None:
        return Calendar(copy.organisation).preset(args.period, today)
    if args.start is None:
        raise ValueError("--to needs --from as well.")
    end = args.end or today + timedelta(days=1)
    if args.start >= end:
        raise ValueError(f"--from {args.start} must lie before --to {end}: --from is in, --to is out.")
    return Period(args.start, end)


def _where(filters: list[str], crm: Connection) -> Where:
    """`region=EMEA region=APAC segment=(none)` as filters; owners and accounts are given by name or key."""
    members: dict[str, list[object]] = {}
    for one in filters:
        dimension, equals, value = one.partition("=")
        if DIMENSIONS.lost(dimension):
            raise ValueError(f"--where {one!r}: {DIMENSIONS.why_not(dimension)}")
        if not equals or dimension not in DIMENSIONS:
            raise ValueError(f"--where {one!r}: write DIMENSION=VALUE with one of {', '.join(DIMENSIONS)}.")
        found: list[object] = [None if value == "(none)" else value]
        if DIMENSIONS[dimension].by_key and value != "(none)":
            found = list(reads.keys(crm, dimension, value))
            if not found:
                raise ValueError(f"--where {one!r}: no {dimension} has this name or key.")
        members.setdefault(dimension, []).extend(found)
    return tuple((dimension, tuple(values)) for dimension, values in members.items())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m kpis", description="The dashboard's answers without a browser."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="every definition")
    forms = listing.add_mutually_exclusive_group()
    forms.add_argument("--json", action="store_true", help="print JSON")
    forms.add_argument("--markdown", action="store_true", help="print the reference of all definitions")

    value = commands.add_parser("value", help="the value of KPIs in a window")
    value.add_argument("keys", nargs="+", metavar="KEY")
    value.add_argument(
        "--by", action="append", type=_dimension, metavar="DIM", help="break down by a dimension"
    )
    value.add_argument("--grain", choices=GRAINS, help="a series")
    behind = commands.add_parser("rows", help="the rows behind a value, as CSV with counts_for and weight")
    which = behind.add_mutually_exclusive_group()
    which.add_argument(
        "--left-out", action="store_true", help="instead, the rows of the window that do not count"
    )
    which.add_argument("--undated", action="store_true", help="instead, those that no window can hold")
    which.add_argument("--reason", metavar="WORDS", help="instead, those left out for this reason")
    which.add_argument(
        "--changed",
        nargs="?",
        const="",
        metavar="REASON",
        help="instead, what changed a stock since the earlier window: all, or for one reason such as new",
    )
    behind.add_argument("--compare", default="year", choices=("year", "previous"))
    behind.add_argument("--limit", type=_rows, metavar="N", help="at most N rows")
    proof = commands.add_parser(
        "explain", help="sentence, windows, counted, left out and why, freshness, SQL"
    )
    proof.add_argument("--compare", default="year", choices=("year", "previous", "none"))
    why = commands.add_parser("why", help="why the value changed: parts that add up to the change")
    why.add_argument("--compare", default="year", choices=("year", "previous"))
    why.add_argument("--by", nargs=1, type=_dimension, metavar="DIM", help="the dimension to split it by")
    figure = commands.add_parser(
        "theirs", help="another system's figure, and the definition that gives it; exit code 3: none does"
    )
    theirs.add_arguments(figure)
    alerts.add_arguments(
        commands.add_parser("alerts", help="evaluate the alert rules; exit code 3 when an alert is open"),
        _day,
    )
    for one in (behind, proof, why):
        one.add_argument("keys", nargs=1, metavar="KEY")
    written = commands.add_parser("report", help="a report in words, or as PDF, Excel or CSV")
    report.add_arguments(written)
    kept.add_arguments(
        commands.add_parser("kept", help="reports as they were kept, and what has changed since")
    )
    for one in (value, behind, proof, why, figure, written):
        _add_window(one)
    return parser


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-11-21") from error
    if not 1900 <= day.year <= 2199:  # so that earlier windows to compare with are dates too
        raise argparse.ArgumentTypeError("give a day from 1900 to 2199")
    return day


def _dimension(text: str) -> str:
    """Of the facts, or the key of a mark: which columns are marked, only the copy knows."""
    if text not in DIMENSIONS and not DIMENSIONS.lost(text):
        raise argparse.ArgumentTypeError(f"invalid choice: {text!r} (choose from {', '.join(DIMENSIONS)})")
    return text


def _rows(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of rows")
    return int(text)


def _add_window(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", type=_day, metavar="DATE", help="first day of the window")
    parser.add_argument(
        "--to", dest="end", type=_day, metavar="DATE", help="the day after its last (default: tomorrow)"
    )
    parser.add_argument(
        "--period", default="12m", choices=PRESETS, help="a named window instead (default: 12m)"
    )
    parser.add_argument(
        "--where", action="append", metavar="DIM=VALUE", help="count only these; may be repeated"
    )
    parser.add_argument("--today", type=_day, metavar="DATE", help="answer as of this day (default: today)")
    parser.add_argument("--json", action="store_true", help="print JSON")


if __name__ == "__main__":
    sys.exit(main())
