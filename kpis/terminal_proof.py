"""Proofs on a terminal: what explains a value, and what made it change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from crm_data.organisation import Organisation
from kpis.answers import Count, Explanation, Reading
from kpis.catalog import DEFINITIONS
from kpis.change import Change, Effect
from kpis.dimensions import DIMENSIONS
from kpis.explain import counted_words
from kpis.terminal import NONE, Names, as_plain, number, print_json, summary


def explanation(found: Explanation, organisation: Organisation, *, as_json: bool) -> None:
    if as_json:
        print_json(_explanation(found))
        return
    console = Console()
    for one in (found, *found.parts):
        console.print(_proof(one, organisation), soft_wrap=True)  # a line break would change the SQL


def _explanation(found: Explanation) -> dict[str, Any]:
    return {
        "reading": _alone(found.reading),
        "compared": _alone(found.compared) if found.compared else None,
        "sentence": found.sentence,
        "formula": found.formula,
        "definition": found.facts,
        "counted": found.counted,
        "left_out": [asdict(one) for one in found.left_out],
        "undated": [asdict(one) for one in found.undated],
        "source": found.source,
        "refreshed_at": found.refreshed_at,
        "changed_at": found.changed_at,
        "newest_day": found.newest_day,
        "sql": found.sql,
        "parts": [_explanation(part) for part in found.parts],
    }


def _proof(found: Explanation, organisation: Organisation) -> Text:
    text = summary(found.reading, organisation)
    if found.compared:
        text.append("\n").append_text(summary(found.compared, organisation))
    lines = [
        found.sentence,
        f"Formula: {found.formula}",
        *(f"{name}: {word}" for name, word in found.facts.items()),
    ]
    lines.append(f"{counted_words(DEFINITIONS[found.reading.key])}: {found.counted:,}")
    lines += [f"Left out: {_count(one)}" for one in found.left_out]
    lines += [f"In no window: {_count(one)}" for one in found.undated]
    lines.append(
        f"Copy refreshed {found.refreshed_at:%Y-%m-%d %H:%M:%S %Z}; newest event {found.newest_day or 'none'}"
    )
    for line in lines:
        text.append(f"\n  {line}")
    for statement in found.sql:
        text.append(f"\n\n{statement}", style="dim")
    return text.append("\n")


def change(found: Change, by: str | None, organisation: Organisation, names: Names, *, as_json: bool) -> None:
    """The effects, largest first, with what they add up to."""
    members = names.of(by, {one.member for one in found.effects}) if by else {}
    effects = [(_at_effect(one, members), one.kind, one.amount) for one in found.effects]
    if as_json:
        parts = [
            {"member": member, "kind": kind, "amount": float(amount)} for member, kind, amount in effects
        ]
        both = {"then": _alone(found.then), "now": _alone(found.now)}
        total = None if found.amount is None else float(found.amount)
        print_json({"change": total, "why": found.why, **both, "effects": parts})
        return
    unit = DEFINITIONS[found.now.key].unit
    console = Console()
    for reading in (found.then, found.now):
        console.print(summary(reading, organisation))
    if found.amount is None:
        console.print(Text(found.why or ""))
        return
    table = Table(escape(DIMENSIONS[by].label) if by else "What", "Effect", box=None)
    table.add_column("Adds", justify="right")
    for member, kind, amount in effects:
        table.add_row(Text(member), kind, number(float(amount), unit, organisation))
    table.add_row("", Text("together", style="bold"), number(float(found.amount), unit, organisation))
    console.print(table)


def _at_effect(one: Effect, members: Mapping[Any, object]) -> str:
    return NONE if one.member is None else str(members.get(one.member, one.member))


def _count(one: Count) -> str:
    return f"{one.n:,} {one.words}"


def _alone(reading: Reading) -> dict[str, Any]:
    return as_plain(replace(reading, cells=()), {})
