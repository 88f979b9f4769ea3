"""An import of a million rows by the command that a user would type, and its proof; beside it, plain pandas.

Each is a process of its own, whose seconds and memory are measured. What arrives must be what was written.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import pandas as pd
from sqlalchemy import Engine, create_engine, text

from tests.bench.export import Made, write
from tests.bench.measured import Measured
from tests.bench.setting import ROOT, Setting, Wrong
from tests.bench.timing import Timing

_ROWS = 1_000_000
_SECONDS, _MEMORY = 180.0, 1.0  # GiB; promised for a million rows
_CENT = {"sqlite": Fraction(100), "postgresql": Fraction(1, 100)}  # SQLite holds ten-thousandths


class _Ran(NamedTuple):
    seconds: float
    processor: float  # seconds, its own and its children's
    memory: float  # GiB


def measure(setting: Setting) -> list[Measured]:
    rows: list[Measured] = []
    with tempfile.TemporaryDirectory(dir=_made(setting.home)) as folder:
        files = Path(folder, "export")
        files.mkdir()
        made = write(files, min(setting.events, _ROWS))
        if "sqlite" not in setting.without:
            rows += _ways("SQLite", f"sqlite:///{folder}/own.db", f"sqlite:///{folder}/plain.db", files, made)
        if "postgresql" not in setting.without:
            with setting.two_on_postgresql() as (own, plain):
                rows += _ways("PostgreSQL", own, plain, files, made)
    return rows


def _ways(name: str, own: str, plain: str, files: Path, made: Made) -> list[Measured]:
    """Into two databases that are empty, of one kind."""
    number = f"{sum(made.rows.values()):,} rows"
    imported = _run(own, files.parent, "-m", "crm_data", "import", str(files))
    check(own, made)
    again = _run(own, files.parent, "-m", "crm_data", "import", str(files))
    check(own, made)
    proven = _run(own, files.parent, "-m", "crm_data", "reconcile")
    pandas = _run(plain, files.parent, "-m", "tests.bench.importing", str(files))
    rows = [
        ("imported", imported, _SECONDS),
        ("imported again: nothing changes", again, None),
        ("reconciled", proven, None),
        ("pandas read_csv and to_sql, no checks", pandas, None),
    ]
    found = []
    for what, ran, limit in rows:
        times = round(ran.seconds / imported.seconds, 3)
        found += [
            Measured(number, f"{what}, {name}", Timing.of([ran.seconds]), limit, times, unit="s"),
            Measured(number, "processor time", Timing.of([ran.processor]), unit="s"),
            Measured(number, "memory", Timing.of([ran.memory]), limit and _MEMORY, unit="GiB"),
        ]
    return found


def _run(address: str, home: Path, *command: str) -> _Ran:
    environment = {**os.environ, "CRM_DATABASE_URL": address, "CRM_HOME": str(home)}
    began = perf_counter()
    ran = subprocess.run(
        [sys.executable, "-c", _COUNTED, *command], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    seconds = perf_counter() - began
    if ran.returncode:
        raise Wrong(f"{' '.join(command)} ended with {ran.returncode}: {ran.stderr.strip()[-500:]}")
    processor, kilobytes = map(float, ran.stdout.split())
    return _Ran(seconds, processor, kilobytes / 2**20)


#: A small process runs the command: to Linux a process has had what the one that starts it has.
_COUNTED = """
import resource, subprocess, sys
code = subprocess.run([sys.executable, *sys.argv[1:]], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
sys.exit(code)
"""


def check(address: str, made: Made) -> None:
    """Every row is there once, and all amounts add up to what was written."""
    with _engine(address) as engine, engine.connect() as connection:
        for table, count in made.rows.items():
            there = connection.scalar(text(f"SELECT count(*) FROM {table}"))
            if there != count:
                raise Wrong(f"{table}: {count:,} rows were written, {there:,} arrived")
        total = connection.scalar(text("SELECT sum(amount) FROM opportunities"))
        if total != made.cents * _CENT[engine.dialect.name]:
            raise Wrong(f"opportunities: {made.cents} cents were written, {total} arrived")


@contextmanager
def _engine(address: str) -> Iterator[Engine]:
    engine = create_engine(address)
    try:
        yield engine
    finally:
        engine.dispose()


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def main(folder: str) -> None:
    with _engine(os.environ["CRM_DATABASE_URL"]) as engine:
        for path in sorted(Path(folder).glob("*.csv")):
            pd.read_csv(path).to_sql(path.stem.lower(), engine, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
