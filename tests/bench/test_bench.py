"""The benchmark on a small CRM: independent ways must give the same figures."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from tests.bench.__main__ import main
from tests.bench.figures import differences


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


def test_the_dashboard_agrees_with_statements_written_by_hand(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["questions", "--events", "2000", "--runs", "1", "--folder", str(folder)]
    assert main([*arguments, "--json", str(folder / "b.json")]) == 0
    assert "DuckDB by hand" in capsys.readouterr().out
    written = json.loads((folder / "b.json").read_text())
    assert written["wrong"] == {}
    ways = [row["way"] for row in written["measured"]]
    assert ways[:3] == ["dashboard", "DuckDB by hand", "SQLite by hand"]


def test_a_difference_is_named() -> None:
    figure = ("now", "revenue_won", "region", "EMEA")
    assert differences({figure: None}, {}) == []
    (said,) = differences({figure: Fraction(2)}, {figure: Fraction(3)})
    assert said == "now revenue_won region EMEA: 2 on the dashboard, 3 by hand"
