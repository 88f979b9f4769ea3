"""The benchmark on a small CRM: independent ways must give the same figures."""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from fractions import Fraction
from pathlib import Path

import pytest

from tests.bench import importing
from tests.bench.__main__ import main
from tests.bench.export import Made
from tests.bench.figures import Values, differences
from tests.bench.growth import _exponent
from tests.bench.setting import Wrong
from tests.bench.timing import in_turn
from tests.bench.ways import ByHandOnCopy, ByHandOnCrm


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where PostgreSQL's own user may go, too; pytest's folders are closed to it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


def run(folder: Path, *arguments: str) -> int:
    written = str(folder / "found.json")
    return main([*arguments, "--events", "2000", "--runs", "1", "--folder", str(folder), "--json", written])


@pytest.mark.postgres
def test_the_dashboard_agrees_with_statements_written_by_hand(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "questions") == 0
    assert "The Overview's 2" in capsys.readouterr().out
    found = json.loads((folder / "found.json").read_text())
    assert found["wrong"] == {}
    timed = [row["way"] for row in found["measured"] if row["unit"] == "ms"]
    assert timed == ["dashboard", "DuckDB by hand", "SQLite by hand", "PostgreSQL by hand"]
    assert all(row["timing"]["low"] > 0 and row["kept"] for row in found["measured"])


def test_a_figure_that_differs_fails_the_benchmark(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def one_more(way: ByHandOnCopy) -> Values:
        figures = honest(way)
        figures["now", "deals_won", "total", None] = Fraction(-1)
        return figures

    honest = ByHandOnCopy.figures
    monkeypatch.setattr(ByHandOnCopy, "figures", one_more)
    assert run(folder, "questions", "--without", "sqlite", "--without", "postgresql") == 1
    assert "now deals_won total None" in capsys.readouterr().out
    assert len(json.loads((folder / "found.json").read_text())["wrong"]["questions"]) == 1


def test_a_way_that_takes_too_long_is_stopped_and_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ByHandOnCrm, "longest", 1e-6)
    assert run(folder, "questions", "--without", "postgresql") == 0
    assert "stopped after" in capsys.readouterr().out
    found = {row["way"]: row["timing"] for row in json.loads((folder / "found.json").read_text())["measured"]}
    assert "SQLite by hand" not in found
    own, bound = (found[way]["low"] for way in ("dashboard", "dashboard ÷ SQLite by hand, less than"))
    assert bound == pytest.approx(own / 1000 / 1e-6, rel=1e-3)


def test_a_difference_is_named() -> None:
    figure = ("now", "revenue_won", "region", "EMEA")
    assert differences({figure: None}, {}) == []
    (said,) = differences({figure: Fraction(2)}, {figure: Fraction(3)})
    assert said == "now revenue_won region EMEA: 2 on the dashboard, 3 by hand"


def test_the_exponent_is_the_slope_on_logarithms() -> None:
    sizes = [1000, 10_000, 100_000]
    assert _exponent(sizes, [[0.1, 2], [1, 2], [10, 2]]).low == pytest.approx(0, abs=1e-9)
    assert _exponent(sizes, [[0.1], [1], [10]]).median == pytest.approx(1)


def test_ways_take_turns_and_the_first_round_does_not_count() -> None:
    done: list[str] = []
    found = in_turn({"a": lambda: done.append("a"), "b": lambda: done.append("b")}, runs=2)
    assert done == ["a", "b"] * 3
    assert {name: len(seconds) for name, seconds in found.items()} == {"a": 2, "b": 2}


def test_loading_and_search_leave_the_crm_as_it_was(folder: Path) -> None:
    def rows() -> list[tuple[object, ...]]:
        with sqlite3.connect(folder / "2000" / "crm.db") as crm:
            return [
                *crm.execute("SELECT id, status FROM leads ORDER BY id"),
                *crm.execute("SELECT id, priority FROM cases ORDER BY id"),
                *crm.execute("SELECT id, size FROM accounts ORDER BY id"),
            ]

    assert run(folder, "search", "--without", "postgresql") == 0
    before = rows()
    assert run(folder, "loading", "--without", "postgresql") == 0
    assert rows() == before
    found = json.loads((folder / "found.json").read_text())["measured"]
    assert {row["part"] for row in found} >= {"Full load", "Its memory", "Edited rows in every answer"}
    assert all(row["timing"]["median"] > 0 for row in found)


def test_an_import_is_timed_and_proven(folder: Path) -> None:
    assert run(folder, "importing", "--without", "postgresql") == 0
    found = json.loads((folder / "found.json").read_text())["measured"]
    assert {row["unit"] for row in found} == {"s", "GiB"}
    assert [row["way"].partition(",")[0] for row in found if row["times"]] == [
        "imported",
        "imported again: nothing changes",
        "reconciled",
        "pandas read_csv and to_sql",
    ]
    assert all(row["timing"]["median"] > 0 and row["kept"] for row in found)


@pytest.mark.parametrize(
    "loss", ["DELETE FROM cases WHERE id = 1", "UPDATE opportunities SET amount = amount + 1"]
)
def test_a_row_or_a_cent_that_does_not_arrive_fails_the_benchmark(tmp_path: Path, loss: str) -> None:
    made = Made({"opportunities": 2, "cases": 2}, cents=30)
    with closing(sqlite3.connect(tmp_path / "own.db")) as crm:
        crm.executescript(
            "CREATE TABLE cases (id); INSERT INTO cases VALUES (1), (2);"
            "CREATE TABLE opportunities (amount); INSERT INTO opportunities VALUES (1000), (2000);"
        )
        importing.check(f"sqlite:///{tmp_path}/own.db", made)
        crm.executescript(loss)
        with pytest.raises(Wrong, match="were written"):
            importing.check(f"sqlite:///{tmp_path}/own.db", made)
