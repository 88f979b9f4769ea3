"""What a person says of single columns, in terms of what is known of a kind of file."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from crm_data.importers.recognise.model import CUSTOM, LEFT_OUT
from crm_data.importers.recognise.vendors import GENERIC, Part, Source, systems

#: Before a name: the heading of a file that is written so, whatever else it may mean.
EXACTLY = "="


@dataclass(frozen=True)
class Corrected:
    """A part as a person corrects it.

    `gone`: the headings that do not mean any more what they were taken for. `agreed`: columns that a heading
    fills anyway, and is said to fill: it fills them alone, and its other columns stay as they are.
    """

    part: Part
    gone: frozenset[str]
    agreed: MappingOf[str, str]


def corrected(
    part: Part,
    recognised: MappingOf[str, Sequence[str]],
    headings: Sequence[str],
    overrides: MappingOf[str, str],
) -> Corrected:
    """recognised: the headings that fill each column as recognised; headings: all that the file has."""
    columns, agreed, gone = dict(part.columns), dict[str, str](), set[str]()
    for each, target in overrides.items():
        if target in (CUSTOM, LEFT_OUT) or each not in headings:
            gone.add(each)
            continue
        column = target.rpartition(".")[2]
        if each in recognised.get(column, ()):
            agreed[column] = each
        else:
            gone.add(each)
            columns[column] = _sources(part, column, each)
            agreed.pop(column, None)
    return Corrected(replace(part, columns=columns), frozenset(gone), agreed)


def _sources(part: Part, column: str, heading: str) -> tuple[Source, ...]:
    """The heading, read as files in general have the column, under the conditions of this kind of file."""
    general = [source for source in _in_general(part.fills, column) if source.headings]
    usual: dict[str, Any] = dict(general[0].options) if general else {}
    usual.pop("when", None)
    conditions = [
        source.options["when"]
        for source in (*part.columns.get(column, ()), *general)
        if "when" in source.options
    ]
    plain = Source(headings=(EXACTLY + heading,), options=usual)
    return (*(replace(plain, options={**usual, "when": when}) for when in conditions), plain)


def _in_general(fills: str, column: str) -> tuple[Source, ...]:
    for kind in systems()[GENERIC].objects.values():
        if kind.part and kind.part.fills == fills:
            return kind.part.columns.get(column, ())
    return ()
