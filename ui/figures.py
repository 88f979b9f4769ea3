"""The row of plain figures: label, value, change."""

from __future__ import annotations

from kpis import DEFINITIONS
from kpis.answers import Reading
from ui.escape import html
from ui.formats import Formats
from ui.links import title
from ui.verdict import Change, moved_mark
from ui.view import View


def figure(reading: Reading, moved: Change | None, view: View, formats: Formats) -> str:
    """HTML of one figure; all of it leads to its proof."""
    kpi = DEFINITIONS[reading.key]
    below = ""
    if reading.value is None:
        below = f'<div class="why">{html(reading.why or "No value.")}</div>'
    elif moved:
        below = f'<div class="foot">{moved_mark(moved)}</div>'
    value = html(formats.short(kpi.unit, reading.value))
    return (
        f'<div class="whole figure figure-{html(kpi.key)}">{title(kpi.label, view.prove(kpi.key))}'
        f'<div class="big">{value}</div>{below}</div>'
    )
