"""python -m crm_data recognise: what files are held to be; nothing is imported."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection, select

from crm_data.importers.archive import unpacked
from crm_data.importers.errors import ImportStopped, listed
from crm_data.importers.recognise.in_crm import proposed_in
from crm_data.importers.recognise.model import Override, Proposal, Recognised
from crm_data.importers.recognise.recognition import recognise
from crm_data.importers.recognise.vendors import systems
from crm_data.importers.vocabulary import known_currency
from crm_data.schema.organisation import organisation

_COLUMNS_SHOWN = 12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a folder, files, or ZIP archives"
    )
    parser.add_argument("--json", action="store_true", help="print everything that was found as JSON")


def add_hints(parser: argparse.ArgumentParser) -> None:
    """What a person can say of files that are recognised."""
    parser.add_argument(
        "--as",
        dest="says",
        type=said,
        action="append",
        default=[],
        metavar="FILE=SYSTEM:OBJECT",
        help="what a file is, such as deals.csv=generic:opportunities",
    )
    parser.add_argument("--currency", metavar="CODE", help="of amounts whose currency no column tells")
    order = parser.add_mutually_exclusive_group()
    order.add_argument(
        "--day-first", action="store_true", default=None, help="03/04/2026 is the 3rd of April"
    )
    order.add_argument(
        "--month-first", action="store_false", dest="day_first", help="03/04/2026 is the 4th of March"
    )


def said(text: str) -> tuple[str, str, str]:
    """FILE=SYSTEM:OBJECT, as three. Raises ArgumentTypeError."""
    file, equals, rest = text.rpartition("=")
    system, colon, key = rest.partition(":")
    if not (file and equals and colon and key):
        raise argparse.ArgumentTypeError("write it like deals.csv=generic:opportunities")
    return file, system, key


def main(args: argparse.Namespace) -> int:
    """0 when at least one file is recognised, 1 when none is."""
    try:
        with all_unpacked(args.paths) as paths:
            found = recognise(paths)
    except ImportStopped as error:
        print(error, file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps([as_json(each) for each in found], indent=2, ensure_ascii=False))
    else:
        show(found, Console(), columns=True)
    return 0 if any(each.system and each.problem is None for each in found) else 1


@contextmanager
def all_unpacked(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """The paths, with the files that archives hold in their place for as long as this lasts."""
    with TemporaryDirectory(prefix="crm-import-") as folder:
        yield unpacked(paths, Path(folder))


def proposed(connection: Connection, found: Sequence[Recognised], args: argparse.Namespace) -> Proposal:
    """A mapping for this CRM: in its currency, and without making up what it has."""
    currency = args.currency and known_currency(args.currency.upper(), "--currency")
    if currency is None:
        currency = connection.scalar(select(organisation.c.base_currency))
    says = {file: (system, key) for file, system, key in args.says}
    if unknown := set(says) - {each.file for each in found}:
        raise ImportStopped(f"--as: there is no file {listed(sorted(unknown))} among those given.")
    overrides = [
        Override(each.file, each.sheet, *says.get(each.file, (None, None)), day_first=args.day_first)
        for each in found
    ]
    return proposed_in(connection, found, overrides, currency)


def as_json(found: Recognised) -> dict[str, object]:
    return {
        "file": found.file,
        "sheet": found.sheet,
        "system": found.system,
        "object": found.object,
        "fills": found.fills,
        "confidence": found.confidence,
        "reasons": list(found.reasons),
        "problem": found.problem,
        "columns": [
            {"heading": c.heading, "becomes": list(c.becomes), "custom": c.custom, "why": c.why}
            for c in found.columns
        ],
        "runners_up": [
            {"system": c.system, "object": c.object, "fills": c.fills, "confidence": c.confidence}
            for c in found.runners_up
        ],
    }


def show(found: Sequence[Recognised], console: Console, *, columns: bool) -> None:
    table = Table(title="Recognised", title_justify="left")
    for name in ("file", "system", "object", "fills"):
        table.add_column(name)
    table.add_column("sure", justify="right")
    for each in found:
        system = systems()[each.system].name if each.system else "not recognised"
        name = f"{each.file} [{each.sheet}]" if each.sheet else each.file
        sure = f"{each.confidence:.0%}" if each.system else ""
        table.add_row(escape(name), system, escape(each.object or ""), each.fills or "", sure)
    console.print(table)
    for each in found:
        if each.system:
            console.print(escape(f"{each.file}: {'; '.join(each.reasons)}."), highlight=False)
        if each.problem:
            console.print(escape(f"{each.file}: {each.problem}"), highlight=False)
        if columns and each.system:
            _show_columns(each, console)


def _show_columns(found: Recognised, console: Console) -> None:
    for column in found.columns:
        if column.becomes:
            console.print(escape(f"    {column.heading} → {', '.join(column.becomes)}"), highlight=False)
    kept = [column.heading for column in found.columns if column.custom]
    left = [column.heading for column in found.columns if not column.becomes and not column.custom]
    for what, headings in (("kept as they are", kept), ("left out", left)):
        if headings:
            more = f" and {len(headings) - _COLUMNS_SHOWN} more" if len(headings) > _COLUMNS_SHOWN else ""
            console.print(
                escape(f"    {what}: {', '.join(headings[:_COLUMNS_SHOWN])}{more}"), highlight=False
            )


def show_remarks(proposal: Proposal, console: Console) -> None:
    for remark in proposal.remarks:
        console.print(escape(f"Please look: {remark}"), highlight=False)
