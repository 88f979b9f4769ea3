"""`python -m kpis report`: a report without a browser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from kpis.period import COMPARISONS
from kpis.question import Question
from kpis.reports import REPORTS, Asked, Document, Names, gather, write
from kpis.reports.flat import as_csv
from kpis.reports.paper import pdf
from kpis.reports.sheet import plain, xlsx
from kpis.snapshot import Copy
from kpis.terminal import print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=REPORTS, metavar="NAME", help=", ".join(REPORTS))
    parser.add_argument("--compare", default="year", choices=COMPARISONS)
    parser.add_argument("--keep", action="store_true", help="keep it; `kpis kept` shows it as it was")
    for kind in ("pdf", "xlsx", "csv"):
        parser.add_argument(f"--{kind}", type=Path, metavar="FILE", help=f"write it as {kind.upper()}")


def asked_for(args: argparse.Namespace, question: Question) -> Asked:
    return Asked(args.name, question.period, args.compare, question.today, question.where)


def run(args: argparse.Namespace, copy: Copy, crm: Connection, question: Question) -> None:
    """Write the files that are asked for; without any, print the report's sentences.

    Raises ValueError where a file cannot be written.
    """
    report = REPORTS[args.name]
    found = gather(copy, asked_for(args, question), report)
    document = write(report, found, Names(crm, found.formats))
    made: dict[Path | None, Callable[[], bytes]] = {
        args.pdf: lambda: pdf(document, found.formats),
        args.xlsx: lambda: xlsx(document, found.formats),
        args.csv: lambda: as_csv(document),
    }
    for path, make in made.items():
        if path is None:
            continue
        try:
            path.write_bytes(make())
        except OSError as problem:
            raise ValueError(f"{path} cannot be written: {problem.strerror}.") from problem
        print(f"Wrote {path}.", file=sys.stderr)
    if args.json:
        print_json(_plain(document))
    elif not any((args.pdf, args.xlsx, args.csv)):
        print(_text(document))


def _text(document: Document) -> str:
    """The report's words, without its tables."""
    lines = [f"{document.title}: {document.window}"]
    if document.filters:
        lines.append(document.filters)
    for part in document.parts:
        if part.sentences:
            lines += ["", part.title, *(f"  {plain(one)}" for one in part.sentences)]
    return "\n".join(lines)


def _plain(document: Document) -> dict[str, Any]:
    """The report for programs: its sentences, and its tables with plain values."""
    return {
        "report": document.name,
        "title": document.title,
        "from": document.period.start,
        "to": document.period.end,
        "filters": document.filters,
        "data_version": document.freshness.version,
        "sections": [
            {
                "title": part.title,
                "sentences": [plain(one) for one in part.sentences],
                "notes": part.notes,
                "tables": [
                    {
                        "columns": [column.head for column in table.columns],
                        "rows": [[cell.value for cell in row] for row in table.rows],
                        "total": [cell.value for cell in table.total] if table.total else None,
                    }
                    for table in part.tables
                ],
            }
            for part in document.parts
        ],
    }
