"""`python -m tests.bench`: how long the Overview's questions take, beside the same figures by hand."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measure import ROOT, Result, measure
from tests.bench.ways import Dashboard


def main(arguments: list[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    result = measure(args.folder, args.events, args.runs, on_crm=not args.skip_sqlite)
    _print(result)
    if args.json:
        args.json.write_text(json.dumps(asdict(result), indent=2) + "\n")
    return 1 if result.differences else 0


def _print(result: Result) -> None:
    console = Console()
    console.print(", ".join(f"{name} {value}" for name, value in result.machine.items()))
    console.print("Rows in the copy: " + ", ".join(f"{name} {n:,}" for name, n in result.rows.items()))
    console.print(
        f"Full load {result.full_load.median / 1000:.1f} s, "
        f"refresh of one row {result.one_row_refresh.median:.0f} ms"
    )
    table = Table(title=f"The Overview's {result.figures} figures, {result.runs} runs, milliseconds")
    for heading in ("", "Median", "Lowest", "Highest", "To the dashboard's"):
        table.add_column(heading, justify="right" if heading else "left")
    dashboard = result.overview[Dashboard.name].median
    for name, timing in result.overview.items():
        times = (f"{one:,.1f}" for one in (timing.median, timing.low, timing.high))
        table.add_row(name, *times, f"{timing.median / dashboard:.2f} ×")
    console.print(table)
    for difference in result.differences:
        console.print(difference, style="red")
    if not result.differences:
        console.print("All ways give the same figures.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--events", type=int, default=1_000_000, metavar="N", help="e-mails in the demo CRM (1000000)"
    )
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="timed runs of each way (7)")
    parser.add_argument(
        "--skip-sqlite",
        action="store_true",
        help="leave out the statements on the CRM database, which are slow",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the timings there as JSON")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "data" / "bench", help="where demo CRMs are kept (data/bench)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
