"""A copy with made-up facts: every awkward row that the model has to survive, in a few hundred rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sqlalchemy import Date, Engine, Float, SmallInteger, String, text
from sqlalchemy.schema import CreateTable

from crm_data.custom import OWNERS
from crm_data.demo.make import make_demo
from crm_data.engine import connect
from crm_data.organisation import Organisation
from crm_data.warehouse import Copy, open_copy
from crm_data.warehouse.facts import CATEGORIES, facts
from crm_data.warehouse.marked import Marked
from crm_data.warehouse.query import Reader, snapshot
from kpis.__main__ import main
from kpis.period import Period, add_months
from tests.kpis.awkward import spoil
from tests.kpis.recompute_crm import Crm

TODAY = date(2026, 11, 21)
FIRST = date(2025, 1, 1)
#: The twelve months up to today, and the same for the command line.
YEAR = Period(date(2025, 11, 22), TODAY + timedelta(days=1))
WINDOW = ("--from", str(YEAR.start), "--to", str(YEAR.end), "--today", str(TODAY))

Shell = Callable[..., str]

#: Few members, so that filters and breakdowns meet; among them what must never be run or dropped.
MEMBERS = (None, "EMEA", "O'Brien; DROP TABLE deals", "<img src=x>", "مبيعات", "=1+1", "🙂", "")
WORDS = {
    "status": ("open", "won", "lost"),
    "kind": ("CSAT", "NPS", "CES"),
    "spend_kind": ("media", "staff", "tools"),
    "start_reason": ("new", "back", "moved"),
    "end_reason": ("lost", "moved", "repriced"),
}


#: A marked custom column of each kind of record.
MARKED = tuple(
    Marked(f"{word}.tariff", f"Tariff of the {word}", table, "Tariff", len(MEMBERS), 30)
    for table, word in OWNERS.items()
)


@dataclass(frozen=True)
class State:
    version: int = 1
    refreshed_at: datetime = datetime(2026, 11, 21, 12, tzinfo=UTC)
    changed_at: datetime | None = None
    newest_day: date | None = TODAY
    marked: tuple[Marked, ...] = MARKED


@dataclass
class FakeCopy:
    """What `kpis` needs of a copy, over an in-memory engine."""

    connection: duckdb.DuckDBPyConnection
    organisation: Organisation = field(default_factory=Organisation)
    state: State = field(default_factory=State)

    def snapshot(self) -> AbstractContextManager[Reader]:
        return snapshot(self.connection)

    def frame(self, table: str) -> pd.DataFrame:
        return self.connection.sql(f"FROM {table}").df()


def empty_copy() -> FakeCopy:
    connection = duckdb.connect()
    for table in facts.sorted_tables:
        connection.execute(str(CreateTable(table)))
    return FakeCopy(connection)


def random_copy(seed: int, rows: int = 300) -> FakeCopy:
    """Facts at random, within what facts.py promises: spans may be empty or bad, days and values unknown."""
    copy, rng = empty_copy(), np.random.default_rng(seed)
    for table in facts.sorted_tables:
        if table.name in ("targets", "stages", "marked"):
            continue
        frame = pd.DataFrame({column.name: _column(column, rng, rows) for column in table.columns})
        frame["id"] = np.arange(rows)
        if "lost_day" in frame:
            frame["lost_day"] = frame["end_day"].where(frame["end_reason"] == "lost", frame["lost_day"])
        if table.name == "web_traffic":  # known, and never negative
            frame["sessions"], frame["conversions"] = rng.integers(0, 500, rows), rng.integers(0, 60, rows)
        if "bad" in frame:
            reversed_spans = pd.to_datetime(frame["end_day"]) < pd.to_datetime(frame["start_day"])
            frame["bad"] = reversed_spans.map({True: "ends before it starts", False: None})
        copy.connection.register(
            "made", pa.Table.from_pandas(frame, schema=_schema(table), preserve_index=False)
        )
        copy.connection.execute(f"INSERT INTO {table.name} SELECT * FROM made")
    _aim(copy)
    for mark in MARKED:
        words = [(key, mark.key, rng.choice(np.array(MEMBERS, dtype=object))) for key in range(rows)]
        copy.connection.executemany("INSERT INTO marked VALUES (?, ?, ?)", [one for one in words if one[2]])
    return copy


def _aim(copy: FakeCopy) -> None:
    """Targets of revenue won by the quarter: of the whole, of each region, and of one owner."""
    scopes = [(None, None), *(("region", member) for member in MEMBERS if member), ("owner", "3")]
    for quarter in range(8):
        start = add_months(FIRST, 3 * quarter)
        for number, scope in enumerate(scopes):
            aim = ("revenue_won", *scope, start, add_months(start, 3), 10_000.25 * (number + 1), None)
            copy.connection.execute("INSERT INTO targets VALUES (?, ?, ?, ?, ?, ?, ?)", aim)


def _column(column, rng: np.random.Generator, rows: int) -> list[object]:
    name = column.name
    if name in WORDS:
        return list(rng.choice(np.array(WORDS[name], dtype=object), rows))
    if isinstance(column.type, Date):
        days = rng.integers(0, (TODAY - FIRST).days + 1, rows)
        known = rng.random(rows) < (0.6 if name in ("end_day", "lost_day", "customer_day") else 0.95)
        return [
            FIRST + timedelta(days=int(day)) if is_known else None
            for day, is_known in zip(days, known, strict=True)
        ]
    if isinstance(column.type, String):
        return list(rng.choice(np.array(MEMBERS, dtype=object), rows))
    if name in ("views", "helpful", "votes"):  # a row stands for so many
        return [int(number) for number in rng.integers(0, 5, rows)]
    if name in ("owner", "account", "contact", "article"):
        return [int(key) if key else None for key in rng.integers(0, 12, rows)]
    if isinstance(column.type, Float):
        return list(rng.integers(0, 11, rows).astype(float))
    if isinstance(column.type, SmallInteger):
        return [int(flag) if flag < 2 else None for flag in rng.integers(0, 3, rows)]
    numbers = rng.integers(-50, 10_000_00, rows)
    return [
        int(number) if known else None for number, known in zip(numbers, rng.random(rows) < 0.85, strict=True)
    ]


def _schema(table) -> pa.Schema:
    kinds = {Date: pa.date32(), Float: pa.float64(), String: pa.string()}
    return pa.schema(
        [
            (column.name, next((kinds[kind] for kind in kinds if isinstance(column.type, kind)), pa.int64()))
            for column in table.columns
        ]
    )


@pytest.fixture(scope="session")
def made_up() -> Iterator[FakeCopy]:
    copy = random_copy(seed=7)
    yield copy
    copy.connection.close()


assert set(WORDS) - {"status", "kind"} <= set(CATEGORIES)


@pytest.fixture(scope="session")
def demo_crm(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A demo CRM that ends TODAY."""
    file = tmp_path_factory.mktemp("demo") / "crm.db"
    shutil.copy(sqlite_template, file)
    engine = connect(f"sqlite:///{file}")
    make_demo(engine, events=10_000, today=TODAY, seed=1)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def demo_copy(demo_crm: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """The copy of the demo CRM, as of TODAY."""
    with copy_of(demo_crm, tmp_path_factory.mktemp("copy")) as copy:
        yield copy


@pytest.fixture(scope="session")
def spoiled_crm(demo_crm: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The demo CRM with rows planted in it that a demo is too tidy to have."""
    file = tmp_path_factory.mktemp("spoiled") / "crm.db"
    with demo_crm.connect() as connection:
        connection.execute(text("VACUUM INTO :file"), {"file": str(file)})
    engine = connect(f"sqlite:///{file}")
    spoil(engine, TODAY)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def spoiled(spoiled_crm: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    with copy_of(spoiled_crm, tmp_path_factory.mktemp("copy")) as copy:
        yield copy


@pytest.fixture(scope="session")
def plain(spoiled_crm: Engine) -> Crm:
    """The rows of the spoiled CRM, for recomputing its KPIs."""
    return Crm(spoiled_crm, TODAY)


@contextmanager
def copy_of(engine: Engine, folder: Path) -> Iterator[Copy]:
    with open_copy(engine, folder / "copy.duckdb", refresh=False) as copy:
        copy.refresh(now=datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC))
        yield copy


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def command_line(demo_crm: Engine, demo_copy: Copy, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes find the demo; commands in this one use the copy that is open already."""
    monkeypatch.setenv("CRM_DATABASE_URL", demo_crm.url.render_as_string())
    monkeypatch.setenv("CRM_HOME", str(home))
    monkeypatch.setattr("kpis.__main__.open_copy", lambda _engine: nullcontext(demo_copy))


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    """What a command prints; it must succeed and say nothing on stderr."""

    def run(*arguments: str) -> str:
        code = main(arguments)
        out, err = capsys.readouterr()
        assert (code, err) == (0, "")
        return out

    return run
