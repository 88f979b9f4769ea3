"""A plain table: reads well, prints well, and shows any text as text."""

from __future__ import annotations

from collections.abc import Sequence

from ui.escape import html


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: Sequence[bool], caption: str
) -> str:
    """HTML of a table; `numbers` says which columns hold numbers. Scrolls in itself where it is too wide."""
    kinds = [' class="number"' if number else "" for number in numbers]
    cells = "".join(
        f'<th scope="col"{kind}>{html(name)}</th>' for name, kind in zip(head, kinds, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{html(text)}</td>" for text, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{html(caption)}"><table>'
        f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>"
    )
