"""The benchmark on a small CRM: three independent ways must give the same figures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.bench.__main__ import main
from tests.bench.figures import differences
from tests.bench.measure import measure


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


def test_the_dashboard_agrees_with_statements_written_by_hand(folder: Path) -> None:
    result = measure(folder, events=2000, runs=1)
    assert result.differences == []
    assert result.figures > 150
    assert set(result.overview) == {"dashboard", "DuckDB by hand", "SQLite by hand"}


def test_it_prints_and_writes_its_timings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--events", "2000", "--runs", "1", "--folder", str(folder), "--json", str(folder / "b.json")]
    assert main(arguments) == 0
    assert "All ways give the same figures" in capsys.readouterr().out
    assert '"one_row_refresh"' in (folder / "b.json").read_text()


def test_a_difference_is_named() -> None:
    figure = ("now", "revenue_won", "region", "EMEA")
    assert differences({figure: None}, {}) == []
    (said,) = differences({figure: Fraction(2)}, {figure: Fraction(3)})
    assert said == "now revenue_won region EMEA: 2 on the dashboard, 3 by hand"
