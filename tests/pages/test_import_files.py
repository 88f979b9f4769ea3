"""The files of the Import page: archives, and how long the files stay."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.importing import drop, has, salesforce, texts, until
from ui.importing import session as sessions

DEALS = b"""\
Deal ID,Deal Name,Account,Stage,Amount,Created,Close Date
1,a,Acme,Won,100,2026-01-01,2026-02-01
2,b,Beta,Open,200,2026-01-03,
"""


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"export/{name}.csv", content)
    return made.getvalue()


def test_an_archive_is_read_as_its_files(page: AppTest, tmp_path: Path) -> None:
    drop(page, ("export.zip", zipped(deals=DEALS)))
    assert "deals.csv" in texts(page)
    assert "made a mistake" not in texts(page)
    page.button("load").click()
    until(page, lambda: "are the same in the files and in the CRM" in texts(page))
    page.button("start-over").click().run()
    assert not list((tmp_path / "uploads").rglob("*.csv"))


def test_an_archive_is_read_again(page: AppTest, tmp_path: Path) -> None:
    """Nothing of an archive that was taken away is left, and the same one may come again."""
    drop(page, ("export.zip", zipped(deals=DEALS)))
    account = dict(salesforce("Account"))["Account.csv"]
    drop(page, ("export.zip", zipped(Account=account)))
    assert "Account.csv" in texts(page)
    assert "deals.csv" not in texts(page)
    assert [file.name for file in (tmp_path / "uploads").rglob("*.csv")] == ["Account.csv"]
    drop(page, ("export.zip", zipped(deals=DEALS)))
    assert "deals.csv" in texts(page)
    assert has(page, "load")


def elsewhere_and_back(page: AppTest) -> None:
    page.switch_page("../pages/definitions.py").run()
    assert not page.file_uploader
    page.switch_page("../pages/import.py").run()
    until(page, lambda: not has(page, "cancel"))


def test_files_and_what_was_said_stay_while_another_page_is_shown(page: AppTest, tmp_path: Path) -> None:
    drop(page, ("deals.csv", DEALS), *salesforce("Account"))
    session = page.session_state["import"]
    (zone,) = [box for box in page.selectbox if box.label == "Its time zone"]
    zone.select("Asia/Tokyo").run()
    until(page, lambda: not has(page, "cancel"))
    mapping = session.looked.mapping.text
    assert "Asia/Tokyo" in mapping
    before = [one.label for one in page.expander], [box.value for box in page.selectbox]

    elsewhere_and_back(page)
    assert "Still here: **Account.csv, deals.csv**" in texts(page)
    assert [one.label for one in page.expander] == before[0]
    assert [box.value for box in page.selectbox] == before[1]
    assert page.session_state["import"].looked.mapping.text == mapping
    page.button("load").click()
    until(page, lambda: "are the same in the files and in the CRM" in texts(page))
    elsewhere_and_back(page)
    assert has(page, "start-over"), "the step that we are at is shown again"


def test_files_are_taken_away(page: AppTest, tmp_path: Path) -> None:
    """In the control itself, and, back from another page, by the button."""
    drop(page, ("export.zip", zipped(deals=DEALS)))
    assert has(page, "load")
    page.file_uploader[0].set_value([]).run()
    assert not has(page, "load")
    assert not list((tmp_path / "uploads").rglob("*.*"))

    drop(page, ("export.zip", zipped(deals=DEALS)))
    elsewhere_and_back(page)
    page.button("take-away").click().run()
    assert not has(page, "load")
    assert not has(page, "take-away")
    assert not list((tmp_path / "uploads").rglob("*.*"))


def test_other_files_take_the_place_of_those_that_stayed(page: AppTest) -> None:
    drop(page, ("deals.csv", DEALS))
    elsewhere_and_back(page)
    drop(page, *salesforce("Account"))
    assert [one.file for one in page.session_state["import"].looked.now] == ["Account.csv"]
    assert not has(page, "take-away")


def test_controls_of_other_files_begin_anew(page: AppTest) -> None:
    """What was chosen for the files before is not shown as if it counted."""
    drop(page, ("deals.csv", DEALS))
    (name,) = [box for box in page.text_input if box.label == "Your organisation"]
    name.set_value("Before Ltd").run()
    until(page, lambda: not has(page, "cancel"))
    drop(page, *salesforce("Account"))
    (name,) = [box for box in page.text_input if box.label == "Your organisation"]
    assert name.value == page.session_state["import"].answers.settings.get("name", "") == ""


def test_the_files_of_an_open_tab_stay_however_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_HOME", str(tmp_path))
    session = sessions._new()
    os.utime(session.folder, (0, 0))
    other = sessions._new()
    assert session.files.is_dir()
    assert other.files.is_dir()
