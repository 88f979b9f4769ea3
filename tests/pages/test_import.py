"""The Import page in each of its states, without a browser."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from streamlit.testing.v1 import AppTest

from crm_data.engine import active_file, connect
from crm_data.importers.errors import ImportStopped
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.organisation import organisation
from tests.pages.conftest import PATIENCE, loaded, run_page

MAPPING = b"""
source = "old"
[[import]]
object = "accounts"
file = "a.csv"
id = "No"
columns = { name = "Firm" }
"""
SALESFORCE = Path(__file__).resolve().parents[1] / "data" / "salesforce"


@pytest.fixture
def page(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The Import page over a demo of one account."""
    engine = connect(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'crm.db')}")
    with engine.begin() as crm:
        crm.execute(insert(organisation).values(id=1, name="Invented", demo_seed=4))
        crm.execute(insert(accounts).values(name="Nobody", created_on=date(2026, 11, 1)))
    engine.dispose()
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    loaded()
    test = run_page("import")
    assert not test.exception
    yield test
    assert not test.exception


def texts(test: AppTest) -> str:
    boxes = (*test.title, *test.header, *test.markdown, *test.error, *test.warning, *test.info, *test.success)
    return unescape("\n".join(box.value for box in boxes)).replace("\\", "")


def until(test: AppTest, done: Callable[[], object]) -> AppTest:
    """Run the page, as it runs by itself in a browser, until it is so."""
    deadline = time.monotonic() + PATIENCE
    while True:
        test.run()
        assert not test.exception
        if done():
            return test
        assert time.monotonic() < deadline, texts(test)


def drop(test: AppTest, *files: tuple[str, bytes]) -> AppTest:
    """Drop files, and wait until they were looked at."""
    test.file_uploader[0].set_value([(name, content, "text/csv") for name, content in files]).run()
    return until(test, lambda: not test.button("cancel") if _has(test, "cancel") else True)


def _has(test: AppTest, key: str) -> bool:
    return any(button.key == key for button in test.button)


def salesforce(*names: str) -> list[tuple[str, bytes]]:
    return [(f"{name}.csv", (SALESFORCE / f"{name}.csv").read_bytes()) for name in names]


def rows(home: Path, file: str, table: Any) -> int:
    engine = connect(f"sqlite:///{home / file}")
    with engine.connect() as crm:
        found = crm.scalar(select(func.count()).select_from(table))
    engine.dispose()
    return int(found or 0)


def test_nothing_dropped(page: AppTest, tmp_path: Path) -> None:
    assert "is a demo and stays as it is" in texts(page)
    assert not _has(page, "load")
    assert not (tmp_path / "own.db").exists(), "nothing is made before it is needed"


def test_files_are_recognised_and_nothing_is_written(page: AppTest, tmp_path: Path) -> None:
    drop(page, *salesforce("Account", "Contact"))
    shown = texts(page)
    assert "Salesforce · Account" in shown
    assert "Salesforce · Contact" in shown
    assert "99%" in shown
    assert "headings are those of Salesforce's Account" in shown
    assert _has(page, "load")
    assert rows(tmp_path, "own.db", accounts) == 0
    assert active_file().name == "crm.db"


def test_what_nobody_knows_is_said_and_stays_out(page: AppTest) -> None:
    drop(page, ("<script>alert(1)</script>.csv", b"a,b\n<b>x</b>,=1+1\n"))
    shown = texts(page)
    assert "not recognised" in shown
    assert "None of these files is recognised" in shown
    assert "<script>" not in "".join(box.value for box in page.markdown)
    assert not _has(page, "load")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("broken.xlsx", b"PK\x03\x04 and no more", "broken.xlsx"),
        ("broken.zip", b"PK\x05\x06", "broken.zip"),
        ("map.toml", b"source = ", "map.toml is not valid TOML"),
        ("nul.csv", b"\0\0\0\0", "nul.csv"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_sentence(
    page: AppTest, name: str, content: bytes, words: str
) -> None:
    drop(page, (name, content))
    assert words in texts(page)
    assert "made a mistake" not in texts(page)
    assert not _has(page, "load")


def test_a_mapping_that_was_dropped_counts(page: AppTest, tmp_path: Path) -> None:
    drop(page, ("a.csv", b"No,Firm\n1,One\n2,Two\n"), ("my map.toml", MAPPING))
    assert "Read as the mapping my map.toml says" in texts(page)
    page.button("load").click()
    until(page, lambda: _has(page, "start-over"))
    assert rows(tmp_path, "own.db", accounts) == 2


def test_a_load_and_its_undoing(page: AppTest, tmp_path: Path) -> None:
    drop(page, *salesforce("Account", "Contact"))
    page.button("load").click()
    until(page, lambda: "are the same in the files and in the CRM" in texts(page))
    assert active_file().name == "own.db"
    assert rows(tmp_path, "own.db", contacts) == 102
    assert "is your own CRM" in texts(page)

    page.button("switch").click()
    until(page, lambda: "is a demo and stays as it is" in texts(page))
    assert active_file().name == "crm.db"
    page.button("switch").click()
    until(page, lambda: "is your own CRM" in texts(page))

    page.button("undo-1").click()
    until(page, lambda: "the demo is shown" in texts(page))
    assert active_file().name == "crm.db"
    assert rows(tmp_path, "own.db", contacts) == 0
    assert rows(tmp_path, "crm.db", accounts) == 1


def test_a_load_that_is_cancelled_leaves_nothing(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(page, *salesforce("Account"))
    begun, go_on = threading.Event(), threading.Event()

    def slow(engine: Any, prepared: Any, decisions: Any, reports: Any, progress: Any) -> None:
        progress("Writing accounts", 0, 22)
        begun.set()
        go_on.wait(PATIENCE)
        progress("Writing accounts", 1, 22)

    with monkeypatch.context() as patch:
        patch.setattr("ui.importing.work.load_prepared", slow)
        page.button("load").click().run()
        assert begun.wait(PATIENCE)
        page.run()
        page.button("cancel").click().run()
        go_on.set()
        until(page, lambda: "Cancelled. Nothing was loaded" in texts(page))
    assert active_file().name == "crm.db"
    assert _has(page, "load")
    page.button("load").click()
    until(page, lambda: _has(page, "start-over"))
    assert rows(tmp_path, "own.db", accounts) == 22


def test_a_load_that_stops_says_why(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(page, *salesforce("Account"))

    def stopped(*_: Any) -> None:
        raise ImportStopped("There is no room <b>left</b>.")

    monkeypatch.setattr("ui.importing.work.load_prepared", stopped)
    page.button("load").click()
    until(page, lambda: "Not loaded" in texts(page))
    assert "There is no room <b>left</b>." in texts(page)
    assert active_file().name == "crm.db"
    assert _has(page, "load")


def test_the_files_go_when_the_import_is_over(page: AppTest, tmp_path: Path) -> None:
    drop(page, *salesforce("Account"))
    assert [file.name for file in (tmp_path / "uploads").glob("*/files/*")] == ["Account.csv"]
    page.button("load").click()
    until(page, lambda: _has(page, "start-over"))
    until(page, lambda: _has(page, "compare-again"))
    page.button("start-over").click().run()
    assert not list((tmp_path / "uploads").glob("*/files/*"))
