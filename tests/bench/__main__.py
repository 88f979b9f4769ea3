"""`python -m tests.bench`: how fast the dashboard is, beside what one would use instead, part by part."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measured import Measured
from tests.bench.setting import ROOT, Setting, Wrong
from tests.bench.timing import machine

#: Each is a module here with `measure(setting)`, which gives the rows of the table and may raise Wrong.
PARTS = ("questions", "growth", "loading", "importing", "search", "pages", "sessions")


def main(arguments: list[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    setting = Setting(args.folder, args.events, args.runs, frozenset(args.without))
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(", ".join(f"{name} {value}" for name, value in machine().items()))
    found: list[Measured] = []
    wrong: dict[str, list[str]] = {}
    for part in args.parts or PARTS:
        try:
            rows = import_module(f"tests.bench.{part}").measure(setting)
        except (Wrong, RuntimeError) as problem:  # other figures; or something is not there to measure with
            wrong[part] = [str(said) for said in problem.args]
            for difference in problem.args:
                console.print(f"{part}: {difference}", style="red", markup=False)
        else:
            console.print(_table(part, setting, rows))
            found += rows
    if args.json:
        known = {"machine": machine(), "events": setting.events, "runs": setting.runs, "wrong": wrong}
        measured = [asdict(row) | {"timing": row.timing._asdict(), "kept": row.kept} for row in found]
        args.json.write_text(json.dumps(known | {"measured": measured}, indent=2) + "\n")
    return 1 if wrong else 0


def _table(part: str, setting: Setting, rows: list[Measured]) -> Table:
    table = Table(title=f"{part}, {setting.events:,} e-mails, {setting.runs} runs")
    for heading in ("", "Way", "Median", "Lowest", "Highest", "Unit", "To the first", "Promised"):
        table.add_column(heading, justify="left" if heading in ("", "Way", "Unit") else "right")
    for row in rows:
        numbers = (f"{one:,.4g}" if one < 100 else f"{one:,.0f}" for one in row.timing)
        times = "" if row.times is None else f"{row.times:,.3g} ×"
        limit = "" if row.limit is None else f"{'kept' if row.kept else 'NOT kept'}: {row.limit:,.4g}"
        table.add_row(row.part, row.way, *numbers, row.unit, times, limit)
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"what is measured: {', '.join(PARTS)}; all of them"
    )
    parser.add_argument(
        "--events", type=int, default=1_000_000, metavar="N", help="e-mails in the demo CRM (1000000)"
    )
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="timed runs of each way (7)")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=("sqlite", "postgresql"),
        help="leave out what is asked of that database itself, which takes long",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the timings there as JSON")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "data" / "bench", help="where demo CRMs are kept (data/bench)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
