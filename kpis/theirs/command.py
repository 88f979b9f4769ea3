"""python -m kpis theirs: a figure from another system's report, and the definition that gives it."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kpis.catalog import DEFINITIONS
from kpis.formats import Formats
from kpis.question import Question
from kpis.read import refusal
from kpis.snapshot import Copy, opened
from kpis.terminal import print_json
from kpis.theirs.compare import COMPARED, variants
from kpis.theirs.figure import read_figure
from kpis.theirs.variant import sentence

#: The exit code when no definition gives their figure.
NOT_FOUND = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("keys", nargs=1, choices=COMPARED, metavar="KEY", help=", ".join(COMPARED))
    parser.add_argument("figure", metavar="FIGURE", help="as their report has it, such as '63.15 %%'")


def main(args: argparse.Namespace, copy: Copy, question: Question) -> int:
    """0 when a definition gives the figure, ours or another; NOT_FOUND when none does.

    Raises ValueError where there is nothing to compare.
    """
    (key,) = question.kpis
    definition = DEFINITIONS[key]
    typed = read_figure(args.figure, definition.unit)
    if typed is None:
        raise ValueError(
            f"{args.figure!r} is no number that can be read. Write it like 1,200,000 or 63.15 %."
        )
    if why := refusal(definition, question):
        raise ValueError(why)
    with opened(copy) as data:
        given = variants(data, question)
    says, found = sentence(given, typed), [one for one in given if one.gives(typed)]
    if args.json:
        listed = [asdict(one) | {"gives": one in found} for one in given]
        print_json({"kpi": key, "typed": asdict(typed), "says": says, "definitions": listed})
    else:
        formats = Formats.of(copy.organisation)
        table = Table("Definition", box=None)
        table.add_column("Value", justify="right")
        table.add_column("Theirs")
        for one in given:
            words = f"{one.words} (here)" if one.ours else one.words
            value = formats.value(definition.unit, one.value)
            table.add_row(escape(words), value, "gives it" if one in found else "")
        console = Console()
        console.print(table)
        console.print(escape(says), highlight=False)
    return 0 if found else NOT_FOUND
