"""How the time for the Overview's questions grows with the CRM, from a hundredth of its size on."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from functools import partial

import numpy as np

from crm_data.demo.make import SMALLEST
from tests.bench.figures import overview
from tests.bench.measured import Measured
from tests.bench.setting import TODAY, Setting
from tests.bench.timing import Timing, in_turn
from tests.bench.ways import Dashboard

_PART = "The Overview's questions"
_TENFOLD = 5.0  # ten times the e-mails cost at most so many times the time, up to ten millions


def measure(setting: Setting) -> list[Measured]:
    with ExitStack() as stack:
        ways = {}
        for events in _sizes(setting.events):
            copy = stack.enter_context(replace(setting, events=events).copy())
            ways[f"{events:,} e-mails"] = Dashboard(copy, overview(copy, TODAY)).run
        seconds = in_turn(ways, setting.runs)
    rows = [Measured(_PART, size, Timing.of_seconds(taken)) for size, taken in seconds.items()]
    tenth, whole = (f"{events:,} e-mails" for events in (setting.events // 10, setting.events))
    if tenth in seconds:
        ratio = Timing.of_ratios(seconds[whole], seconds[tenth])
        rows.append(Measured(_PART, f"{whole} ÷ {tenth}", ratio, limit=_TENFOLD, unit="×"))
    return [
        *rows,
        Measured(_PART, "exponent", _exponent(_sizes(setting.events), [*seconds.values()]), unit=""),
    ]


def _sizes(events: int) -> list[int]:
    """A hundredth, a tenth and all of it, and some between."""
    return [
        size
        for size in (events // 100, events * 3 // 100, events // 10, events * 3 // 10, events)
        if size >= SMALLEST
    ]


def _exponent(sizes: list[int], seconds: list[list[float]]) -> Timing:
    """The slope of a line through the logarithms, round by round: 1 is as the size, 0 not at all."""
    fit = partial(np.polyfit, np.log(sizes), deg=1)
    return Timing.of([float(fit(np.log(taken))[0]) for taken in zip(*seconds, strict=True)])
