"""python -m crm_data check: compare the copy with the CRM database."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from rich.console import Console

from crm_data.engine import connect, prepare
from crm_data.warehouse.check import Checked, check
from crm_data.warehouse.copy import open_copy
from crm_data.warehouse.errors import CopyError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def main(args: argparse.Namespace) -> int:
    """1 when anything differs."""
    engine = connect()
    try:
        prepare(engine)
        with (
            Console(stderr=True).status("Comparing the copy with the CRM database"),
            open_copy(engine, refresh=False) as copy,
        ):
            checked = check(copy)
    except CopyError as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    if args.json:
        print(json.dumps(asdict(checked), default=str, indent=2))
    else:
        _print(checked, engine.url.render_as_string())
    return 1 if checked.differences else 0


def _print(checked: Checked, url: str) -> None:
    for difference in checked.differences:
        print(difference.sentence)
    compared = f"{checked.tables} tables with {checked.rows:,} rows and {checked.facts} facts against {url}"
    if not checked.differences:
        print(f"Compared {compared}: no difference.")
        return
    print(
        f"Compared {compared}: {len(checked.differences)} differences. "
        "Make the copy anew: python -m crm_data refresh --full",
        file=sys.stderr,
    )
