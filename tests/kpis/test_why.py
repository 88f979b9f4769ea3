"""`python -m kpis why` on a demo CRM: what is printed adds up to the change."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from crm_data.demo.make import make_demo
from crm_data.engine import connect, prepare
from kpis.__main__ import main


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("why")
    engine = connect(f"sqlite:///{folder / 'crm.db'}")
    prepare(engine)
    make_demo(engine, events=2_000, today=date(2026, 11, 21))
    engine.dispose()
    return folder


@pytest.fixture
def why(demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setenv("CRM_HOME", str(demo))
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)

    def run(*arguments: str) -> dict[str, Any]:
        assert main(["why", *arguments, "--today", "2026-11-21", "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return run


@pytest.mark.parametrize(
    "arguments",
    [
        ("revenue_won", "--by", "owner"),
        ("win_rate", "--by", "team"),
        ("churn_rate", "--by", "region"),
        ("cac", "--by", "channel"),
        ("cltv",),
        ("active_customers",),
    ],
)
def test_the_effects_printed_add_up_to_the_change(why, arguments: tuple[str, ...]) -> None:
    found = why(*arguments)
    assert found["effects"]
    assert sum(one["amount"] for one in found["effects"]) == pytest.approx(found["change"])
    assert found["now"]["value"] - found["then"]["value"] == pytest.approx(found["change"])


def test_what_has_no_parts_says_so(why) -> None:
    found = why("sales_cycle_median", "--by", "team")
    assert found["change"] is None
    assert "median" in found["why"]
    assert why("revenue_won")["why"] == "Choose a dimension to split the change by."
