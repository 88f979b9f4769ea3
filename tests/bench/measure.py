"""What is measured: a full load, the refresh of one row, and the Overview three ways."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import Engine, text

from crm_data.engine import connect, writing
from crm_data.warehouse import Copy, open_copy
from tests.bench.figures import differences, overview
from tests.bench.timing import Timing, in_turn, lasting, machine
from tests.bench.ways import ByHandOnCopy, ByHandOnCrm, Dashboard

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 21)
NOON = datetime.combine(TODAY, time(12), UTC)


@dataclass(frozen=True)
class Result:
    """`rows`: of each fact in the copy. `overview`: for each way. `differences`: in words; none is right."""

    events: int
    runs: int
    machine: dict[str, object]
    rows: dict[str, int]
    full_load: Timing
    one_row_refresh: Timing
    figures: int
    overview: dict[str, Timing]
    differences: list[str]


def measure(folder: Path, events: int, runs: int, *, on_crm: bool = True) -> Result:
    """Times a demo CRM of that size, which is made in `folder` once and kept. on_crm: the slow way too."""
    home = folder / f"{events}"
    crm = _prepared(home, events)
    engine = connect(f"sqlite:///{crm}")
    with ExitStack() as stack:
        copy = stack.enter_context(open_copy(engine, home / "copy.duckdb", refresh=False))
        full_load = Timing.of([lasting(lambda: copy.refresh(full=True, now=NOON))])
        one_row = _one_row(engine, copy, runs)
        asked = overview(copy, TODAY)
        dashboard = Dashboard(copy, asked)
        by_hand: list[ByHandOnCopy | ByHandOnCrm] = [ByHandOnCopy(copy, asked)]
        if on_crm:
            by_hand.append(stack.enter_context(closing(ByHandOnCrm(crm, copy, asked))))
        figures = dashboard.figures()
        wrong = [
            f"{way.name}: {difference}"
            for way in by_hand
            for difference in differences(figures, way.figures())
        ]
        timings = in_turn({way.name: way.run for way in (dashboard, *by_hand)}, runs)
        rows = copy.state.rows
    engine.dispose()
    return Result(events, runs, machine(), rows, full_load, one_row, len(figures), timings, wrong)


def _prepared(home: Path, events: int) -> Path:
    """The SQLite file of the demo CRM."""
    crm = home / "crm.db"
    if not crm.exists():
        home.mkdir(parents=True, exist_ok=True)
        environment = {name: value for name, value in os.environ.items() if name != "CRM_DATABASE_URL"}
        command = [sys.executable, "-m", "crm_data", "demo", "--events", f"{events}", "--today", f"{TODAY}"]
        subprocess.run(command, cwd=ROOT, env={**environment, "CRM_HOME": str(home.resolve())}, check=True)
    return crm


def _one_row(engine: Engine, copy: Copy, runs: int) -> Timing:
    """From a committed change of one lead to answers that know it."""
    with engine.connect() as connection:
        lead = connection.scalar(text("SELECT min(id) FROM leads WHERE status = 'new'"))
    change = text("UPDATE leads SET status = :status WHERE id = :lead")
    seconds = []
    for run in range(runs + runs % 2):  # an even number leaves the lead as it was
        with writing(engine) as connection:
            connection.execute(change, {"status": "new" if run % 2 else "working", "lead": lead})
        seconds.append(lasting(lambda: copy.refresh(now=NOON)))
    return Timing.of(seconds)
