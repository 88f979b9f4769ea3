"""A number over time beside the window it is compared with. Each bucket is a link to its rows.

HTML and inline SVG, like the gauges: it follows theme and font, needs no chart library, and a click is a
link. The drawing stretches to its box; texts, dots and line widths do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kpis.answers import Cell, Reading
from kpis.model import Definition
from kpis.pairs import beside
from kpis.period import Calendar, Grain, Period
from ui.charts import ticks
from ui.escape import html
from ui.formats import NOT_AVAILABLE, Formats
from ui.links import href, title
from ui.verdict import Change
from ui.view import View


@dataclass(frozen=True)
class Trend:
    """A KPI's series, and that of the window it is compared with, bucket by bucket."""

    kpi: Definition
    now: Reading
    then: Reading | None
    grain: Grain
    compared_with: str


@dataclass(frozen=True)
class Bucket:
    """A place on the time axis. `cut`: the bucket is only a part of its week, month …"""

    period: Period
    value: float | None
    earlier: float | None
    cut: bool
    said: str  # the value in words, and that of the window compared with on a second line


def card(shown: Trend, moved: Change | None, view: View, formats: Formats, calendar: Calendar) -> str:
    """HTML of the chart with its title and its total."""
    top = title(shown.kpi.label, view.prove(shown.kpi.key)) + heading(shown, moved, formats)
    return f'<div class="card card-{html(shown.kpi.key)}">{top}{trend(shown, view, formats, calendar)}</div>'


def trend(shown: Trend, view: View, formats: Formats, calendar: Calendar) -> str:
    """The chart's HTML, or why there is nothing to draw."""
    if not _known(shown.now):
        return f'<div class="why">{html(shown.now.why or "No values.")}</div>'
    found = buckets(shown, formats, calendar)
    marks = axis(found, shown.kpi)
    labels = [formats.tick(shown.kpi.unit, mark) for mark in marks]
    levels = "".join(
        f'<i class="level" style="bottom:{_height(mark, marks):.1f}%"><b>{html(label)}</b></i>'
        for mark, label in zip(marks, labels, strict=True)
    )
    columns = "".join(
        f'<a class="bucket" tabindex="-1" target="_self" aria-label="{html(one.said)}" '
        f'href="{html(href("rows", view.prove(shown.kpi.key, bucket=one.period)))}" '
        f'style="left:{100 * place / len(found):.2f}%"></a>'
        for place, one in enumerate(found)
    )
    style = f"--gutter:{max(map(len, labels))}ch;--bucket:{100 / len(found):.2f}%"
    return (
        f'<div class="plot" role="group" aria-label="{html(_spoken(shown, formats))}" style="{style}">'
        f'{levels}<svg viewBox="0 0 {len(found)} 100" preserveAspectRatio="none" aria-hidden="true">'
        f"{_drawing(found, marks)}</svg>{columns}{_times(found, shown.grain, formats, calendar)}</div>"
    )


def heading(shown: Trend, moved: Change | None, formats: Formats) -> str:
    """The total above the line, its change, and what the dashed line is."""
    unit = shown.kpi.unit
    parts = [f'<span class="big">{html(formats.short(unit, shown.now.value))}</span>']
    if moved:
        parts.append(f'<span class="change {moved.meaning}">{moved.icon}{html(moved.amount)}</span>')
    if shown.then and _known(shown.then):
        parts.append(f'<span class="dashed">{html(shown.compared_with)}</span>')
    return f'<div class="course">{"".join(parts)}</div>'


def _known(reading: Reading) -> bool:
    return any(cell.value is not None for cell in reading.cells)


def footnote(now: Reading, calendar: Calendar, grain: Grain) -> str:
    """What the hollow points are, if there are any."""
    if not any(is_cut(cell, calendar, grain) for cell in now.cells):
        return ""
    young = ", or in which some are too young to judge" if now.notes else ""
    return f'<div class="note">○ A {grain} that is not over, or that the period cuts{young}.</div>'


