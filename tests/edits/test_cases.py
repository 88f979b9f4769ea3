"""Cases: every state of a case keeps the rules of the schema."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from crm_data import edits
from crm_data.edits import Conflict, Gone, Invalid, NotSaved
from kpis.question import Viewer
from tests.edits.conftest import ALL, row, rows


def test_a_case_is_opened_now_for_the_contacts_account(desk: Engine) -> None:
    key = edits.open_case(desk, ALL, {"subject": " Broken ", "contact_id": 3, "priority": "high"}).record
    case = row(desk, "cases", key)
    assert (case.subject, case.account_id, case.status, case.priority) == ("Broken", 2, "open", "high")
    assert abs(case.opened_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_resolved_reopened_and_resolved_again(desk: Engine) -> None:
    edits.set_waiting(desk, ALL, 1)
    assert row(desk, "cases", 1).status == "waiting"
    edits.resolve(desk, ALL, 1)
    first = row(desk, "cases", 1)
    assert first.status == "resolved"
    assert first.resolved_at is not None
    edits.reopen(desk, ALL, 1)
    again = row(desk, "cases", 1)
    assert (again.status, again.resolved_at) == ("open", None)
    (kept,) = rows(desk, "case_reopenings")
    assert (kept.case_id, kept.resolved_at) == (1, first.resolved_at)
    assert kept.reopened_at >= kept.resolved_at
    edits.resolve(desk, ALL, 1)
    assert row(desk, "cases", 1).status == "resolved"


def test_what_somebody_else_did_meanwhile_is_told(desk: Engine) -> None:
    edits.resolve(desk, ALL, 1)
    for act in (edits.resolve, edits.set_waiting, edits.set_working):
        with pytest.raises(NotSaved, match="Meanwhile this case is resolved"):
            act(desk, ALL, 1)


def test_the_first_public_comment_is_the_first_response(desk: Engine) -> None:
    edits.comment(desk, ALL, 1, "Internal: known fault.", who="olga@firm.example")
    assert row(desk, "cases", 1).first_response_at is None
    edits.comment(desk, ALL, 1, "We look into it.\nThank you.", public=True)
    first = row(desk, "cases", 1).first_response_at
    edits.comment(desk, ALL, 1, "Solved.", public=True)
    assert row(desk, "cases", 1).first_response_at == first
    comments = rows(desk, "case_comments")
    assert [(one.author_id, one.public) for one in comments] == [(1, False), (None, True), (None, True)]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 301}, "subject"),
        ({"description": "\0"}, "description"),
        ({"description": "x" * 10_000_000}, "description"),
        ({"priority": "now"}, "priority"),
        ({"owner_id": 99}, "owner_id"),
        ({"team_id": 99}, "team_id"),
        ({"contact_id": 99}, "contact_id"),
        ({"due_at": datetime(2020, 1, 1, tzinfo=UTC)}, "due_at"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field(
    desk: Engine, typed: dict[str, object], field: str
) -> None:
    for attempt in (
        lambda: edits.change_case(desk, ALL, 1, dict.fromkeys(typed, "old"), typed),
        lambda: edits.open_case(desk, ALL, {"subject": "Help"} | typed),
    ):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert list(refused.value.problems) == [field]
    with pytest.raises(Invalid, match="missing"):
        edits.comment(desk, ALL, 1, " \n")


def test_two_people_assign_the_same_case(desk: Engine) -> None:
    edits.change_case(desk, ALL, 1, {"priority": "normal"}, {"priority": "high"}, who="Olga")
    with pytest.raises(Conflict) as conflict:
        edits.change_case(desk, ALL, 1, {"priority": "normal"}, {"priority": "low"}, who="Max")
    assert conflict.value.fields[0].who == "Olga"
    assert row(desk, "cases", 1).priority == "high"


def test_rights_are_those_of_the_numbers(desk: Engine) -> None:
    with pytest.raises(Gone):
        edits.resolve(desk, Viewer(teams=frozenset({"Red"})), 1)
    with pytest.raises(Gone):
        edits.resolve(desk, Viewer(regions=frozenset({"Americas"})), 1)
    edits.resolve(desk, Viewer(teams=frozenset({"Blue"}), regions=frozenset({"EMEA"})), 1)


def test_a_case_from_the_future_is_not_resolved(desk: Engine) -> None:
    with desk.begin() as connection:
        ahead = "2999-01-01 00:00:00.000000"
        connection.execute(text(f"UPDATE cases SET opened_at = '{ahead}' WHERE id = 1"))
    with pytest.raises(NotSaved, match="future"):
        edits.resolve(desk, ALL, 1)
