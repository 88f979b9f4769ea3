"""python -m crm_data refresh: bring the copy up to date."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from crm_data.engine import connect, prepare
from crm_data.warehouse.copy import Copy, open_copy
from crm_data.warehouse.errors import CopyError
from crm_data.warehouse.refresh import Refreshed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--full", action="store_true", help="load everything anew")
    parser.add_argument("--json", action="store_true", help="print JSON")


def main(args: argparse.Namespace) -> int:
    engine = connect()
    try:
        prepare(engine)
        with open_copy(engine, refresh=False) as copy:
            done = _refresh(copy, full=args.full)
            if args.json:
                print(json.dumps(asdict(done) | {"state": asdict(copy.state)}, default=str, indent=2))
            else:
                _print(copy, done)
    except CopyError as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    return 0


def _refresh(copy: Copy, *, full: bool) -> Refreshed:
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("copying", total=1.0)
        return copy.refresh(full=full, progress=lambda share: bar.update(task, completed=share))


def _print(copy: Copy, done: Refreshed) -> None:
    if done.loaded == "full":
        print(f"Loaded {sum(done.tables.values()):,} rows in {done.seconds:.1f} s.")
    elif done.tables:
        changed = ", ".join(f"{count:,} in {table}" for table, count in sorted(done.tables.items()))
        print(f"Rows changed: {changed}. Done in {done.seconds:.2f} s.")
    elif done.changed:
        print("Settings or marked custom columns have changed.")
    else:
        print("Nothing has changed.")
    if copy.private:
        print(
            "The app holds the copy and follows by itself; this was done on a copy of its own.",
            file=sys.stderr,
        )
