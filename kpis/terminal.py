"""Answers on a terminal: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import format_currency, format_decimal, format_percent
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text
from sqlalchemy import Connection

from crm_data import reads
from crm_data.organisation import Organisation
from kpis.answers import Cell, Reading, Rows
from kpis.catalog import DEFINITIONS
from kpis.defuse import defused
from kpis.dimensions import DIMENSIONS
from kpis.drill import exact
from kpis.explain import words
from kpis.model import Definition, Unit
from kpis.period import Period

NONE = "(none)"


class Names:
    """Members in words: the copy holds keys of owners and accounts, the CRM database their names."""

    def __init__(self, crm: Connection) -> None:
        self._crm = crm

    def of(self, dimension: str, members: Iterable[object]) -> Mapping[Any, object]:
        """Member -> what to show. Names that several share carry their key."""
        wanted = {member for member in members if member is not None}
        if not (dimension in DIMENSIONS and DIMENSIONS[dimension].by_key):
            return {member: member for member in wanted}
        return reads.labels(self._crm, dimension, [int(str(key)) for key in wanted])


_SUFFIX = {Unit.DAYS: " d", Unit.HOURS: " h"}


def definitions(known: list[Definition], *, as_json: bool) -> None:
    if as_json:
        print_json([_definition(one) for one in known])
        return
    key = Column("Key", no_wrap=True)  # it is there to be copied
    table = Table(key, "Name", "Unit", "Better", "Dimensions", box=None)
    for one in known:
        table.add_row(one.key, one.label, one.unit.value, one.better.value, ", ".join(one.dimensions))
    Console().print(table)


def _definition(one: Definition) -> dict[str, Any]:
    plain = {
        name: getattr(one, name)
        for name in ("key", "label", "department", "help", "formula", "adds", "source")
    }
    return plain | {
        "unit": one.unit.value,
        "better": one.better.value,
        "dimensions": list(one.dimensions),
        "parts": [part.key for part in one.parts],
        "words": words(one),
    }


def readings(answers: list[Reading], organisation: Organisation, names: Names, *, as_json: bool) -> None:
    labels = _labels([cell for one in answers for cell in one.cells], names)
    if as_json:
        print_json([as_plain(one, labels) for one in answers])
        return
    for one in answers:
        Console().print(summary(one, organisation))
        if one.cells:
            Console().print(_cells(one, organisation, labels))


def _labels(cells: list[Cell], names: Names) -> dict[str, Mapping[Any, object]]:
    dimensions = dict.fromkeys(name for cell in cells for name in cell.at if name != "period")
    return {name: names.of(name, {cell.at[name] for cell in cells if name in cell.at}) for name in dimensions}


def as_plain(one: Reading, labels: Mapping[str, Mapping[Any, object]]) -> dict[str, Any]:
    return {
        "key": one.key,
        "unit": DEFINITIONS[one.key].unit.value,
        "from": one.period.start,
        "to": one.period.end,
        "value": one.value,
        "why": one.why,
        "n": one.n,
        "low": one.low,
        "high": one.high,
        "numerator": _number(one.numerator),
        "denominator": _number(one.denominator),
        "spread": asdict(one.spread) if one.spread else None,
        "goal": asdict(one.goal) if one.goal else None,
        "status": one.status,
        "left_out": one.left_out,
        "unfinished": one.unfinished,
        "notes": one.notes,
        "cells": [_cell(cell, labels) for cell in one.cells],
    }


def _cell(cell: Cell, labels: Mapping[str, Mapping[Any, object]]) -> dict[str, Any]:
    at = {name: _at(name, member, labels) for name, member in cell.at.items()}
    return at | {
        "value": cell.value,
        "why": cell.why,
        "n": cell.n,
        "low": cell.low,
        "high": cell.high,
        "numerator": _number(cell.numerator),
        "denominator": _number(cell.denominator),
    }


def _at(name: str, member: object, labels: Mapping[str, Mapping[Any, object]]) -> object:
    if isinstance(member, Period):
        return member.start
    return NONE if member is None else labels[name].get(member, member)


def summary(one: Reading, organisation: Organisation) -> Text:
    definition = DEFINITIONS[one.key]
    text = Text(f"{definition.label}  {one.period}\n", style="bold")
    text.append("  " + (number(one.value, definition.unit, organisation) if one.value is not None else "n/a"))
    if one.low is not None and one.high is not None:
        low, high = (number(bound, definition.unit, organisation) for bound in (one.low, one.high))
        text.append(f"  (95 %: {low} to {high})")
    text.append(f"  n {one.n:,}" if one.n is not None else "")
    for line in (one.why, *one.notes):
        text.append(f"\n  {line}" if line else "")
    return text


def _cells(one: Reading, organisation: Organisation, labels: Mapping[str, Mapping[Any, object]]) -> Table:
    table = Table(
        *(escape(DIMENSIONS[name].label) if name in DIMENSIONS else "Period" for name in one.cells[0].at),
        box=None,
    )
    table.add_column("Value", justify="right")
    table.add_column("n", justify="right")
    table.add_column("")
    unit = DEFINITIONS[one.key].unit
    for cell in one.cells:
        places = [
            Text(str(member) if isinstance(member, Period) else str(_at(name, member, labels)))
            for name, member in cell.at.items()
        ]
        value = number(cell.value, unit, organisation) if cell.value is not None else "n/a"
        table.add_row(*places, value, f"{cell.n or 0:,}", Text(cell.why or ""))
    return table


def rows(found: Rows, names: Names, *, as_json: bool) -> None:
    """CSV of the rows; values that a spreadsheet would run as a formula are defused."""
    labels = {
        name: names.of(name, {row[place] for row in found.rows})
        for place, name in enumerate(found.columns)
        if name in DIMENSIONS
    }
    shown = [
        [
            labels[name].get(value, value) if name in labels and value is not None else value
            for name, value in zip(found.columns, row, strict=True)
        ]
        for row in found.rows
    ]
    if as_json:
        print_json([dict(zip(found.columns, row, strict=True)) for row in shown])
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(found.columns)
    writer.writerows([defused(value) for value in row] for row in shown)


def number(value: float, unit: Unit, organisation: Organisation) -> str:
    """The value in the organisation's locale."""
    locale = organisation.locale.replace("-", "_")
    if unit is Unit.MONEY:
        return format_currency(value, organisation.base_currency, locale=locale)
    if unit is Unit.SHARE:
        return format_percent(value, format="#,##0.00 %", locale=locale)
    return format_decimal(value, format="#,##0.##", locale=locale) + _SUFFIX.get(unit, "")


def _number(value: Fraction | None) -> object:
    return None if value is None else exact(value)


def print_json(value: object) -> None:
    """JSON on standard output; dates in ISO format."""
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False, default=_plain)
    sys.stdout.write("\n")


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be written as JSON")
