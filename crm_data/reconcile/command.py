"""python -m crm_data reconcile: an import's files against the CRM as it is now."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crm_data.engine import connect, prepare
from crm_data.importers.errors import ImportStopped
from crm_data.importers.recognise.command import all_unpacked
from crm_data.reconcile.entry import Entry, compare, entry, kept

_COUNTS = ("read", "found", "merged", "rejected", "replaced", "missing", "crm")
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "import_id", nargs="?", type=int, metavar="IMPORT-ID", help="which import (default: the last)"
    )
    parser.add_argument(
        "--files",
        nargs="+",
        type=Path,
        default=[],
        metavar="PATH",
        help="where its files are, if they moved or lay in an archive",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")


def main(args: argparse.Namespace) -> int:
    """0 when all agrees or is explained, 3 when something is not, 1 when nothing could be compared."""
    engine = connect()
    try:
        prepare(engine)
        of = entry(engine, args.import_id)
        try:
            with all_unpacked(args.files) as files:
                found = compare(engine, of, files).as_json()
        except ImportStopped as problem:
            before = kept(of.id)
            if before is None or args.files:
                raise
            found = before[1]
            print(f"{problem}\nThis is what was found on {before[0]:%Y-%m-%d at %H:%M} UTC.", file=sys.stderr)
    except ImportStopped as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    if args.json:
        print(json.dumps({"import": of.id, **found}, indent=2, ensure_ascii=False))
    else:
        _show(of, found, Console())
    return 3 if found["unexplained"] else 0


def _show(of: Entry, found: dict[str, Any], console: Console) -> None:
    table = Table(title=f"Import no. {of.id} from {escape(of.source)}", title_justify="left")
    for name in ("object", *_COUNTS):
        table.add_column({"found": "in the CRM", "crm": "CRM in all"}.get(name, name),
                         justify="left" if name == "object" else "right")  # fmt: skip
    for one in found["objects"]:
        table.add_row(one["object"], *(f"{one[name]:,}" for name in _COUNTS))
    console.print(table)
    for total in found["totals"]:
        same = "the same" if total["amount"] == total["crm_amount"] else f"CRM {total['crm_amount']}"
        words = f"{total['object']}: {total['amount']} {total['currency']} in the files, {same}"
        console.print(escape(words), highlight=False)
    for cause in found["causes"][:_SHOWN]:
        effect = f", {cause['effect']} {cause['currency']}" if cause["effect"] != "0" else ""
        words = f"{cause['object']}: {cause['rows']:,} × {cause['reason']}{effect}"
        console.print(escape(words), highlight=False)
    for remark in found["remarks"]:
        console.print(escape(remark), highlight=False)
    if found["agrees"]:
        console.print("Every count and sum agrees with the files.")
        if again := found.get("replaced"):
            console.print(f"Further rows that a later one with the same id replaces: {again:,}.")
    elif found["unexplained"]:
        console.print(f"Not explained: {found['unexplained']:,}. --json lists the rows.")
    else:
        console.print("Every difference is explained. --json lists the rows.")
