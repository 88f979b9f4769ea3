"""The Overview's questions, asked of no cache, beside the same figures by hand on three engines."""

from __future__ import annotations

from contextlib import ExitStack, closing

from tests.bench.figures import Values, differences, overview
from tests.bench.measured import Measured
from tests.bench.setting import TODAY, Setting, Wrong
from tests.bench.timing import Timing, in_turn
from tests.bench.ways import ByHandOnCopy, ByHandOnCrm, ByHandOnPostgreSQL, Dashboard, GaveUp

ByHand = ByHandOnCopy | ByHandOnCrm | ByHandOnPostgreSQL

#: The dashboard takes at most so many times as long as each way, from so many e-mails on.
_FROM = 10_000_000
_PROMISED = {ByHandOnCopy.name: 1.5, ByHandOnCrm.name: 1 / 15, ByHandOnPostgreSQL.name: 1 / 5}


def measure(setting: Setting) -> list[Measured]:
    """Raises Wrong where the ways give other figures than the dashboard."""
    with ExitStack() as stack:
        copy = stack.enter_context(setting.copy())
        asked = overview(copy, TODAY)
        dashboard = Dashboard(copy, asked)
        by_hand: list[ByHand] = [ByHandOnCopy(copy, asked)]
        if "sqlite" not in setting.without:
            by_hand.append(stack.enter_context(closing(ByHandOnCrm(setting.sqlite_file, copy, asked))))
        if "postgresql" not in setting.without:
            crm = stack.enter_context(setting.on_postgresql())
            by_hand.append(stack.enter_context(closing(ByHandOnPostgreSQL(crm, copy, asked))))
        figures = dashboard.figures()
        given_up = _compare(figures, by_hand)
        kept = [way for way in by_hand if way.name not in given_up]
        seconds = in_turn({way.name: way.run for way in (dashboard, *kept)}, setting.runs)
    part = f"The Overview's {len(figures)} figures"
    own = seconds[dashboard.name]
    timings = {name: Timing.of_seconds(taken) for name, taken in seconds.items()}
    rows = [
        Measured(part, name, timing, times=timing.median / timings[dashboard.name].median)
        for name, timing in timings.items()
    ]
    for way in by_hand:
        limit = _PROMISED[way.name] if setting.events >= _FROM else None
        name = f"{dashboard.name} ÷ {way.name}"
        if way.name in given_up:
            longest = given_up[way.name]
            rows.append(Measured(part, f"{way.name}, stopped after", Timing.of_seconds([longest])))
            name, ratio = f"{name}, less than", Timing.of([one / longest for one in own])
        else:
            ratio = Timing.of_ratios(own, seconds[way.name])
        rows.append(Measured(part, name, ratio, limit=limit, unit="×"))
    return rows


def _compare(figures: Values, by_hand: list[ByHand]) -> dict[str, float]:
    """The ways that were given up, and after how many seconds. Raises Wrong where others differ."""
    wrong: list[str] = []
    given_up: dict[str, float] = {}
    for way in by_hand:
        try:
            wrong += [f"{way.name}: {one}" for one in differences(figures, way.figures())]
        except GaveUp as late:
            given_up[way.name] = late.seconds
    if wrong:
        raise Wrong(*wrong)
    return given_up
