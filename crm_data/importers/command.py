"""python -m crm_data import: files of another system into the CRM."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import Engine

from crm_data import active
from crm_data.cleansing import command as cleansing
from crm_data.engine import ROOT, connect, home, reported
from crm_data.importers.errors import ImportStopped, listed, nearest, rows_in_words
from crm_data.importers.mapping import Mapping, read_mapping
from crm_data.importers.outcome import Note, Outcome
from crm_data.importers.recognise import command as recognition
from crm_data.importers.recognise import recognise
from crm_data.importers.recognise.in_crm import recognised_in
from crm_data.importers.run import load, read
from crm_data.progress import Progress as Told

SHIPPED = ROOT / "docs" / "examples"

_COLUMNS = ("read", "added", "updated", "unchanged", "rejected", "replaced")
_SELDOM = ("merged", "deleted")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="a folder, files, or ZIP archives"
    )
    parser.add_argument(
        "--from", dest="origin", metavar="URL", help="the database that the mapping's queries are asked of"
    )
    mapping = parser.add_mutually_exclusive_group()
    mapping.add_argument(
        "--map", type=Path, metavar="FILE", help="the mapping (TOML); docs/import.md explains it"
    )
    mapping.add_argument(
        "--source", metavar="NAME", help="a mapping that comes with this program (docs/examples)"
    )
    recognition.add_hints(parser)
    parser.add_argument("--dry-run", action="store_true", help="only show what the files are held to be")
    parser.add_argument("--save-map", type=Path, metavar="FILE", help="write down the mapping that was found")
    cleansing.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")


def main(args: argparse.Namespace) -> int:
    """0 when the import is done, even if rows were rejected; 1 when it stopped; 2 when typed wrongly."""
    try:
        path = args.map or (_shipped(args.source) if args.source else None)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    if not args.paths and not args.origin:
        print("Name a folder or files to import, or a database with --from URL.", file=sys.stderr)
        return 2
    if args.origin and path is None:
        print("What to ask of a database says a mapping: add --map FILE.", file=sys.stderr)
        return 2
    if path and (args.dry_run or args.save_map):
        print(
            "--dry-run and --save-map are for files that are recognised, without a mapping.", file=sys.stderr
        )
        return 2
    try:
        with recognition.all_unpacked(args.paths) as paths:
            outcome = _import(args, read_mapping(path) if path else None, paths)
    except ImportStopped as error:
        print(error, file=sys.stderr)
        return 1
    if outcome is None:
        return 0
    if args.json:
        print(json.dumps(outcome.as_json(), indent=2, ensure_ascii=False))
    else:
        _show(outcome, Console())
    return 0


def _import(args: argparse.Namespace, mapping: Mapping | None, paths: list[Path]) -> Outcome | None:
    """What was imported; None where it was only to be shown."""
    shown = connect()
    engine = active.destination(shown)
    try:
        if mapping is None:
            mapping = _recognised(args, engine, paths)
            if args.dry_run:
                return None
        reports = home() / "imports"
        with (
            _progress() as progress,
            closing(read(engine, mapping, paths, progress, origin=args.origin)) as prepared,
        ):
            findings, decisions = cleansing.looked_at(engine, prepared, args, progress)
            if findings is not None and args.findings:
                cleansing.show(findings, prepared, reports, args.json)
                return None
            outcome = load(engine, prepared, decisions, reports, progress)
        if engine is not shown:
            active.use(own=True)
            print("The demo stays as it was; your own CRM is shown from now on.", file=sys.stderr)
        return outcome
    finally:
        engine.dispose()
        shown.dispose()


def _recognised(args: argparse.Namespace, engine: Engine, paths: list[Path]) -> Mapping:
    """The mapping that follows from the files, shown with its reasons."""
    console = Console(stderr=args.json)
    with reported(engine), engine.connect() as connection:
        found = recognised_in(connection, recognise(paths))
        recognition.show(found, console, columns=args.dry_run)
        proposal = recognition.proposed(connection, found, args)
    recognition.show_remarks(proposal, console)
    if args.save_map is not None:
        try:
            args.save_map.write_text(proposal.text, encoding="utf-8")
        except OSError as error:
            raise ImportStopped(f"{args.save_map} cannot be written: {error.strerror}.") from error
        console.print(f"The mapping is in {args.save_map}", highlight=False, markup=False)
    return proposal.mapping


def _shipped(name: str) -> Path:
    """The mapping of this name. Raises LookupError with what to type instead."""
    names = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    if name not in names:
        raise LookupError(f"There is no mapping '{name}'.{nearest(name, names)} There are {listed(names)}.")
    return SHIPPED / f"{name}.toml"


@contextmanager
def _progress() -> Iterator[Told]:
    """A bar on stderr while it is a terminal; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task("Opening the files", total=None)

        def update(what: str, done: int, total: int) -> None:
            bar.update(task, description=escape(what), completed=done, total=max(total, 1))

        yield update


def _show(outcome: Outcome, console: Console) -> None:
    table = Table(title=f"Import no. {outcome.key}, from {escape(outcome.source)}", title_justify="left")
    table.add_column("object")
    seldom = [name for name in _SELDOM if any(getattr(each, name) for each in outcome.objects.values())]
    columns = [*_COLUMNS, *seldom]
    for name in columns:
        table.add_column(name, justify="right")
    for name, counts in outcome.objects.items():
        table.add_row(name, *(f"{getattr(counts, column):,}" for column in columns))
    console.print(table)
    for note in outcome.notes:
        console.print(f"Note: {escape(_sentence(note))}", highlight=False)
    if outcome.report is not None:
        rejected = sum(counts.rejected for counts in outcome.objects.values())
        console.print(
            f"Rejected: {rows_in_words(rejected)}. They are listed with their reasons in:", highlight=False
        )
        print(outcome.report)  # on a line of its own, unbroken, to be copied


def _sentence(note: Note) -> str:
    where = ".".join(part for part in (note.object, note.column) if part)
    about = ", ".join(part for part in (where, rows_in_words(note.rows) if note.rows else "") if part)
    return f"{about}: {note.text}" if about else note.text
