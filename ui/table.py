"""A plain table: reads well, prints well, and shows any text as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ui.escape import html


@dataclass(frozen=True)
class Linked:
    """A text that leads to a page of ours."""

    text: str
    href: str


def table(
    head: Sequence[str], rows: Sequence[Sequence[str | Linked]], *, numbers: Sequence[bool], caption: str
) -> str:
    """HTML of a table; `numbers` says which columns hold numbers. Scrolls in itself where it is too wide."""
    kinds = [' class="number"' if number else "" for number in numbers]
    cells = "".join(
        f'<th scope="col"{kind}>{html(name)}</th>' for name, kind in zip(head, kinds, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{_content(cell)}</td>" for cell, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{html(caption)}"><table>'
        f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _content(cell: str | Linked) -> str:
    if isinstance(cell, Linked):
        return f'<a href="{html(cell.href)}" target="_self">{html(cell.text)}</a>'
    return html(cell)
