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
    say(Stage="left out")
    assert "cannot go on" in texts(page)
    assert looked(page).mapping is None
    assert looked(page).prepared is None
    assert not has(page, "load")
    assert any("deals.csv" in one for one in tables(page)), "the columns can be corrected"
    say(Stage="status")
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


def becomes(page: AppTest, heading: str) -> dict[str, str]:
    """What the table with such a column says that each column becomes."""
    frames = [one.value for one in page.dataframe if "Becomes" in one.value]
    (frame,) = [frame for frame in frames if heading in set(frame["Column"])]
    return dict(zip(frame["Column"], frame["Becomes"], strict=True))


COMPANIES = b"Company,City,Phone\nAcme,Berlin,+49 30 123456\nBeta,Bonn,+49 228 234567\n"


def test_the_table_is_that_of_what_a_file_is_said_to_be(page: AppTest, say: Say) -> None:
    drop(page, ("deals.csv", DEALS), ("list.csv", COMPANIES))
    assert "list.csv → accounts, not imported as it stands" in tables(page)
    say(list__csv="Any file · contacts")
    assert "list.csv → contacts: 2 of 3 columns used" in tables(page)
    now = becomes(page, "Company")
    assert now["Company"].startswith("account_id")
    assert now["City"] == "kept as it is", "contacts have no city"
    say(City="title")
    assert becomes(page, "Company")["City"] == "title"
    mapping = looked(page).mapping
    assert mapping
    assert "\ntitle = " in mapping.text
    say(Company="left out")
    assert becomes(page, "Company")["Company"] == "left out"
    mapping = looked(page).mapping
    assert mapping
    assert "Company" not in mapping.text


def test_what_nobody_knows_is_said_to_be_something(page: AppTest, say: Say) -> None:
    """It gets a table; and where it lacks a column, it stays out until somebody says which column that is."""
    drop(page, ("deals.csv", DEALS), ("x.csv", b"Q1,Q2\nAcme,Berlin\nBeta,Bonn\n"))
    assert not any(one.startswith("x.csv") for one in tables(page))
    say(x__csv="Any file · accounts")
    assert "x.csv → accounts, not imported as it stands" in tables(page)
    assert "accounts need 'name'" in texts(page)
    assert "x.csv" not in str(looked(page).mapping)
    say(Q1="name")
    assert "x.csv → accounts: 1 of 2 columns used" in tables(page)
    assert becomes(page, "Q1") == {"Q1": "name, source_id", "Q2": "kept as it is"}
    assert "accounts need 'name'" not in texts(page)


def test_a_file_that_stays_out_by_a_correction_is_said(page: AppTest, say: Say) -> None:
    """The others can be imported, but not without a word about it."""
    drop(page, ("deals.csv", DEALS), ("a.csv", b"Account ID,Account Name,Industry\n1,Acme,Tools\n"))
    say(Stage="left out")
    assert "a.csv → accounts: 3 of 3 columns used" in tables(page)
    assert has(page, "load")
    assert "deals.csv → opportunities, not imported as it stands" in tables(page)
    assert "opportunities need 'stage', 'status'" in texts(page)
    say(Stage="stage")
    assert becomes(page, "Stage")["Stage"].startswith("stage, status")
    assert "opportunities need" not in texts(page)
    say(Close_Date="closed_on")
    assert becomes(page, "Stage")["Close Date"] == "closed_on, expected_close"


def test_of_two_columns_said_to_be_the_same_the_last_counts(page: AppTest, say: Say) -> None:
    more = DEALS.replace(b"Close Date", b"Close Date,Net,Gross").replace(b"2026-02-01\n", b"2026-02-01,8,9\n")
    drop(page, ("deals.csv", more))
    for heading, other in (("Net", "Gross"), ("Gross", "Net"), ("Net", "Gross")):
        say(**{heading: "amount"})
        assert becomes(page, "Net")[heading] == "amount"
        assert becomes(page, "Net")[other] == "kept as it is"
        assert becomes(page, "Net")["Amount"] == "kept as it is"


def test_several_columns_are_the_id_together(page: AppTest, say: Say) -> None:
    drop(page, ("deals.csv", DEALS))
    say(Deal_Name="source_id")
    say(Account="source_id")
    now = becomes(page, "Stage")
    assert (now["Deal Name"], now["Account"]) == ("name, source_id", "account_id, source_id")
    mapping = looked(page).mapping
    assert mapping
    assert 'id = "{Deal Name}/{Account}"' in mapping.text
