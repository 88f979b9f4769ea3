"""The definitions as a reference to read and to search."""

from __future__ import annotations

from collections.abc import Sequence

from kpis.model import Definition
from kpis.reference import terms
from ui.escape import html
from ui.links import href
from ui.view import View


def entries(found: Sequence[Definition], view: View) -> str:
    """HTML of some definitions; each name leads to its number."""
    return f'<div class="definitions">{"".join(_entry(one, view) for one in found)}</div>'


def _entry(one: Definition, view: View) -> str:
    said = "".join(f"<dt>{html(name)}</dt><dd>{html(text)}</dd>" for name, text in terms(one).items())
    where = html(href("rows", view.overview(kpi=one.key)))
    return (
        f'<article class="proof"><h3><a href="{where}" target="_self">{html(one.label)}</a>'
        f"<code>{html(one.key)}</code></h3><p>{html(one.help)}</p>"
        f'<p class="formula">{html(one.formula)}</p><details><summary>How it is counted</summary>'
        f"<dl>{said}</dl></details></article>"
    )
