"""python -m crm_data demo: make a demo CRM."""

from __future__ import annotations

import argparse
import sys
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from crm_data.demo import document
from crm_data.demo.make import LARGEST, SMALLEST, make_demo
from crm_data.demo.plan import DEFAULT_EVENTS, DEFAULT_SEED
from crm_data.engine import connect, prepare, reported


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--events", type=_events, default=DEFAULT_EVENTS, metavar="N",
        help=f"how many e-mails; the rest in proportion (default {DEFAULT_EVENTS})",
    )  # fmt: skip
    parser.add_argument(
        "--today", type=_day, metavar="DATE", help="the last day of the demo (default: today)"
    )
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, metavar="N",
        help=f"the same seed makes the same demo (default {DEFAULT_SEED})",
    )  # fmt: skip
    parser.add_argument("--replace", action="store_true", help="make an existing demo anew; never other data")
    parser.add_argument("--document", action="store_true", help="only write docs/demo.md anew")


def main(args: argparse.Namespace) -> int:
    if args.document:
        document.write()
        return 0
    engine = connect()
    prepare(engine)
    console = Console(stderr=True)
    columns = TextColumn("{task.description:<22}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with reported(engine), Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("demo", total=1.0)
        rows = make_demo(
            engine,
            events=args.events,
            today=args.today,
            seed=args.seed,
            replace=args.replace,
            progress=lambda what, share: bar.update(
                task, description=what.replace("_", " "), completed=share
            ),
        )
    print(
        f"Made a demo CRM of {sum(rows.values()):,} rows: {rows['accounts']:,} accounts, "
        f"{rows['opportunities']:,} deals, {rows['invoices']:,} invoices, {rows['cases']:,} cases, "
        f"{rows['emails']:,} e-mails.",
        file=sys.stderr,
    )
    return 0


def _events(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if not SMALLEST <= number <= LARGEST:
        raise argparse.ArgumentTypeError(f"give {SMALLEST:,} to {LARGEST:,}")
    return number


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-11-21") from error
    if not 1973 <= day.year <= 9990:
        raise argparse.ArgumentTypeError("give a day from 1973 on")
    return day
