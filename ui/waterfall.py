"""The way from one value to another, step by step: a waterfall on its side, so that names have room.

HTML: each step is a link, takes the theme's colours, and stands above its bar on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.escape import html


@dataclass(frozen=True)
class Step:
    """What one member adds. `meaning`: better, worse or neither; `href`: its rows, if they can be shown;
    `listed`: they are."""

    name: str
    amount: float
    text: str
    meaning: str
    href: str | None
    listed: bool = False


def waterfall(start: tuple[str, float, str], steps: Sequence[Step], end: tuple[str, float, str]) -> str:
    """From `start` to `end`, each a name, a value and the value in words."""
    places = [start[1]]
    for step in steps:
        places.append(places[-1] + step.amount)
    low, high = min(*places, end[1]), max(*places, end[1])
    edge = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
    low, span = low - edge, (high - low) + 2 * edge

    def place(value: float) -> float:
        return (value - low) / span * 100

    drawn = [_end(start[0], start[2], place(start[1]))]
    for step, before, after in zip(steps, places, places[1:], strict=False):
        left, right = sorted((place(before), place(after)))
        drawn.append(_step(step, left, right - left, place(after)))
    drawn.append(_end(end[0], end[2], place(end[1])))
    return f'<ol class="waterfall" aria-label="From {html(start[2])} to {html(end[2])}">{"".join(drawn)}</ol>'


def _end(name: str, text: str, at: float) -> str:
    return (
        f'<li class="end"><span class="name">{html(name)}</span>'
        f'<span class="track"><i class="dot" style="left:{at:.2f}%"></i></span>'
        f'<span class="number">{html(text)}</span></li>'
    )


def _step(step: Step, left: float, width: float, at: float) -> str:
    inside = (
        f'<span class="name">{html(step.name)}</span>'
        f'<span class="track"><i class="part {html(step.meaning)}" style="left:{left:.2f}%;'
        f'width:{width:.2f}%"></i><i class="edge" style="left:{at:.2f}%"></i></span>'
        f'<span class="number {html(step.meaning)}">{html(step.text)}</span>'
    )
    if step.href is None:
        return f'<li><span class="line">{inside}</span></li>'
    current = ' aria-current="true"' if step.listed else ""
    return f'<li><a class="line" href="{html(step.href)}" target="_self"{current}>{inside}</a></li>'
