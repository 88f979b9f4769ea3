"""The options of `python -m crm_data import` about what is found in the files."""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine

from crm_data.cleansing.assess import assess
from crm_data.cleansing.findings import KINDS, Findings
from crm_data.importers.decisions import Decisions
from crm_data.importers.errors import ImportStopped
from crm_data.importers.outcome import defused
from crm_data.importers.prepared import Prepared
from crm_data.progress import Progress

_SAME_TIME = 1000  # rows read at once
_COLUMNS = (
    *("kind", "object", "column", "problem", "score", "file", "line", "id", "cell"),
    *("row", "other", "why"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--findings", action="store_true", help="list what is wrong in the files, and import nothing"
    )
    parser.add_argument(
        "--merge", type=_score, metavar="SCORE", help="merge likely duplicates from this score on (0.8 to 1)"
    )
    parser.add_argument(
        "--delete-gone",
        action="store_true",
        help="delete what the CRM has from this source and a full export has not, where nothing refers to it",
    )


def looked_at(
    engine: Engine, prepared: Prepared, args: argparse.Namespace, progress: Progress
) -> tuple[Findings | None, Decisions]:
    """What was found, where an option asks for it, and what follows from the options."""
    if not (args.findings or args.merge is not None or args.delete_gone):
        return None, Decisions()
    if args.delete_gone and not prepared.whole:
        raise ImportStopped(
            "--delete-gone needs full exports, and the mapping does not say that these are: full = true."
        )
    findings = assess(engine, prepared, progress)
    merges = () if args.merge is None else findings.merges(args.merge)
    return findings, Decisions(merges, findings.gone() if args.delete_gone else {})


def show(findings: Findings, prepared: Prepared, folder: Path, as_json: bool) -> None:
    """The findings as a table, and all of their rows in a CSV file."""
    path = folder / f"{prepared.started:%Y%m%d-%H%M%S-%f}-findings.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            _write(findings, csv.writer(file))
    except OSError as error:
        raise ImportStopped(f"The list of findings, {path}, cannot be written: {error.strerror}.") from error
    groups = findings.groups()
    if as_json:
        print(json.dumps({"findings": [asdict(one) for one in groups], "report": str(path)}, indent=2))
        return
    table = Table(title="Findings. Nothing was imported.", title_justify="left")
    for name in ("what", "object", "column", "problem"):
        table.add_column(name)
    table.add_column("rows", justify="right")
    for one in groups:
        texts = (KINDS[one.kind], one.object, one.column, one.problem)
        table.add_row(*map(escape, texts), f"{one.rows:,}")
    Console().print(table)
    print("Every row is listed in:")
    print(path)


def _write(findings: Findings, writer: Any) -> None:
    writer.writerow(_COLUMNS)
    for group in findings.groups():
        first = 0
        while group.kind != "duplicate" and (rows := findings.rows(group, first, _SAME_TIME)):
            first += len(rows)
            for row in rows:
                head = (group.kind, group.object, group.column, group.problem, "")
                values = json.dumps(dict(row.values), ensure_ascii=False)
                texts = (*head, row.file, row.line or "", row.key or row.source_id, row.cell, values, "", "")
                writer.writerow([defused(str(text)) for text in texts])
    first = 0
    while pairs := findings.duplicates(None, 0.0, first, _SAME_TIME):
        first += len(pairs)
        for pair in pairs:
            mine, theirs = (
                json.dumps(dict(one.values), ensure_ascii=False) for one in (pair.other, pair.into)
            )
            why = ", ".join(f"{one.label}: {one.how} ({one.bits:+})" for one in pair.reasons)
            row = pair.other
            head = ("duplicate", pair.object, "", "are likely the same", f"{pair.score:.3f}")
            texts = (*head, row.file, row.line, row.source_id, "", mine, theirs, why)
            writer.writerow([defused(str(text)) for text in texts])


def _score(text: str) -> float:
    score = float(text)
    if not 0.8 <= score <= 1:
        raise argparse.ArgumentTypeError("a score lies between 0.8 and 1")
    return score
