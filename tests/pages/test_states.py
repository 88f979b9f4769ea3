"""What stands there instead of numbers when there are none, and why."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from crm_data.demo.make import make_demo
from crm_data.engine import connect, prepare
from crm_data.warehouse import Copy, open_copy
from kpis.period import anchor
from tests.pages.conftest import PATIENCE, ROOT
from ui import cache
from ui.freshness import ago


def shown(until: Callable[[str], bool]) -> str:
    """The start page's words, once they are as wanted; the page looks again by itself in a browser."""
    test = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=30)
    deadline = time.monotonic() + PATIENCE
    while True:
        test.run()
        assert not test.exception
        boxes = (*test.title, *test.header, *test.markdown, *test.error, *test.warning, *test.code)
        words = "\n".join(box.value for box in boxes).replace("\\", "")  # as it reads on the screen
        if until(words) or time.monotonic() > deadline:
            return words
        time.sleep(0.2)


@pytest.fixture
def database(own_home: Path) -> Path:
    return own_home / "crm.db"


def test_an_empty_crm_says_how_to_begin(database: Path) -> None:
    prepare(connect(f"sqlite:///{database}"))
    words = shown(lambda words: "is empty" in words)
    assert "python -m crm_data demo" in words
    assert "python -m crm_data import" in words


def test_no_database_yet_says_how_to_begin_too(database: Path) -> None:
    words = shown(lambda words: "is not there" in words)
    assert "crm.db is not there" in words
    assert "python -m crm_data demo" in words


def test_a_file_that_is_no_database_is_named(database: Path) -> None:
    database.write_text("Dear diary, " * 1000)
    words = shown(lambda words: "cannot be read" in words)
    assert "crm.db" in words
    assert "not a database" in words or "not an SQLite database" in words
    assert "Traceback" not in words
    assert database.read_text().startswith("Dear diary"), "it was left alone"


def test_periods_count_back_from_the_end_of_data_that_ended_long_ago() -> None:
    today, long_ago = date(2026, 11, 22), date(2017, 12, 31)
    assert anchor(today, long_ago) == long_ago
    assert anchor(today, today - timedelta(days=45)) == today
    assert anchor(today, None) == today


@pytest.mark.parametrize(
    ("seconds", "words"), [(-3, "0 s ago"), (5, "5 s ago"), (65, "1 min ago"), (7300, "2 h ago")]
)
def test_ago(seconds: int, words: str) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert ago(now - timedelta(seconds=seconds), now) == words


def test_a_copy_that_is_ready_while_the_page_says_it_is_not_is_news_to_it(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the page would say so until something changes."""
    engine = connect(f"sqlite:///{database}")
    prepare(engine)
    make_demo(engine, events=2_000, today=date(2026, 11, 21))
    engine.dispose()
    page_has_looked = threading.Event()

    def opened_late(*arguments: Any, **options: Any) -> Copy:
        page_has_looked.wait(PATIENCE)
        return open_copy(*arguments, **options)

    def said_late(_done: Callable[[], float], _remade: str | None) -> None:
        page_has_looked.set()
        deadline = time.monotonic() + PATIENCE
        while cache.keeper().copy is None and time.monotonic() < deadline:
            time.sleep(0.05)

    monkeypatch.setattr("crm_data.warehouse.keeper.open_copy", opened_late)
    monkeypatch.setattr("ui.states.being_made", said_late)
    test = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=2 * PATIENCE).run()
    assert not test.exception
    assert page_has_looked.is_set()
    assert cache.keeper().copy
    *_, latest = cache.push()._shown.values()
    assert latest == (id(cache.keeper()), None, 0, None, False)
    assert cache.keeper().shown.version
