"""python -m crm_data imports: what was imported, one import in full, and taking one back."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection, Engine, func, select

from crm_data.audit import written_row
from crm_data.engine import connect, prepare, reported
from crm_data.importers.errors import ImportStopped
from crm_data.importers.undo import Blocked, Undone, undo_import
from crm_data.schema.system import import_aliases, import_changes, imports

_SHOWN = 20  # rows in the way


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="*", metavar="[undo] ID", help="an import's number, or undo and it")
    changed = parser.add_mutually_exclusive_group()
    changed.add_argument(
        "--skip", dest="changed", action="store_const", const="skip", default="ask",
        help="undo: leave rows as they are that were changed since",
    )  # fmt: skip
    changed.add_argument(
        "--all", dest="changed", action="store_const", const="all",
        help="undo: take back rows that were changed since, too",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print JSON")


def main(args: argparse.Namespace) -> int:
    """0 when done; 1 when there is no such import or rows stand in the way; 2 when typed wrongly."""
    *verb, number = args.what or [""]
    if verb not in ([], ["undo"]) or (verb and not number) or (number and not number.isdecimal()):
        print("Type: imports, imports ID, or imports undo ID.", file=sys.stderr)
        return 2
    engine = connect()
    try:
        prepare(engine)
        if verb:
            return _undo(engine, int(number), args)
        with reported(engine), engine.connect() as connection:
            return _one(connection, int(number), args.json) if number else _list(connection, args.json)
    finally:
        engine.dispose()


def _list(connection: Connection, as_json: bool) -> int:
    rows = list(connection.execute(select(imports).order_by(imports.c.id)).mappings())
    if as_json:
        print(json.dumps([_entry(row) for row in rows], indent=2, ensure_ascii=False))
        return 0
    table = Table(title="Imports", title_justify="left")
    for name in ("no.", "source", "finished (UTC)", "by", "rows", "undone"):
        table.add_column(name)
    for row in rows:
        undone = f"{row['undone_at']:%Y-%m-%d %H:%M}" if row["undone_at"] else ""
        finished = f"{row['finished_at']:%Y-%m-%d %H:%M}"
        rows_of = ", ".join(_rows_of(name, each) for name, each in (row["counts"] or {}).items())
        texts = (str(row["id"]), row["source_system"], finished, row["actor"] or "", rows_of, undone)
        table.add_row(*map(escape, texts))
    Console().print(table)
    return 0


def _rows_of(name: str, counts: Any) -> str:
    """`1,204 accounts`: those added or updated; of an older entry, all."""
    number = counts.get("added", 0) + counts.get("updated", 0) if isinstance(counts, dict) else int(counts)
    return f"{number:,} {name.replace('_', ' ')}"


def _one(connection: Connection, key: int, as_json: bool) -> int:
    row = connection.execute(select(imports).where(imports.c.id == key)).mappings().first()
    if row is None:
        print(f"There is no import no. {key}.", file=sys.stderr)
        return 1
    entry = _entry(row)
    for name, table in (("changed or deleted rows", import_changes), ("merged rows", import_aliases)):
        own = select(func.count()).select_from(table).where(table.c.import_id == key)
        entry[name] = connection.scalar(own)
    if as_json:
        print(json.dumps(entry, indent=2, ensure_ascii=False))
        return 0
    mapping = entry.pop("mapping")
    for name, value in entry.items():
        shown = value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)
        print(f"{name.replace('_', ' ')}: {'' if value is None else shown}")
    if mapping:
        print(f"mapping:\n{mapping}")
    return 0


def _entry(row: Any) -> dict[str, Any]:
    return {name.replace("id", "import") if name == "id" else name: v for name, v in written_row(row).items()}


def _undo(engine: Engine, key: int, args: argparse.Namespace) -> int:
    try:
        undone = undo_import(engine, key, changed=args.changed)
    except Blocked as blocked:
        print(blocked, file=sys.stderr)
        for one in blocked.rows[:_SHOWN]:
            fields = "".join(f"; {name}: {now} (undone: {was})" for name, was, now in one.fields)
            print(f"  {one.object} no. {one.key} {one.why}{fields}", file=sys.stderr)
        if len(blocked.rows) > _SHOWN:
            print(f"  and {len(blocked.rows) - _SHOWN:,} more", file=sys.stderr)
        if not blocked.later:
            print("Add --skip or --all.", file=sys.stderr)
        return 1
    except ImportStopped as stopped:
        print(stopped, file=sys.stderr)
        return 1
    print(json.dumps(undone.as_json(), indent=2, ensure_ascii=False) if args.json else _said(undone))
    return 0


def _said(undone: Undone) -> str:
    parts = [
        f"{what} {number:,} {name.replace('_', ' ')}"
        for what, counts in (
            ("removed", undone.removed), ("restored", undone.restored), ("brought back", undone.returned)
        )
        for name, number in counts.items()
    ]  # fmt: skip
    if undone.kept:
        parts.append(f"left {len(undone.kept):,} rows as they are")
    return f"Import no. {undone.key} is undone: {', '.join(parts) or 'it had changed nothing'}."
