"""Likely duplicates on the page Contacts, and exchange rates on the page Data."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import insert, select
from streamlit.testing.v1 import AppTest

from crm_data import edits
from crm_data.demo.make import make_demo
from crm_data.edits import LikelyPair
from crm_data.engine import CrmUnavailable, connect, prepare
from crm_data.progress import Progress
from crm_data.schema import metadata
from tests.pages.conftest import PATIENCE, loaded, run_page
from ui import cache

CONTACTS, RATES = metadata.tables["contacts"], metadata.tables["exchange_rates"]
TWIN = {"first_name": "<b>Ivo</b>", "last_name": "=Novák", "email": "ivo@twin.example", "account_id": 1}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, int]:
    """A small demo CRM with one contact twice, and the keys of the two."""
    folder = tmp_path_factory.mktemp("twins")
    engine = connect(f"sqlite:///{folder / 'crm.db'}")
    prepare(engine)
    make_demo(engine, events=300, today=date(2026, 11, 21))
    with engine.begin() as crm:
        added = insert(CONTACTS).values(**TWIN).returning(CONTACTS.c.id)
        keys = [crm.execute(added).scalar_one() for _ in range(2)]
    engine.dispose()
    return folder, keys[0], keys[1]


@pytest.fixture
def twins(made: tuple[Path, int, int], monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    folder, *keys = made
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(folder))
    loaded()
    return keys[0], keys[1]


def words(test: AppTest) -> str:
    assert not test.exception
    return "\n".join(one.value for one in test.markdown)


def compared() -> AppTest:
    """The page, once all contacts are compared."""
    test = run_page("contacts", finding="duplicates")
    until = time.monotonic() + PATIENCE
    while "Looked at" not in words(test) and time.monotonic() < until:
        cache.likely_pairs().wait(PATIENCE)
        test.run()
    return test


def test_two_that_look_like_one(twins: tuple[int, int]) -> None:
    one, other = twins
    test = compared()
    said = words(test)
    assert "the same e-mail address" in said
    assert "&lt;b&gt;Ivo&lt;/b&gt;" in said
    assert "<b>Ivo" not in said
    test.button(key=f"pair-apart-{one}-{other}").click().run()
    assert "kept apart from now on" in test.success[0].value
    assert not [button for button in test.button if button.key == f"pair-apart-{one}-{other}"]
    test.button(key=f"pair-again-{one}-{other}").click().run()
    test.button(key=f"pair-merge-{one}-{other}").click().run()
    assert f"(no. {other})" in words(test)
    test.button(key="merge").click().run()
    assert "one now" in test.success[0].value
    again = compared()
    assert f"pair-apart-{one}-{other}" not in [button.key for button in again.button]


def test_meanwhile_the_page_says_how_far_it_is_and_a_lost_crm_what_is_the_matter(
    twins: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, seen = Event(), []

    def slowly(_engine: object, progress: Progress) -> list[LikelyPair]:
        progress("Reading all contacts", 1, 2)
        seen.append(go_on.wait(PATIENCE))
        raise CrmUnavailable("The CRM is gone.")

    cache.look_for_pairs_again()
    with monkeypatch.context() as patch:
        patch.setattr(edits, "look_for_pairs", slowly)
        test = run_page("contacts", finding="duplicates")
        assert test.button(key="cancel")
        assert not [button for button in test.button if button.key == "pairs-again"]
        go_on.set()
        cache.likely_pairs().wait(PATIENCE)
    test.run()
    assert "The CRM is gone" in test.warning[0].value
    assert seen == [True]
    cache.look_for_pairs_again()


def test_a_rate_is_entered_and_undone(twins: tuple[int, int]) -> None:
    test = run_page("data")
    test.text_input(key="new-rate-currency").input("JPY")
    test.text_input(key="new-rate-valid_on").input("2026-02-30")
    test.text_input(key="new-rate-rate").input("0.0061")
    _press(test, "Add rate")
    assert "This is no day" in words(test)
    test.text_input(key="new-rate-valid_on").input("2019-02-28")
    _press(test, "Add rate")
    assert "The rate was added." in test.success[0].value
    asked = select(RATES.c.rate).where(RATES.c.currency == "JPY", RATES.c.valid_on == date(2019, 2, 28))
    with cache.crm().connect() as crm:
        assert crm.scalar(asked) == Decimal("0.0061")
    (undo,) = [one for one in test.button if str(one.key).startswith("undo-rate-")]
    undo.click().run()
    assert "gone again" in test.success[0].value
    with cache.crm().connect() as crm:
        assert crm.scalar(asked) is None


def _press(test: AppTest, label: str) -> None:
    next(one for one in test.button if one.label == label).click()
    test.run()
