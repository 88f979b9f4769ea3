"""A line without axes: the course of a number, as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

_WIDTH, _HEIGHT, _EDGE = 200, 34, 4


def sparkline(course: Sequence[tuple[float | None, bool]]) -> str:
    """The values in order. Gaps stay gaps; to and from an unfinished value the line is dotted."""
    known = [value for value, _ in course if value is not None]
    if len(known) < 2:
        return '<svg class="spark" viewBox="0 0 200 34" aria-hidden="true"></svg>'
    low, span = min(known), (max(known) - min(known)) or 1.0
    points = [
        None
        if value is None
        else (_x(index, len(course)), _HEIGHT - _EDGE - (value - low) / span * (_HEIGHT - 2 * _EDGE))
        for index, (value, _) in enumerate(course)
    ]
    whole: list[str] = []
    cut: list[str] = []
    for (start, end), (before, after) in zip(pairwise(points), pairwise(course), strict=True):
        if start and end:
            (cut if before[1] or after[1] else whole).append(
                f"M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"
            )
    last = next(index for index in reversed(range(len(points))) if points[index])
    x, y = points[last] or (0.0, 0.0)
    dot = "dot open" if course[last][1] else "dot"
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">'
        f'<path class="line" d="{"".join(whole)}"/><path class="line cut" d="{"".join(cut)}"/>'
        f'<circle class="{dot}" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/></svg>'
    )


def _x(index: int, count: int) -> float:
    return _EDGE + index / (count - 1) * (_WIDTH - 2 * _EDGE)
