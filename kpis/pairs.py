"""Which bucket of the window compared with stands beside which: that of the same unit, whatever its place."""

from __future__ import annotations

from kpis.answers import Cell, Reading
from kpis.period import Calendar, Grain, Period

#: Days in a unit, on average.
_LENGTH: dict[Grain, float] = {"day": 1, "week": 7, "month": 30.4375, "quarter": 91.3125, "year": 365.25}


def beside(now: Reading, then: Reading | None, grain: Grain, calendar: Calendar) -> list[Cell | None]:
    """For each cell of a course the one that is as many units away as the windows are. None where there is
    none.

    Windows that a calendar year separates do not begin on the same weekday, nor 4-4-5 years always on the
    same week, so that one of the two may begin with the rest of a unit and have a bucket more.
    """
    if then is None:
        return [None] * len(now.cells)
    apart = round((now.period.start - then.period.start).days / _LENGTH[grain])
    earlier = {_number(grain, cell, calendar) + apart: cell for cell in then.cells}
    return [earlier.get(_number(grain, cell, calendar)) for cell in now.cells]


def _number(grain: Grain, cell: Cell, calendar: Calendar) -> int:
    """The number of the cell's unit: consecutive units have consecutive numbers."""
    bucket = cell.at["period"]
    assert isinstance(bucket, Period)
    if grain in ("day", "week"):
        return calendar.start_of(grain, bucket.start).toordinal() // (7 if grain == "week" else 1)
    month = calendar.month_called(
        bucket.start if grain == "month" else calendar.start_of(grain, bucket.start)
    )
    return (month.year * 12 + month.month - 1) // {"month": 1, "quarter": 3, "year": 12}[grain]