def is_cut(cell: Cell, calendar: Calendar, grain: Grain) -> bool:
    """The bucket is only a part of its week, month …: it goes on, or the window cuts it."""
    bucket = _period(cell)
    whole = (
        calendar.start_of(grain, bucket.start) == bucket.start
        and calendar.next_start(grain, bucket.start) == bucket.end
    )
    return cell.unfinished or not whole


def buckets(shown: Trend, formats: Formats, calendar: Calendar) -> list[Bucket]:
    """The series, with the value of the same unit in the other window."""
    found = []
    earlier = beside(shown.now, shown.then, shown.grain, calendar)
    for cell, then in zip(shown.now.cells, earlier, strict=True):
        cut = is_cut(cell, calendar, shown.grain)
        said = _said(cell, shown, formats, cut=cut)
        if then:
            said += f"\n{shown.compared_with.capitalize()}: {_said(then, shown, formats, cut=False)}"
        found.append(Bucket(_period(cell), cell.value, then.value if then else None, cut, said))
    return found


def axis(found: Sequence[Bucket], kpi: Definition) -> list[float]:
    """The levels that are marked; the first and the last hold all values."""
    return ticks([n for one in found for n in (one.value, one.earlier) if n is not None], kpi)


def _said(cell: Cell, shown: Trend, formats: Formats, *, cut: bool) -> str:
    part = " (unfinished)" if cell.unfinished else " (part of it)" if cut else ""
    value = formats.value(shown.kpi.unit, cell.value) if cell.value is not None else cell.why or NOT_AVAILABLE
    return f"{formats.period(_period(cell))}{part}: {value}"


def _period(cell: Cell) -> Period:
    bucket = cell.at["period"]
    assert isinstance(bucket, Period)
    return bucket


def _spoken(shown: Trend, formats: Formats) -> str:
    value = formats.value(shown.kpi.unit, shown.now.value)
    against = f", dashed: {shown.compared_with}" if shown.then else ""
    return f"{shown.kpi.label} by {shown.grain}, {formats.period(shown.now.period)}: {value}{against}"


def _height(value: float, marks: Sequence[float]) -> float:
    """Percent of the plot's height."""
    return (value - marks[0]) / (marks[-1] - marks[0]) * 100


def _drawing(found: Sequence[Bucket], marks: Sequence[float]) -> str:
    """The other window dashed, below; cut buckets dotted to and from; a dot at each value."""

    def points(values: Sequence[float | None]) -> list[str | None]:
        return [
            None if value is None else f"{place + 0.5:g} {100 - _height(value, marks):.1f}"
            for place, value in enumerate(values)
        ]

    now = points([one.value for one in found])
    dotted = [found[place].cut or found[place + 1].cut for place in range(len(found) - 1)]
    return (
        f'<path class="earlier" d="{_line(points([one.earlier for one in found]))}"/>'
        f'<path class="dotted" d="{_line(now, dotted)}"/>'
        f'<path class="whole" d="{_line(now, [not one for one in dotted])}"/>'
        f'<path class="dot" d="{_dots(now)}"/>'
        f'<path class="hole" d="{_dots([at for at, one in zip(now, found, strict=True) if one.cut])}"/>'
    )


def _line(points: Sequence[str | None], steps: Sequence[bool] | None = None) -> str:
    """From each point to the next where both are known; `steps`: only these."""
    drawn = []
    at: int | None = None  # where the pen is
    for place, (start, end) in enumerate(pairwise(points)):
        if start and end and (steps is None or steps[place]):
            drawn.append(f"L{end}" if at == place else f"M{start}L{end}")
            at = place + 1
    return "".join(drawn)


def _dots(points: Sequence[str | None]) -> str:
    """Lines of no length: round caps make dots of them that do not stretch."""
    return "".join(f"M{point}h0" for point in points if point)


def _times(found: Sequence[Bucket], grain: Grain, formats: Formats, calendar: Calendar) -> str:
    """Some five labels along the time axis."""
    step = max(1, round(len(found) / 4))
    return "".join(
        f'<span class="time" style="left:{100 * (place + 0.5) / len(found):.1f}%">'
        f"{html(formats.bucket(found[place].period, grain, calendar))}</span>"
        for place in range(0, len(found), step)
    )
