"""python -m crm_data demo: make a demo CRM."""

from __future__ import annotations

import argparse
from datetime import date

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from crm_data.demo import document
from crm_data.demo.make import LARGEST, SMALLEST, make_demo
from crm_data.demo.plan import DEFAULT_EVENTS, DEFAULT_SEED
from crm_data.demo.transaction import DemoRefused
from crm_data.engine import connect, prepare, reported


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--events",
        type=_events,
        default=DEFAULT_EVENTS,
        metavar="N",
        help=f"how many e-mails; the rest in proportion (default {DEFAULT_EVENTS:,})",
    )
    parser.add_argument(
        "--today",
        type=_day,
        metavar="DATE",
        help="the last day of the demo (default: today; before 5:00 UTC yesterday)",
    )
    parser.add_argument(
        "--seed",
        type=_seed,
        default=DEFAULT_SEED,
        metavar="N",
        help=f"the same seed makes the same demo (default {DEFAULT_SEED})",
    )
    parser.add_argument("--replace", action="store_true", help="make an existing demo anew; never other data")
    parser.add_argument("--if-empty", action="store_true", help="do nothing where there is data already")
    parser.add_argument("--document", action="store_true", help="only write docs/demo.md anew")


def main(args: argparse.Namespace) -> int:
    if args.document:
        document.write()
        return 0
    engine = connect()
    prepare(engine)
    columns = TextColumn("{task.description:<20}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with reported(engine), Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("demo", total=1.0)

        def progress(what: str, share: float) -> None:
            bar.update(task, description=what.replace("_", " "), completed=share)

        options = {"events": args.events, "today": args.today, "seed": args.seed, "replace": args.replace}
        try:
            rows = make_demo(engine, **options, progress=progress)
        except DemoRefused:
            if args.if_empty:
                return 0
            raise
    print(
        f"Made a demo CRM of {sum(rows.values()):,} rows: {rows['accounts']:,} accounts, "
        f"{rows['opportunities']:,} deals, {rows['invoices']:,} invoices, {rows['cases']:,} cases, "
        f"{rows['emails']:,} e-mails."
    )
    return 0


def _events(text: str) -> int:
    return _whole(text, SMALLEST, LARGEST)


def _seed(text: str) -> int:
    return _whole(text, 0, 2**31 - 1)


def _whole(text: str, smallest: int, largest: int) -> int:
    try:
        number = int(text.replace(",", ""))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from error
    if not smallest <= number <= largest:
        raise argparse.ArgumentTypeError(f"give {smallest:,} to {largest:,}")
    return number


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2026-11-21") from error
    if not 1975 <= day.year <= 2200:
        raise argparse.ArgumentTypeError("give a day from 1975 to 2200")
    return day
