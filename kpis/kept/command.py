"""`python -m kpis kept`: reports as they were, and what has changed since, without a browser."""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection, Engine

from crm_data import kept as store
from crm_data import reads
from crm_data.edits import actor
from crm_data.kept import Head
from kpis.catalog import DEFINITIONS
from kpis.defuse import defused
from kpis.drill import exact
from kpis.formats import Formats
from kpis.kept import Comparison, Figure, Restated, Value, compare, listed, read, words
from kpis.kept.lines import Line, lines
from kpis.period import Period
from kpis.question import EVERYONE
from kpis.reports import REPORTS, Names
from kpis.snapshot import Copy
from kpis.terminal import print_json

_SHOWN = 40  # figures of a list on a terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", nargs="?", type=int, metavar="ID", help="of one report; without it: all")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--json", action="store_true", help="print JSON, rows included")
    what.add_argument("--rows", metavar="KEY", help="the rows by which a KPI's figure differs, as CSV")
    what.add_argument("--delete", action="store_true", help="delete the report for good")


def main(args: argparse.Namespace, engine: Engine, copy: Copy, crm: Connection) -> None:
    """Raises NotKept where there is no such report, ValueError where an option needs one."""
    if args.id is None:
        if args.rows or args.delete:
            raise ValueError("--rows and --delete need the ID of a kept report.")
        _list(listed(crm, EVERYONE), crm, copy, as_json=args.json)
        return
    kept = read(crm, args.id, EVERYONE)
    if args.delete:
        crm.rollback()  # what was read is over: SQLite lets nobody write beside an open reading
        store.remove(engine, args.id, actor())
        print(f"Deleted kept report {args.id}.", file=sys.stderr)
        return
    found = compare(copy, kept, store.row_sets(crm, args.id))
    names = Names(crm, kept.found.formats)
    if args.rows:
        _rows(found, args.rows, Period(kept.head.start, kept.head.end), crm)
    elif args.json:
        print_json(_plain(kept.head, crm, copy) | _compared(found))
    else:
        _print(kept.head, found, names, crm, copy)


def _list(heads: list[Head], crm: Connection, copy: Copy, *, as_json: bool) -> None:
    if as_json:
        print_json([_plain(head, crm, copy) for head in heads])
    elif not heads:
        print("No report is kept. `python -m kpis report NAME --keep` keeps one.")
    else:
        table = Table("ID", "Report", "Window", "Filters", "Kept", "By", box=None)
        for head in heads:
            said = _said(head, crm, copy)
            table.add_row(*(Text(cell) for cell in (f"{head.id}", *said, head.kept_by)))
        Console().print(table)


def _said(head: Head, crm: Connection, copy: Copy) -> tuple[str, str, str, str]:
    names = Names(crm, Formats.of(copy.organisation))
    window = str(Period(head.start, head.end))
    return _title(head), window, words.filters(head, names), f"{head.kept_at:%Y-%m-%d %H:%M} UTC"


def _title(head: Head) -> str:
    return REPORTS[head.name].title if head.name in REPORTS else head.name


def _print(head: Head, found: Comparison, names: Names, crm: Connection, copy: Copy) -> None:
    formats, main = Formats.of(copy.organisation), Period(head.start, head.end)
    print(f"{', '.join(part for part in _said(head, crm, copy) if part)} by {head.kept_by}")
    day = words.kept_on(head, copy.organisation)
    for sentence in words.summary(found, day, formats):
        print(sentence)
    if not found.restated:
        return
    members = words.members(found, names)
    table = Table("Figure", "", "Rows", box=None)
    shown = words.ordered(found, main)
    for one in shown[:_SHOWN]:
        name = words.name(one.figure, main, members, formats)
        said = words.restated(one, day, formats), words.by_which(one, formats)
        table.add_row(Text(name), *(Text(cell) for cell in said))
    Console().print(table)
    if len(shown) > _SHOWN:
        print(f"{len(shown) - _SHOWN} more: --json has all.")


def _rows(found: Comparison, key: str, main: Period, crm: Connection) -> None:
    """The rows of a KPI's figure for the report's whole window. Raises ValueError where it is the same."""
    one = found.by_figure.get(Figure(key, main))
    if one is None:
        raise ValueError(f"{key} is no figure of this report that differs today.")
    all_ = list(lines(one))
    titles = _titles(all_, crm)
    writer = csv.writer(sys.stdout)
    writer.writerow([*_HEAD, "name"])
    for line in all_:
        row = [*asdict(line).values(), titles.get((line.record, line.id))]
        writer.writerow([defused(value) for value in row])


_HEAD = tuple(Line.__dataclass_fields__)


def _titles(all_: list[Line], crm: Connection) -> dict[tuple[str, int], str]:
    """The records by name; those that are gone have none."""
    by: dict[str, list[int]] = {}
    for line in all_:
        by.setdefault(line.record, []).append(line.id)
    named = ((table, reads.labels(crm, table, keys)) for table, keys in by.items())
    return {(table, key): name for table, names in named for key, name in names.items()}


def _plain(head: Head, crm: Connection, copy: Copy) -> dict[str, Any]:
    return {
        "id": head.id,
        "report": head.name,
        "title": _title(head),
        "from": head.start,
        "to": head.end,
        "filters": _said(head, crm, copy)[2],
        "kept_at": head.kept_at,
        "kept_by": head.kept_by,
        "data_version": head.data_version,
    }


def _compared(found: Comparison) -> dict[str, Any]:
    return {
        "figures": found.figures,
        "why_not": found.why_not,
        "redefined": found.redefined,
        "undefined": found.undefined,
        "regrouped": [asdict(one) for one in found.regrouped],
        "restated": [_figure(one) for one in found.restated],
    }


def _figure(one: Restated) -> dict[str, Any]:
    return {
        "key": one.figure.kpi,
        "label": DEFINITIONS[one.figure.kpi].label,
        "from": one.figure.period.start,
        "to": one.figure.period.end,
        "at": dict(one.figure.at),
        "then": _value(one.then),
        "now": _value(one.now),
        "target": one.aim,
        "rows": [asdict(line) for line in lines(one)],
        "rows_unknown": any(part.too_many for part in one.parts),
    }


def _value(value: Value) -> dict[str, Any]:
    return {
        "value": value.value,
        "n": value.n,
        "numerator": None if value.numerator is None else exact(value.numerator),
        "denominator": None if value.denominator is None else exact(value.denominator),
    }
