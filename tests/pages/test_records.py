"""The pages of contacts and cases, without a browser: lists, filters, one record, and hostile names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from crm_data.demo.make import make_demo
from crm_data.desk import Queue
from crm_data.engine import connect, prepare
from tests.pages.conftest import Open, loaded, run_page
from tests.pages.readings import HOSTILE
from ui.case_queue import read_queue, written_queue


@pytest.fixture(scope="module")
def hostile_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo CRM in which contacts, accounts and cases have hostile names."""
    home = tmp_path_factory.mktemp("records")
    engine = connect(f"sqlite:///{home / 'crm.db'}")
    prepare(engine)
    make_demo(engine, events=600, today=date(2026, 11, 21))
    with engine.begin() as crm:
        for place, name in enumerate(HOSTILE):
            for table, column in (("contacts", "last_name"), ("accounts", "name"), ("cases", "subject")):
                crm.execute(
                    text(f"UPDATE {table} SET {column} = :name WHERE id % {len(HOSTILE)} = {place}"),
                    {"name": name[:120]},
                )
    engine.dispose()
    return home


@pytest.fixture
def hostile(hostile_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_DATABASE_URL", raising=False)
    monkeypatch.setenv("CRM_HOME", str(hostile_home))
    loaded()


def words(test: AppTest) -> str:
    assert not test.exception
    return "\n".join(one.value for one in test.markdown)


def test_contacts_are_found_paged_and_opened(open_page: Open) -> None:
    test = open_page("contacts")
    assert "type more words" in words(test)
    assert "Page 1 of 12" in words(test)
    test.text_input(key="contact-search").input("no such person anywhere").run()
    assert "No contact has all these words" in words(test)
    assert "no such" not in str(dict(test.query_params))
    test = open_page("contacts", contact="1")
    assert test.text_input(key="contact-1-last_name").value
    assert "Nobody has edited this here yet" in words(test)
    gone = open_page("contacts", contact="999999")
    assert "no such contact" in gone.info[0].value


def test_cases_are_narrowed_by_the_url(open_page: Open) -> None:
    assert "listed here" in words(open_page("cases"))
    low = words(open_page("cases", queue="status:resolved,priority:low"))
    assert "▽ Low" in low
    assert "▲ High" not in low
    nonsense = open_page("cases", queue="status:nonsense,team:x,owner:,,:", page="999")
    assert "No case fits" in words(nonsense)
    assert "Details" in words(open_page("cases", case="1"))


@pytest.mark.parametrize(
    "queue",
    [
        Queue(),
        Queue(status=None),
        Queue("resolved", "low", "request", 3, 5, overdue=True),
        Queue(overdue=True),
    ],
)
def test_the_queue_survives_the_url(queue: Queue) -> None:
    assert read_queue(written_queue(queue)) == queue


@pytest.mark.parametrize("key", range(1, len(HOSTILE) + 1))
@pytest.mark.parametrize(("page", "record"), [("contacts", "contact"), ("cases", "case")])
def test_hostile_names_are_text(hostile: None, page: str, record: str, key: int) -> None:
    test = run_page(page, **{record: str(key)})
    assert not test.exception
    for shown in test.markdown:
        assert "<script" not in shown.value
        assert "<img" not in shown.value
    for label in (*test.header, *test.button, *test.radio):
        told = getattr(label, "label", None) or getattr(label, "value", "")
        assert "![" not in str(told).replace("!\\[", "").replace("\\!\\[", "")
