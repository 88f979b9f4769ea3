"""A table whose cells are shaded by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.escape import html


@dataclass(frozen=True)
class Square:
    """A cell: its number (None: n/a), how it is written, what is said of it, where it leads (or nowhere)."""

    value: float | None
    text: str
    said: str
    href: str | None = None


def heat(
    caption: str,
    rows: tuple[str, Sequence[str]],
    columns: Sequence[str],
    squares: Sequence[Sequence[Square | None]],
) -> str:
    """HTML of the table. `rows`: the heading of the first column, and the names in it. None: no cell."""
    head, names = rows
    values = [one.value for line in squares for one in line if one and one.value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    low = min(low, 0.0) if low > 0 and low < high / 2 else low
    heads = "".join(f'<th scope="col">{html(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{html(name)}</th>{"".join(_cell(one, low, high) for one in line)}</tr>'
        for name, line in zip(names, squares, strict=True)
    )
    return (
        f'<div class="table heat" role="region" tabindex="0" aria-label="{html(caption)}"><table>'
        f'<thead><tr><th scope="col">{html(head)}</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _cell(one: Square | None, low: float, high: float) -> str:
    if one is None:
        return "<td></td>"
    shade = 0.0 if one.value is None else (one.value - low) / ((high - low) or 1.0)
    dark = " class='full'" if shade > 0.55 else ""
    style = f' style="--share:{round(shade * 100)}%"' if one.value is not None else ""
    text = html(one.text)
    if one.href:
        text = f'<a href="{html(one.href)}" target="_self">{text}</a>'
    return f'<td{dark}{style} title="{html(one.said)}">{text}</td>'
