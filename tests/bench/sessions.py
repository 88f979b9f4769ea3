"""Many people at once: how long until all have their Overview, and what those who left leave behind."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter

from tests.bench.app import App, running
from tests.bench.measured import Measured
from tests.bench.setting import Setting, Wrong
from tests.bench.stream import opened, page, words
from tests.bench.timing import Timing
from tests.browser.server import PROCESSES

_TOGETHER = 50
_PATIENCE = 60.0  # seconds until a session counts as lost
_FEW, _MANY = 100, 500  # sessions that have come and gone
_GROWTH = 1.1
_SECONDS_TOGETHER = 6.0


def measure(setting: Setting, few: int = _FEW, many: int = _MANY) -> list[Measured]:
    """Raises Wrong when a session is lost or shows other figures than the questions' answers."""
    with running(setting) as app:
        asyncio.run(_together(app, 1))  # the server is warm
        seconds = [asyncio.run(_together(app, _TOGETHER)) for _ in range(setting.runs)]
        come = setting.runs * _TOGETHER + 1
        memory = []
        for wanted in (few, many):
            while come < wanted:
                asyncio.run(_together(app, min(_TOGETHER, wanted - come)))
                come += min(_TOGETHER, wanted - come)
            memory.append(_megabytes(app))
    after_few, after_many = memory
    return [
        Measured(
            f"{_TOGETHER} sessions opened at once",
            "until the last Overview is whole",
            Timing.of_seconds(seconds),
            1000 * _SECONDS_TOGETHER,
        ),
        Measured("The server's memory", f"after {few} sessions", Timing.of([after_few]), unit="MB"),
        Measured(
            "The server's memory",
            f"after {many} sessions",
            Timing.of([after_many]),
            after_few * _GROWTH,
            after_many / after_few,
            "MB",
        ),
    ]


async def _together(app: App, many: int) -> float:
    """Seconds until all of so many sessions have a whole page; then they leave."""
    async with AsyncExitStack() as stack:
        began = perf_counter()
        connections = await asyncio.gather(
            *(stack.enter_async_context(opened(app.address)) for _ in range(many))
        )
        asked = (asyncio.wait_for(page(one), _PATIENCE) for one in connections)
        pages = await asyncio.gather(*asked, return_exceptions=True)
        took = perf_counter() - began
    lost = [f"a session was lost: {one!r}" for one in pages if isinstance(one, BaseException)]
    wrong = [
        f"a session does not show {missing}"
        for one in pages
        if not isinstance(one, BaseException)
        for missing in app.missing(words(one))
    ]
    if lost or wrong:
        raise Wrong(*dict.fromkeys((*lost, *wrong)))
    return took


def _megabytes(app: App) -> float:
    """What the server's process holds in memory."""
    status = Path(f"/proc/{PROCESSES[app.address]}/status").read_text()
    (kilobytes,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kilobytes) / 1000
