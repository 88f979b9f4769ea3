"""Merging moves all that refers to a contact; undoing any act brings back what was there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from crm_data import edits
from crm_data.edits import Blocked, Gone, NotSaved, undo
from crm_data.edits.contacts import CONSENT, DETAILS
from crm_data.edits.merge import references
from crm_data.schema.service import cases
from kpis.question import Viewer
from tests.edits.conftest import ALL, NOW, everything, opened, row, rows

LATER = NOW + timedelta(hours=1)


def merge(engine: Engine, take: tuple[str, ...] = ("title", "consent")) -> int:
    versions = (row(engine, "contacts", 1).version, row(engine, "contacts", 2).version)
    act = edits.merge(engine, ALL, 1, 2, take, versions=versions, who="Olga").act
    assert act is not None
    return act


def correct(engine: Engine, key: int, **typed: Any) -> int:
    seen = opened(engine, "contacts", key, DETAILS)
    act = edits.correct_contact(engine, ALL, key, seen, seen | typed, who="Max").act
    assert act is not None
    return act


def test_all_that_referred_to_either_refers_to_the_survivor(desk: Engine) -> None:
    merge(desk)
    survivor, duplicate = row(desk, "contacts", 1), row(desk, "contacts", 2)
    assert duplicate.merged_into_id == 1
    assert (survivor.title, survivor.email_consent, survivor.consent_source) == ("Head of IT", True, "fair")
    assert (survivor.last_name, survivor.email) == ("Müller", "anna@groesse.example")
    for table in ("cases", "activities", "emails", "opportunities"):
        assert {one.contact_id for one in rows(desk, table)} == {1}, table


def test_every_reference_to_a_contact_is_known() -> None:
    """A new table that refers to contacts is moved too: the list comes from the schema."""
    tables = {table.name for table, _ in references()}
    assert tables >= {
        "activities", "campaign_members", "cases", "contacts", "emails", "opportunities",
        "survey_answers", "survey_invitations",
    }  # fmt: skip


def test_a_merged_contact_is_hidden_and_says_where_it_went(desk: Engine) -> None:
    merge(desk)
    seen = opened(desk, "contacts", 2, DETAILS)
    with pytest.raises(Gone, match="merged into contact"):
        edits.correct_contact(desk, ALL, 2, seen, seen | {"title": "CEO"})


def test_a_merger_of_what_was_changed_meanwhile_is_refused(desk: Engine) -> None:
    correct(desk, 2, title="CEO")
    before = everything(desk)
    with pytest.raises(NotSaved, match="look at both again"):
        edits.merge(desk, ALL, 1, 2, (), versions=(1, 1))
    with pytest.raises(NotSaved, match="itself"):
        edits.merge(desk, ALL, 1, 1, (), versions=(1, 1))
    assert everything(desk) == before


def test_undoing_a_merger_restores_both_and_all_that_was_moved(desk: Engine) -> None:
    before = everything(desk)
    act = merge(desk)
    saved = undo(desk, ALL, act, who="Max")
    assert everything(desk) == before
    assert saved.record == 1
    assert {one.action for one in rows(desk, "audit_log") if one.undoes == act} == {"undo"}
    undo(desk, ALL, saved.act or 0)  # and the undo can be undone
    assert row(desk, "contacts", 2).merged_into_id == 1
    assert {one.contact_id for one in rows(desk, "emails")} == {1}


def test_a_merger_without_any_chosen_field_is_told_and_undone_as_well(desk: Engine) -> None:
    before = everything(desk)
    act = merge(desk, ())
    with desk.connect() as connection:
        deeds = edits.history(connection, "contacts", 1)
    assert [(deed.deed, deed.moved["emails"]) for deed in deeds] == [("merge", 1)]
    undo(desk, ALL, act)
    assert everything(desk) == before


def test_undo_stops_where_a_field_was_changed_since_and_offers_the_rest(desk: Engine) -> None:
    first = correct(desk, 1, title="CEO", last_name="Maier")
    correct(desk, 1, last_name="Meyer")
    with pytest.raises(Blocked) as blocked:
        undo(desk, ALL, first)
    (step,) = blocked.value.blocked
    assert (step.field, step.ours, step.now, blocked.value.possible) == ("last_name", "Maier", "Meyer", True)
    assert row(desk, "contacts", 1).title == "CEO"
    undo(desk, ALL, first, what_can_be=True)
    changed = row(desk, "contacts", 1)
    assert (changed.title, changed.last_name) == (None, "Meyer")


def test_an_undo_happens_once(desk: Engine) -> None:
    act = correct(desk, 1, title="CEO")
    undo(desk, ALL, act)
    correct(desk, 1, title="CEO")
    with pytest.raises(NotSaved, match="before"):
        undo(desk, ALL, act)
    with pytest.raises(Gone):
        undo(desk, ALL, 999)


def test_a_new_contact_is_undone_until_something_refers_to_it(desk: Engine) -> None:
    before = everything(desk)
    saved = edits.create_contact(desk, ALL, {"last_name": "Neu", "account_id": 1})
    undone = undo(desk, ALL, saved.act or 0)
    assert everything(desk) == before
    undo(desk, ALL, undone.act or 0)
    assert row(desk, "contacts", saved.record).last_name == "Neu"
    other = edits.create_contact(desk, ALL, {"last_name": "Busy"})
    edits.open_case(desk, ALL, {"subject": "Help", "contact_id": other.record})
    with pytest.raises(NotSaved, match="refer to it"):
        undo(desk, ALL, other.act or 0)


def test_only_who_may_see_a_record_may_undo_its_acts(desk: Engine) -> None:
    act = correct(desk, 1, title="CEO")
    with pytest.raises(Gone):
        undo(desk, Viewer(regions=frozenset({"Americas"})), act)
    assert row(desk, "contacts", 1).title == "CEO"


ACTS: dict[str, Callable[[Engine], edits.Saved]] = {
    "create": lambda e: edits.create_contact(e, ALL, {"first_name": "Neu"}),
    "correct": lambda e: edits.correct_contact(
        e, ALL, 1, opened(e, "contacts", 1, DETAILS), opened(e, "contacts", 1, DETAILS) | {"email": None}
    ),
    "consent": lambda e: edits.set_consent(
        e, ALL, 2, opened(e, "contacts", 2, CONSENT),
        {"email_consent": False, "phone_consent": None, "consent_at": LATER, "consent_source": "mail"},
    ),
    "open": lambda e: edits.open_case(e, ALL, {"subject": "Help", "contact_id": 1}),
    "assign": lambda e: edits.change_case(e, ALL, 1, {"owner_id": None}, {"owner_id": 1}),
    "prioritise": lambda e: edits.change_case(e, ALL, 1, {"priority": "normal"}, {"priority": "urgent"}),
    "comment": lambda e: edits.comment(e, ALL, 1, "We look into it.", public=True),
    "wait": lambda e: edits.set_waiting(e, ALL, 1),
    "resolve": lambda e: edits.resolve(e, ALL, 1),
    "merge": lambda e: edits.merge(e, ALL, 1, 2, ["title"], versions=(1, 1)),
}  # fmt: skip


@pytest.mark.parametrize("deed", ACTS)
def test_every_act_is_told_and_undone(desk: Engine, deed: str) -> None:
    before = everything(desk)
    saved = ACTS[deed](desk)
    assert everything(desk) != before
    with desk.connect() as connection:
        table = "cases" if row_of_case(deed) else "contacts"
        told = edits.history(connection, table, saved.record)
    assert told[0].deed == deed
    undo(desk, ALL, saved.act or 0)
    assert everything(desk) == before


def row_of_case(deed: str) -> bool:
    return deed in ("open", "assign", "prioritise", "comment", "wait", "resolve")


def test_undoing_a_reopening_puts_the_resolution_back(desk: Engine) -> None:
    edits.resolve(desk, ALL, 1)
    before = everything(desk)
    act = edits.reopen(desk, ALL, 1).act or 0
    assert len(rows(desk, "case_reopenings")) == 1
    undo(desk, ALL, act)
    assert everything(desk) == before


def test_undo_after_a_change_by_another_program(desk: Engine) -> None:
    act = correct(desk, 1, title="CEO")
    with desk.begin() as connection:
        connection.execute(text("UPDATE contacts SET title = 'CTO' WHERE id = 1"))
    with pytest.raises(Blocked) as blocked:
        undo(desk, ALL, act)
    assert not blocked.value.possible


def test_what_belongs_together_goes_back_together_or_not_at_all(desk: Engine) -> None:
    """A reopened case waits by now: its old resolution alone would be one of a case that is not resolved."""
    edits.resolve(desk, ALL, 1)
    resolved = everything(desk)
    reopened = edits.reopen(desk, ALL, 1).act or 0
    waiting = edits.set_waiting(desk, ALL, 1).act or 0
    before = everything(desk)
    for rest in (False, True):
        with pytest.raises(Blocked, match="Changed again since: status") as blocked:
            undo(desk, ALL, reopened, what_can_be=rest)
        assert not blocked.value.possible
        assert [step.field for step in blocked.value.blocked] == ["status"]
    assert everything(desk) == before
    undo(desk, ALL, waiting)
    undo(desk, ALL, reopened)
    assert everything(desk) == resolved


def test_a_case_resolved_twice_keeps_the_second_resolution(desk: Engine) -> None:
    first = edits.resolve(desk, ALL, 1).act or 0
    edits.reopen(desk, ALL, 1)
    edits.resolve(desk, ALL, 1)
    with pytest.raises(Blocked) as blocked:
        undo(desk, ALL, first)
    assert not blocked.value.possible


def test_an_answer_about_consent_does_not_go_back_under_the_time_of_another(desk: Engine) -> None:
    seen = opened(desk, "contacts", 2, CONSENT)
    refused = seen | {"email_consent": False, "consent_at": LATER, "consent_source": "mail"}
    first = edits.set_consent(desk, ALL, 2, seen, refused).act or 0
    called = refused | {"phone_consent": True, "consent_at": LATER + timedelta(hours=1)}
    edits.set_consent(desk, ALL, 2, refused, called)
    with pytest.raises(Blocked) as blocked:
        undo(desk, ALL, first)
    assert not blocked.value.possible


def test_the_first_response_is_the_first_public_comment_that_is_still_there(desk: Engine) -> None:
    def response() -> int | None:
        """Which comment the case was answered by."""
        at = row(desk, "cases", 1).first_response_at
        return next((key for key, one in written.items() if one == at), None) if at else None

    acts: list[int] = []
    for body, public in (("Typo", True), ("For us", False), ("The answer", True), ("One more", True)):
        acts.append(edits.comment(desk, ALL, 1, body, public=public).act or 0)
    written = {one.id: one.written_at for one in rows(desk, "case_comments")}
    typo, _, answer, more = written
    assert response() == typo
    undone = undo(desk, ALL, acts[0]).act or 0
    assert response() == answer
    other = undo(desk, ALL, acts[2]).act or 0
    assert response() == more
    undo(desk, ALL, undone)
    assert response() == typo
    undo(desk, ALL, other)
    assert response() == typo, "a later one put back changes nothing"
    assert len(rows(desk, "case_comments")) == 4


def test_a_first_response_that_was_imported_stays(desk: Engine) -> None:
    act = edits.comment(desk, ALL, 1, "Hello", public=True).act or 0
    earlier = NOW + timedelta(minutes=5)
    with desk.begin() as connection:
        connection.execute(cases.update().values(first_response_at=earlier))
    put_back = undo(desk, ALL, act).act or 0
    assert row(desk, "cases", 1).first_response_at == earlier
    undo(desk, ALL, put_back)
    assert row(desk, "cases", 1).first_response_at == earlier
