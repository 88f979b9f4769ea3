"""What a person says of the files counts, is shown as it counts, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from crm_data.engine import CrmUnavailable
from tests.pages.importing import drop, has, texts, until
from tests.pages.test_import_files import DEALS
from ui.importing import work

Say = Callable[..., None]


@pytest.fixture
def say(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Type into the tables, for each row by its first column, and wait until the files were read so."""
    edit, said = st.data_editor, dict[str, str]()

    def edited(frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
        shown = edit(frame, **options)
        for first, last in (("File", "Taken for"), ("Column", "Becomes")):
            if first in shown:
                shown[last] = [
                    said.get(name, was) for name, was in zip(shown[first], shown[last], strict=True)
                ]
        return shown

    monkeypatch.setattr(st, "data_editor", edited)

    def saying(**words: str) -> None:
        said.clear()
        said.update({name.replace("__", ".").replace("_", " "): word for name, word in words.items()})
        before = page.session_state["import"].looking
        page.run()
        assert page.session_state["import"].looking is not before, texts(page)
        said.clear()
        until(page, lambda: not has(page, "cancel"))

    return saying


def looked(page: AppTest) -> work.Looked:
    found = page.session_state["import"].looked
    assert isinstance(found, work.Looked)
    return found


def tables(page: AppTest) -> list[str]:
    """The titles of what can be opened."""
    return [one.label.replace("\\", "") for one in page.expander]


def test_the_only_file_is_left_out_and_comes_back(page: AppTest, say: Say) -> None:
    drop(page, ("deals.csv", DEALS))
    say(deals__csv="Not imported")
    assert "None of these files is recognised" in texts(page)
    assert not has(page, "load")
    say(deals__csv="Any file · opportunities")
    assert "cannot go on" not in texts(page)
    assert has(page, "load")


def test_columns_that_are_needed_are_left_out_and_come_back(page: AppTest, say: Say) -> None:
    drop(page, ("deals.csv", DEALS))
    say(Deal_Name="left out", Amount="left out")
    assert "cannot go on" in texts(page)
    assert looked(page).mapping is None
    assert looked(page).prepared is None
    assert not has(page, "load")
    assert any("deals.csv" in one for one in tables(page)), "the columns can be corrected"
    say(Deal_Name="name", Amount="amount")
    assert "cannot go on" not in texts(page)
    assert has(page, "load")


def test_a_correction_while_the_crm_is_away(page: AppTest, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    drop(page, ("deals.csv", DEALS))

    def away(*_: Any) -> None:
        raise CrmUnavailable("The CRM is away.")

    with monkeypatch.context() as patch:
        patch.setattr("ui.importing.work._mapped", away)
        say(Stage="left out", Account="kept as it is")
        assert "The CRM is away." in texts(page)
    page.button("look-again").click()
    until(page, lambda: any(heading.value.startswith("2") for heading in page.header))
    assert page.session_state["import"].answers.overrides["deals.csv", None].columns["Account"] == "custom"
