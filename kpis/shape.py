"""Filters as parameters: statements that differ in the chosen members only are the same statement."""

from __future__ import annotations

from sqlalchemy import bindparam

from kpis.question import Where

#: For each filter the dimension, whether members are named, and whether "(none)" is among them.
Shape = tuple[tuple[str, bool, bool], ...]


def shape_of(where: Where) -> Shape:
    return tuple(
        (dimension, any(member is not None for member in members) or not members, None in members)
        for dimension, members in where
    )


def parameters(shape: Shape) -> Where:
    """Filters of this shape, whose members come with the statement's values."""
    return tuple(
        (dimension, (*([bindparam(f"members_{place}", expanding=True)] if named else []), *[None][:none]))
        for place, (dimension, named, none) in enumerate(shape)
    )


def values_of(where: Where) -> dict[str, object]:
    """The values of the parameters."""
    return {
        f"members_{place}": [member for member in members if member is not None]
        for place, (_, members) in enumerate(where)
    }
