"""How a value stands: against its goal, and against the earlier window. In words, shape and colour."""

from __future__ import annotations

from dataclasses import dataclass

from kpis.answers import Cell, Reading
from kpis.chance import has_margin as has_margin
from kpis.chance import may_be_chance
from kpis.interval import FEWEST
from kpis.model import KPI, Better, Definition, Unit
from ui.escape import html
from ui.formats import Formats

LAST_YEAR = "last year"

#: A 12 × 12 drawing for each status, so that colour is never alone.
_SHAPES = {
    "good": '<circle cx="6" cy="6" r="5.5"/><path class="cut" d="M3.4 6.2l1.8 1.9 3.4-3.9"/>',
    "near": '<path d="M6 .2L11.8 6 6 11.8 .2 6z"/>',
    "bad": '<path d="M6 .6L11.9 11.4H.1z"/><path class="cut" d="M6 4.6v3.2M6 9.2v.6"/>',
    "unsure": '<circle class="open" cx="6" cy="6" r="4.6"/>',
    "none": '<path class="open" d="M2.5 6h7"/>',
}
_ARROWS = {"up": "M6 1.5L11 10H1z", "down": "M6 10.5L1 2h10z", "same": "M1.5 5h9v2h-9z"}


def status_words(reading: Reading) -> str:
    """On target, near target, …: what the status means for a person."""
    if reading.value is None:
        return "No value"
    if reading.status == "unsure":
        few = reading.low is None or (reading.n or 0) < FEWEST
        return "Too few to tell" if few else "Uncertain"
    return {"good": "On target", "near": "Near target", "bad": "Out of band"}.get(reading.status, "No target")


def status_icon(status: str) -> str:
    return _svg(_SHAPES.get(status, _SHAPES["none"]))


def _svg(shape: str) -> str:
    return f'<svg class="icon" viewBox="0 0 12 12" aria-hidden="true">{shape}</svg>'


@dataclass(frozen=True)
class Change:
    """The way from the earlier window's value. `meaning`: better, worse, unsure (within the margin of
    error) or neither."""

    amount: str
    direction: str
    meaning: str

    @property
    def words(self) -> str:
        """For a person who does not see arrow and colour."""
        if self.direction == "same":
            return "unchanged"
        judged = {"better": ", better", "worse": ", worse", "unsure": ", within the margin of error"}
        return f"{self.direction} {self.amount}{judged.get(self.meaning, '')}"

    @property
    def icon(self) -> str:
        return _svg(f'<path d="{_ARROWS[self.direction]}"/>')


def change(
    now: Reading | Cell, then: Reading | Cell | None, kpi: Definition, formats: Formats
) -> Change | None:
    """What changed since the earlier window; None where one of the two has no value.

    Shares differ by percentage points, scores by points, the rest by percent, or by the plain difference
    from 0.
    """
    if then is None or now.value is None or then.value is None:
        return None
    difference = now.value - then.value
    if kpi.unit is Unit.SHARE:
        amount, nothing = formats.points(abs(difference)), formats.points(0)
    elif then.value > 0 and kpi.unit is not Unit.SCORE:
        amount, nothing = formats.percent(abs(difference) / then.value), formats.percent(0)
    else:
        amount, nothing = formats.short(kpi.unit, abs(difference)), formats.short(kpi.unit, 0)
    if amount == nothing:
        return Change(amount, "same", "neither")
    direction = "up" if difference > 0 else "down"
    return Change(amount, direction, _meaning(now, then, kpi, direction))


def change_of(now: Cell | None, then: Cell | None, kpi: Definition, formats: Formats) -> Change | None:
    """What changed for a member of a breakdown; None where it is missing from one of the windows."""
    return change(now, then, kpi, formats) if now else None


def moved_mark(moved: Change | None) -> str:
    """The change as HTML: arrow and amount, read aloud in words."""
    if not moved:
        return ""
    return (
        f'<span class="change {moved.meaning}" role="img" aria-label="{html(moved.words)}">'
        f"{moved.icon}{html(moved.amount)}</span>"
    )


def is_total(kpi: Definition) -> bool:
    """Whether members are parts of a whole."""
    return isinstance(kpi, KPI) and kpi.per is None and not kpi.median


def _meaning(now: Reading | Cell, then: Reading | Cell, kpi: Definition, direction: str) -> str:
    if kpi.better is Better.NEITHER:
        return "neither"
    if may_be_chance(now, then, kpi):
        return "unsure"
    return "better" if direction == kpi.better.value else "worse"
