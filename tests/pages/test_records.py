"""The pages of contacts and cases, without a browser: lists, filters, one record, and hostile names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text
from streamlit.testing.v1 import AppTest

from crm_data.demo.make import make_demo
from crm_data.desk import Queue
from crm_data.engine import connect, prepare
from crm_data.schema.customers import contacts
from tests.pages.conftest import Open, loaded, run_page
from tests.pages.readings import HOSTILE
from ui import cache
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


def test_a_withdrawn_consent_is_as_old_as_its_refusal(hostile: None) -> None:
    """Only the answer is changed: the form proposes now, and the second save writes it to the second."""
    with cache.crm().begin() as crm:
        crm.execute(
            text(
                "UPDATE contacts SET email_consent = true, consent_at = '2024-01-01 00:00:00.000000', "
                "consent_source = 'form' WHERE id = 3"
            ),
        )
    test = run_page("contacts", contact="3")
    for answer in (False, True):  # the second one within the same minute
        before = consent_of(3)
        test.selectbox(key="consent-3-email_consent").set_value(answer)
        save(test)
        assert "This is the time of the answer before" in words(test)
        assert consent_of(3) == before
        save(test)
        given, at = consent_of(3)
        assert given is answer
        assert before[1] < at <= datetime.now(UTC)


def save(test: AppTest) -> None:
    next(one for one in test.button if one.key and "consent-3-form" in one.key).click().run()


def consent_of(key: int) -> tuple[bool | None, datetime]:
    with cache.crm().connect() as crm:
        row = crm.execute(select(contacts).where(contacts.c.id == key)).one()
    return row.email_consent, row.consent_at


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
