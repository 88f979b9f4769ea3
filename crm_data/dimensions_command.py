"""python -m crm_data dimensions: the custom columns of the CRM, and which of them are dimensions."""

from __future__ import annotations

import argparse
import json
import sys

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine

from crm_data import custom
from crm_data.custom import MOST, Mark
from crm_data.edits import NotSaved, mark, unmark
from crm_data.engine import connect, prepare, reported


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        nargs="*",
        metavar="[mark TABLE COLUMN | unmark KEY]",
        help="mark a custom column, such as: mark accounts Tariff; or take a mark away",
    )
    parser.add_argument("--name", default="", help="mark: what to call it, if not as the column is called")
    parser.add_argument("--json", action="store_true", help="print JSON")


def main(args: argparse.Namespace) -> int:
    """0 when done; 1 when it was refused; 2 when typed wrongly."""
    engine = connect()
    try:
        prepare(engine)
        match args.what:
            case []:
                _list(engine, as_json=args.json)
            case ["mark", table, heading]:
                mark(engine, table, heading, args.name)
                made = next(one for one in _marks(engine) if (one.table, one.heading) == (table, heading))
                print(f"Marked as {made.name}: python -m kpis value KEY --by {made.key}")
            case ["unmark", key]:
                unmark(engine, key)
                print(f"{key} is no dimension any more.")
            case _:
                print(
                    "Type: dimensions, dimensions mark TABLE COLUMN, or dimensions unmark KEY.",
                    file=sys.stderr,
                )
                return 2
    except NotSaved as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        engine.dispose()
    return 0


def _marks(engine: Engine) -> tuple[Mark, ...]:
    with reported(engine), engine.connect() as connection:
        return custom.marks(connection)


def _list(engine: Engine, *, as_json: bool) -> None:
    """Every custom column with its rows and values, and what it is as a dimension."""
    with reported(engine), engine.connect() as connection:
        found = custom.columns(connection)
    if as_json:
        plain = [
            {
                "table": one.table,
                "column": one.heading,
                "rows": one.rows,
                "values": one.values,
                "problem": one.problem,
                "key": made.key if made else None,
                "name": made.name if made else None,
            }
            for one, made in found
        ]
        print(json.dumps(plain, indent=2, ensure_ascii=False))
        return
    table = Table("Table", "Column", "Rows", "Values", "Dimension", box=None)
    for one, made in found:
        values = f"more than {MOST:,}" if one.values > MOST else f"{one.values:,}"
        said = f"{made.key} ({made.name})" if made else one.problem or ""
        table.add_row(*map(escape, (one.table, one.heading, f"{one.rows:,}", values, said)))
    Console().print(table)
