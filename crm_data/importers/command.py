"""python -m crm_data import: files of another system into the CRM."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from crm_data.engine import ROOT, connect, home, prepare
from crm_data.importers import reading
from crm_data.importers.errors import ImportStopped, listed, nearest
from crm_data.importers.mapping import Mapping, read_mapping
from crm_data.importers.outcome import Note, Outcome
from crm_data.importers.run import run_import

SHIPPED = ROOT / "docs" / "examples"

_COLUMNS = ("read", "added", "updated", "unchanged", "rejected", "replaced")
_SELDOM = ("merged", "deleted")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a folder, or files")
    mapping = parser.add_mutually_exclusive_group()
    mapping.add_argument(
        "--map", type=Path, metavar="FILE", help="the mapping (TOML); docs/import.md explains it"
    )
    mapping.add_argument(
        "--source", metavar="NAME", help="a mapping that comes with this program (docs/examples)"
    )
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")


def main(args: argparse.Namespace) -> int:
    """0 when the import is done, even if rows were rejected; 1 when it stopped; 2 without a mapping."""
    try:
        path = args.map or _shipped(args.source)
    except LookupError as error:
        print(error.args[0], file=sys.stderr)
        return 2
    try:
        mapping = read_mapping(path)
        outcome = _import(mapping, args.paths)
    except ImportStopped as error:
        print(error, file=sys.stderr)
        return 1
    if args.json:
        print(json.dumps(outcome.as_json(), indent=2, ensure_ascii=False))
    else:
        _show(outcome, Console())
    return 0


def _import(mapping: Mapping, paths: list[Path]) -> Outcome:
    engine = connect()
    try:
        prepare(engine)
        with _progress() as progress:
            return run_import(engine, mapping, paths, home() / "imports", progress)
    finally:
        engine.dispose()


def _shipped(name: str | None) -> Path:
    """The mapping of this name. Raises LookupError with what to type instead."""
    names = sorted(path.stem for path in SHIPPED.glob("*.toml"))
    if name is None:
        raise LookupError(
            "A mapping is needed, which says what each column means: add --map FILE. "
            "docs/import.md explains it; docs/examples has mappings to start from."
        )
    if name not in names:
        raise LookupError(f"There is no mapping '{name}'.{nearest(name, names)} There are {listed(names)}.")
    return SHIPPED / f"{name}.toml"


@contextmanager
def _progress() -> Iterator[reading.Progress]:
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
        console.print(f"Rejected: {_rows(rejected)}. They are listed with their reasons in:", highlight=False)
        print(outcome.report)  # on a line of its own, unbroken, to be copied


def _sentence(note: Note) -> str:
    where = ".".join(part for part in (note.object, note.column) if part)
    about = ", ".join(part for part in (where, _rows(note.rows) if note.rows else "") if part)
    return f"{about}: {note.text}" if about else note.text


def _rows(number: int) -> str:
    return f"{number:,} {'row' if number == 1 else 'rows'}"
