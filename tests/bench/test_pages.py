"""The parts of the benchmark that need the running app, on a tiny CRM.

Each in a process of its own: a browser may be open in this one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.app import App
from tests.bench.setting import ROOT

_SESSIONS = """
import asyncio
from dataclasses import replace
from pathlib import Path
from tests.bench import sessions
from tests.bench.app import running
from tests.bench.setting import Setting, Wrong
setting = Setting(Path({folder!r}), 2000, 1)
print([row.part for row in sessions.measure(setting, few=1, many=52)])
with running(setting) as app:
    try:
        asyncio.run(sessions._together(replace(app, expected=("a figure that is not there",)), 1))
    except Wrong as problem:
        print(problem)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.mark.browser
def test_clicks_and_first_pages_are_timed(folder: Path) -> None:
    written = folder / "b.json"
    options = ["--events", "2000", "--runs", "1", "--folder", str(folder), "--json", str(written)]
    run("-m", "tests.bench", "pages", *options)
    rows = json.loads(written.read_text())["measured"]
    assert [row["part"] for row in rows[::2]] == ["Filter to last tile", "Filter to whole page", "First page"]
    for tile, whole in zip(rows[:2], rows[2:4], strict=True):
        assert 0 < tile["timing"]["median"] <= whole["timing"]["median"]


def test_many_sessions_are_compared_with_the_answers(folder: Path) -> None:
    said = run("-c", _SESSIONS.format(folder=str(folder)))
    assert "50 sessions opened at once" in said
    assert "a session does not show a figure that is not there" in said


def test_what_a_page_lacks_is_named() -> None:
    app = App("", ('aria-label="Churn rate: 9.1%, ', 'class="big">€5<'))
    assert app.missing('<svg aria-label="Churn rate&#58; 9.1%, near">') == ['class="big">€5<']


def run(*arguments: str) -> str:
    answer = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout
