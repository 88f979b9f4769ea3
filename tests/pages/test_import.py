"""The Import page in each of its states, without a browser."""

from __future__ import annotations

import gc
import io
import os
import threading
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
import streamlit as st
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from crm_data import active
from crm_data.engine import active_file, connect
from crm_data.importers.errors import ImportStopped
from crm_data.schema.customers import accounts, contacts
from crm_data.schema.sales import opportunities
from tests.pages.conftest import PATIENCE
from tests.pages.importing import MAPPING, drop, has, salesforce, texts, until
from ui import cache
from ui.importing import session as sessions


def rows(home: Path, file: str, table: Any) -> int:
    engine = connect(f"sqlite:///{home / file}")
    with engine.connect() as crm:
        found = crm.scalar(select(func.count()).select_from(table))
    engine.dispose()
    return int(found or 0)


def test_nothing_dropped(page: AppTest, tmp_path: Path) -> None:
    assert "is a demo and stays as it is" in texts(page)
    assert not has(page, "load")
    assert not (tmp_path / "own.db").exists(), "nothing is made before it is needed"


def test_files_are_recognised_and_nothing_is_written(page: AppTest, tmp_path: Path) -> None:
    drop(page, *salesforce("Account", "Contact"))
    shown = texts(page)
    assert "Salesforce · Account" in shown
    assert "Salesforce · Contact" in shown
    assert "99%" in shown
    assert "headings are those of Salesforce's Account" in shown
    assert has(page, "load")
    assert rows(tmp_path, "own.db", accounts) == 0
    assert active_file().name == "crm.db"


def test_an_archive_is_its_files(page: AppTest, tmp_path: Path) -> None:
    whole, nested = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in salesforce("Account", "Contact"):
            archive.writestr(f"export/{name}", content)
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr("inner.zip", whole.getvalue())
    drop(page, ("export.zip", nested.getvalue()))
    assert "export.zip holds another archive, inner.zip." in texts(page)
    drop(page, ("export.zip", whole.getvalue()))
    assert "Salesforce · Contact" in texts(page)
    page.button("load").click()
    until(page, lambda: has(page, "start-over"))
    assert rows(tmp_path, "own.db", contacts) == 102


def test_what_nobody_knows_is_said_and_stays_out(page: AppTest) -> None:
    drop(page, ("<script>alert(1)</script>.csv", b"a,b\n<b>x</b>,=1+1\n"))
    shown = texts(page)
    assert "not recognised" in shown
    assert "None of these files is recognised" in shown
    assert "<script>" not in "".join(box.value for box in page.markdown)
    assert not has(page, "load")


def test_a_file_that_cannot_be_read_gets_a_sentence(page: AppTest) -> None:
    for name, content, words in (
        ("empty.csv", b"", "empty.csv is empty"),
        ("broken.xlsx", b"PK\x03\x04 and no more", "broken.xlsx"),
        ("broken.zip", b"PK\x05\x06", "broken.zip"),
        ("map.toml", b"source = ", "map.toml is not valid TOML"),
        ("nul.csv", b"\0\0\0\0", "nul.csv"),
        ("report.xls", b"<html><table><tr><td>Id</td></tr></table>", "report.xls is a web page"),
    ):
        drop(page, (name, content))
        assert words in texts(page)
        assert "made a mistake" not in texts(page)
        assert not has(page, "load")


def test_what_a_person_corrects_counts(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is left out, and a column of the other, as if typed into the tables."""
    edit, said = st.data_editor, {"Contact.csv": "Not imported", "Phone": "left out"}

    def edited(frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
        shown = edit(frame, **options)
        for first, last in (("File", "Taken for"), ("Column", "Becomes")):
            if first in shown:
                shown[last] = shown[first].map(said).fillna(shown[last])
        return shown

    drop(page, *salesforce("Account", "Contact"))
    assert "\nphone = " in page.session_state["import"].looked.mapping.text
    monkeypatch.setattr(st, "data_editor", edited)
    page.run()
    until(page, lambda: "not imported" in texts(page) and has(page, "load"))
    assert "you said so" in texts(page)
    text = page.session_state["import"].looked.mapping.text
    assert "Contact.csv" not in text
    assert "\nphone = " not in text


def test_a_mapping_that_was_dropped_counts(page: AppTest, tmp_path: Path) -> None:
    drop(page, ("a.csv", b"No,Firm\n1,One\n2,Two\n"), ("my map.toml", MAPPING))
    assert "Read as the mapping my map.toml says" in texts(page)
    page.button("load").click()
    until(page, lambda: has(page, "start-over"))
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
    assert has(page, "load")
    page.button("load").click()
    until(page, lambda: has(page, "start-over"))
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
    assert has(page, "load")


def test_a_demo_that_was_named_refuses(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where CRM_DATABASE_URL says which CRM it is, there is no other to take the import."""
    monkeypatch.setenv("CRM_DATABASE_URL", f"sqlite:///{tmp_path / 'crm.db'}")
    page.run()
    assert "An import into it is refused" in texts(page)
    drop(page, *salesforce("Account"))
    assert "This CRM holds the demo, whose invented figures would mix with yours" in texts(page)
    assert not has(page, "load")
    assert not (tmp_path / "own.db").exists()


def test_the_files_go_when_the_import_is_over(page: AppTest, tmp_path: Path) -> None:
    drop(page, *salesforce("Account"))
    assert [file.name for file in (tmp_path / "uploads").glob("*/files/*")] == ["Account.csv"]
    page.button("load").click()
    until(page, lambda: has(page, "start-over"))
    until(page, lambda: has(page, "compare-again"))
    page.button("start-over").click().run()
    assert not list((tmp_path / "uploads").glob("*/files/*"))


def test_the_files_go_with_the_session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    left = tmp_path / "uploads" / "of a process that was killed"
    (left / "files").mkdir(parents=True)
    os.utime(left, (0, 0))
    session = sessions._new()
    folder = session.folder
    assert folder.is_dir()
    assert not left.exists()
    del session
    gc.collect()
    assert not folder.exists()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Deals.csv", "Deals.csv"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Users\\me\\a.csv", "C__Users_me_a.csv"),
        ("a\0b\n.csv", "a_b_.csv"),
        ("..", "file"),
        ("", "file"),
        ("مرحبا 🎉.xlsx", "مرحبا 🎉.xlsx"),
    ],
)
def test_names_of_files_are_one_file_in_one_folder(name: str, safe: str) -> None:
    assert sessions.safe_name(name) == safe
    assert len(sessions.safe_name(name * 300).encode()) <= 120


def test_another_crm_has_a_keeper_of_its_own(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before stops, and closes its copy when nobody draws from it any more."""
    monkeypatch.setattr(cache, "_GRACE", 0.0)
    before = cache.keeper()
    own = active.destination(cache.crm())
    own.dispose()
    active.use(own=True)
    after = cache.keeper()
    assert after is not before
    assert cache.keeper() is after
    before._thread.join(PATIENCE)
    assert not before._thread.is_alive()
    assert before.copy
    with pytest.raises(duckdb.ConnectionException):
        before.copy.members("region")


def test_an_import_that_lacks_a_rate_can_be_taken_back(page: AppTest, tmp_path: Path) -> None:
    """Nothing can be shown without the rate, but nobody has to make one up."""
    lines = [
        f"{number},A,Won,9,{currency},2026-02-01" for number, currency in enumerate(["EUR", "CHF", "EUR"])
    ]
    deals = "\n".join(["Deal ID,Deal Name,Stage,Amount,Currency,Close Date", *lines])
    drop(page, ("deals.csv", deals.encode()))
    page.button("load").click()
    until(page, lambda: "An exchange rate is missing" in [one.value for one in page.title])
    assert "1 CHF in EUR, from 1 Feb 2026 on" in [one.label for one in page.text_input]
    until(page, lambda: has(page, "undo-1"))
    assert has(page, "switch")
    page.button("undo-1").click()
    until(page, lambda: "the demo is shown" in texts(page))
    assert active_file().name == "crm.db"
    assert rows(tmp_path, "own.db", opportunities) == 0
