"""How long the copy takes to be made and to follow: full loads, their memory, edits, looks at nothing new."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from sqlalchemy import Engine, select, text

from crm_data.engine import connect, writing
from crm_data.warehouse import Copy, facts, open_copy
from tests.bench.measured import Measured
from tests.bench.setting import NOON, ROOT, Setting, Wrong
from tests.bench.timing import Timing, lasting

_LOADS = 3
_LIMITS = {"SQLite": 60.0, "PostgreSQL": 40.0}  # seconds for ten million e-mails
_MEMORY = 1.5  # GiB
_MANY = 10_000

#: table -> a column, and two values that change places. None of them has a history that would grow.
_EDITS = {
    "leads": ("status", "working", "unqualified"),
    "cases": ("priority", "low", "urgent"),
    "accounts": ("size", "10-49", "50-249"),
}


def measure(setting: Setting) -> list[Measured]:
    rows: list[Measured] = []
    if "sqlite" not in setting.without:
        with setting.on_sqlite() as engine:
            rows += _loads("SQLite", engine)
        with setting.copy() as copy:
            rows += _following(copy, copy.source.engine, setting.runs)
    if "postgresql" not in setting.without:
        with setting.on_postgresql() as engine:
            rows += _loads("PostgreSQL", engine)
    return rows


def _loads(name: str, engine: Engine) -> list[Measured]:
    address = engine.url.render_as_string(hide_password=False)
    found = [_load(address) for _ in range(_LOADS)]
    seconds, gigabytes = (Timing.of([run[what] for run in found]) for what in ("seconds", "GiB"))
    return [
        Measured("Full load", f"from {name}", seconds, limit=_LIMITS[name], unit="s"),
        Measured("Its memory", f"from {name}", gigabytes, limit=_MEMORY, unit="GiB"),
    ]


def _load(address: str) -> dict[str, float]:
    """By a process of its own, whose memory is only that of a load."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.bench.loading", address, f"{folder}/copy.duckdb"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Wrong(f"The copy of {connect(address).url} was not made: {done.stderr.strip()}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _following(copy: Copy, engine: Engine, runs: int) -> list[Measured]:
    looks = [lasting(copy.behind) for _ in range(100)]
    rows = [Measured("Look at nothing new", "", Timing.of_seconds(looks), limit=5)]
    for table, (column, one, other) in _EDITS.items():
        for count, limit in ((1, 1000), (_MANY, 3000)):
            seconds = []
            for _ in range(2 * runs):  # an even number leaves the rows as they were
                _swap(engine, table, column, count, {"one": one, "other": other})
                seconds.append(lasting(lambda: copy.refresh(now=NOON, heal=False, publish=False)))
                copy.publish()  # as the app does once its pages have the edits
            rows.append(
                Measured("Edited rows in every answer", f"{count:,} {table}", _middle(seconds), limit)
            )
    return rows


def _swap(engine: Engine, table: str, column: str, count: int, values: dict[str, str]) -> None:
    either = f"SELECT id FROM {table} WHERE {column} IN (:one, :other) ORDER BY id LIMIT {count}"
    swapped = f"CASE {column} WHEN :one THEN :other ELSE :one END"
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE {table} SET {column} = {swapped} WHERE id IN ({either})"), values)


def _middle(seconds: list[float]) -> Timing:
    """Without the first two, which find nothing warm."""
    return Timing.of_seconds(seconds[2:] or seconds)


def main(address: str, path: str) -> None:
    readers: dict[str, int] = {}
    with open_copy(connect(address), Path(path), refresh=False) as copy:
        seconds = lasting(
            lambda: copy.refresh(full=True, publish=False, now=NOON, progress=lambda _: _look_at(readers))
        )
        assert copy.run(select(facts.emails.c.id).limit(1)).num_rows
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + sum(readers.values())
    print(json.dumps({"seconds": seconds, "GiB": kilobytes / 2**20}))


def _look_at(readers: dict[str, int]) -> None:
    """Note the most memory that each reader has had, in kilobytes.

    Their `ru_maxrss` would not do: a process begins with what the one that started it had.
    """
    for process in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split():
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                readers[process] = int(line.split()[1])


if __name__ == "__main__":
    main(*sys.argv[1:])
