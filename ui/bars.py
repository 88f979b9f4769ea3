"""Lists with bars as HTML: every line is a link to its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.escape import html


@dataclass(frozen=True)
class Line:
    """A line: its name is text; number, what stands beside it and the change are HTML already."""

    name: str
    number: str
    beside: str
    moved: str
    bar: float  # -1 … 1, of the widest
    href: str


@dataclass(frozen=True)
class Block:
    """A stage of a funnel: its name is text; number and what stands beside it are HTML already."""

    name: str
    number: str
    beside: str
    width: float  # 0 … 1, of the widest
    href: str


def blocks(shown: Sequence[Block], caption: str) -> str:
    """The stages from first to last."""
    drawn = "".join(
        f'<li><a href="{html(one.href)}" target="_self"><span class="name">{html(one.name)}</span>'
        f'<span class="number">{one.number}</span><span class="beside">{one.beside}</span>'
        f'<i class="block" style="width:{max(one.width, 0) * 100:.1f}%"></i></a></li>'
        for one in shown
    )
    return f'<ol class="funnel" aria-label="{html(caption)}">{drawn}</ol>'


def lines(shown: Sequence[Line], caption: str) -> str:
    """The lines as a list."""
    drawn = "".join(_line(one) for one in shown)
    return f'<ul class="lines" aria-label="{html(caption)}">{drawn}</ul>'


def bar(share: float) -> str:
    """A thin bar; what is below zero is hollow."""
    below = " below" if share < 0 else ""
    return f'<i class="bar{below}" style="width:{min(abs(share), 1) * 100:.1f}%"></i>'


def _line(one: Line) -> str:
    return (
        f'<li><a href="{html(one.href)}" target="_self"><span class="name">{html(one.name)}</span>'
        f'<span class="number">{one.number}</span><span class="beside">{one.beside}</span>'
        f'<span class="moved">{one.moved}</span>{bar(one.bar)}</a></li>'
    )
