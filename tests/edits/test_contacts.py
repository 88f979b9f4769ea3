"""Contacts: created, corrected, asked for consent; what is wrong is told by field."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text

from crm_data.edits import Conflict, Gone, Invalid, correct_contact, create_contact, proposal, set_consent
from crm_data.edits.contacts import CONSENT, DETAILS
from kpis.question import Viewer
from tests.edits.conftest import ALL, NOW, everything, opened, row, rows


def form(engine: Engine, key: int = 1) -> dict[str, Any]:
    return opened(engine, "contacts", key, DETAILS)


def test_a_correction_changes_the_row_once_and_is_in_the_audit_log(desk: Engine) -> None:
    seen = form(desk)
    typed = seen | {"first_name": "  Änne ", "phone": "030 7654321"}
    saved = correct_contact(desk, ALL, 1, seen, typed, who="Olga")
    changed = row(desk, "contacts", 1)
    assert (changed.first_name, changed.phone, changed.version) == ("Änne", "+49307654321", 2)
    (noted,) = rows(desk, "audit_log")
    assert (noted.actor, noted.action, noted.deed, noted.row_id) == ("Olga", "update", "correct", 1)
    assert noted.before == {"first_name": "Anna", "phone": "+49 30 1234567"}
    assert noted.after == {"first_name": "Änne", "phone": "+49307654321"}
    assert noted.act == noted.id == saved.act


def test_saving_without_a_change_leaves_no_trace(desk: Engine) -> None:
    saved = correct_contact(desk, ALL, 1, form(desk), form(desk))
    assert saved.act is None
    assert row(desk, "contacts", 1).version == 1
    assert rows(desk, "audit_log") == []


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("email", "anna@", "no e-mail address"),
        ("email", "anna@firm.example\0", "control character"),
        ("email", "a" * 300 + "@firm.example", "254 fit"),
        ("phone", "12", "in Germany"),
        ("phone", "call me", "no telephone number"),
        ("first_name", "An\x07na", "U+0007"),
        ("last_name", "M\udcffller", "U+DCFF"),
        ("title", "x" * 10_000_000, "10,000,000 characters; 120 fit"),
        ("account_id", 99, "no such account"),
    ],
)
def test_what_makes_no_sense_is_told_beside_its_field(
    desk: Engine, field: str, typed: object, said: str
) -> None:
    before = everything(desk)
    with pytest.raises(Invalid) as refused:
        correct_contact(desk, ALL, 1, form(desk), form(desk) | {field: typed})
    assert list(refused.value.problems) == [field]
    assert said in refused.value.problems[field]
    assert everything(desk) == before


def test_all_problems_are_told_at_once_and_a_name_is_needed(desk: Engine) -> None:
    with pytest.raises(Invalid) as refused:
        create_contact(desk, ALL, {"email": "nobody", "phone": "1"})
    assert set(refused.value.problems) == {"email", "phone", "last_name"}
    with pytest.raises(Invalid, match="first or a last name"):
        correct_contact(desk, ALL, 1, form(desk), form(desk) | {"first_name": " ", "last_name": ""})


@pytest.mark.parametrize(
    "name", ["O'Brien; DROP TABLE contacts; --", "伟", "👩‍💻", '<img src=x onerror="1">', "אבג"]
)
def test_a_name_may_be_any_text(desk: Engine, name: str) -> None:
    key = create_contact(desk, ALL, {"last_name": name}).record
    assert row(desk, "contacts", key).last_name == name


def test_old_values_that_nobody_touched_are_not_checked(desk: Engine) -> None:
    with desk.begin() as connection:
        connection.execute(text("UPDATE contacts SET email = 'none', phone = 'see card' WHERE id = 1"))
    correct_contact(desk, ALL, 1, form(desk), form(desk) | {"title": "CEO"})
    assert row(desk, "contacts", 1).title == "CEO"


def test_numbers_are_read_in_the_accounts_country(desk: Engine) -> None:
    key = create_contact(desk, ALL, {"last_name": "Lee", "account_id": 2, "phone": "(202) 555-0143"}).record
    assert row(desk, "contacts", key).phone == "+12025550143"


def test_two_people_change_different_fields_and_both_stay(desk: Engine) -> None:
    mine, theirs = form(desk), form(desk)
    correct_contact(desk, ALL, 1, theirs, theirs | {"title": "CEO"}, who="Olga")
    saved = correct_contact(desk, ALL, 1, mine, mine | {"first_name": "Änne"}, who="Max")
    (told,) = saved.besides
    assert (told.field, told.before, told.theirs, told.who) == ("title", None, "CEO", "Olga")
    changed = row(desk, "contacts", 1)
    assert (changed.title, changed.first_name) == ("CEO", "Änne")


def test_two_people_change_the_same_field_and_the_second_chooses(desk: Engine) -> None:
    mine, theirs = form(desk), form(desk)
    correct_contact(desk, ALL, 1, theirs, theirs | {"last_name": "Maier"}, who="Olga")
    with pytest.raises(Conflict) as conflict:
        correct_contact(desk, ALL, 1, mine, mine | {"last_name": "Meyer", "title": "CEO"}, who="Max")
    (one,) = conflict.value.fields
    assert (one.field, one.before, one.theirs, one.mine, one.who) == (
        "last_name", "Müller", "Maier", "Meyer", "Olga",
    )  # fmt: skip
    assert one.at is not None
    assert abs(one.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert row(desk, "contacts", 1).title is None  # nothing of it was saved
    again = mine | {"last_name": "Maier"}  # seen by now; mine wins
    correct_contact(desk, ALL, 1, again, again | {"last_name": "Meyer", "title": "CEO"}, who="Max")
    assert row(desk, "contacts", 1).last_name == "Meyer"


def test_the_same_change_by_two_people_is_no_conflict(desk: Engine) -> None:
    seen = form(desk)
    for _ in range(2):
        correct_contact(desk, ALL, 1, seen, seen | {"title": "CEO"})
    assert len(rows(desk, "audit_log")) == 1


def test_a_change_past_this_program_is_noticed_too(desk: Engine) -> None:
    seen = form(desk)
    with desk.begin() as connection:
        connection.execute(text("UPDATE contacts SET last_name = 'Maier' WHERE id = 1"))
    with pytest.raises(Conflict) as conflict:
        correct_contact(desk, ALL, 1, seen, seen | {"last_name": "Meyer"})
    assert conflict.value.fields[0].who is None


def test_consent_needs_its_time_and_its_source(desk: Engine) -> None:
    seen = opened(desk, "contacts", 1, CONSENT)
    with pytest.raises(Invalid) as refused:
        set_consent(desk, ALL, 1, seen, seen | {"email_consent": True})
    assert set(refused.value.problems) == {"consent_at", "consent_source"}
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(Invalid, match="future"):
        set_consent(desk, ALL, 1, seen, seen | {"email_consent": True, "consent_at": tomorrow,
                                                "consent_source": "fair"})  # fmt: skip
    at = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    set_consent(desk, ALL, 1, seen, seen | {"email_consent": True, "consent_at": min(at, datetime.now(UTC)),
                                            "consent_source": "fair"})  # fmt: skip
    assert row(desk, "contacts", 1).email_consent is True


def test_another_answer_does_not_stand_under_the_time_of_the_one_before(desk: Engine) -> None:
    """Contact 2 agreed at a fair; she refuses later. A merger takes the younger answer."""
    seen, now = opened(desk, "contacts", 2, CONSENT), NOW
    for field in ("email_consent", "phone_consent"):
        with pytest.raises(Invalid) as refused:
            set_consent(desk, ALL, 2, seen, seen | {field: False})
        assert list(refused.value.problems) == ["consent_at"]
        proposed = refused.value.proposed["consent_at"]
        assert isinstance(proposed, datetime)
        now = proposed
        assert abs(now - datetime.now(UTC)) < timedelta(minutes=1)
    assert opened(desk, "contacts", 2, CONSENT) == seen
    set_consent(desk, ALL, 2, seen, seen | {"email_consent": False, "consent_at": now})
    refusal = row(desk, "contacts", 2)
    assert (refusal.email_consent, refusal.consent_at) == (False, now)
    other = {"email_consent": True, "phone_consent": None, "consent_at": now - timedelta(days=1),
             "consent_source": "form"}  # fmt: skip
    set_consent(desk, ALL, 1, opened(desk, "contacts", 1, CONSENT), other)
    assert "consent" not in proposal(refusal._asdict(), row(desk, "contacts", 1)._asdict())


def test_a_source_is_corrected_and_an_answer_taken_out_without_another_time(desk: Engine) -> None:
    seen = opened(desk, "contacts", 2, CONSENT)
    set_consent(desk, ALL, 2, seen, seen | {"consent_source": "letter"})
    seen = opened(desk, "contacts", 2, CONSENT)
    set_consent(desk, ALL, 2, seen, seen | {"email_consent": None})
    assert row(desk, "contacts", 2).email_consent is None
    with pytest.raises(Invalid) as refused:
        set_consent(desk, ALL, 2, seen, seen | {"consent_source": None})
    assert refused.value.proposed == {}, "nothing is wrong with the time"


def test_the_same_refusal_noted_by_two_people_is_one(desk: Engine) -> None:
    seen, at = opened(desk, "contacts", 2, CONSENT), datetime.now(UTC)
    set_consent(desk, ALL, 2, seen, seen | {"email_consent": False, "consent_at": at})
    seen |= {"consent_at": at}  # the other one chose theirs
    assert set_consent(desk, ALL, 2, seen, seen | {"email_consent": False}).act is None


def test_what_may_not_be_seen_may_not_be_edited(desk: Engine) -> None:
    americas = Viewer(regions=frozenset({"Americas"}))
    with pytest.raises(Gone):
        correct_contact(desk, americas, 1, form(desk), form(desk) | {"title": "CEO"})
    correct_contact(desk, americas, 3, form(desk, 3), form(desk, 3) | {"title": "CEO"})
    with pytest.raises(Invalid, match="no such account"):
        correct_contact(desk, americas, 3, form(desk, 3), form(desk, 3) | {"account_id": 1})
    correct_contact(desk, Viewer(teams=frozenset({"Blue"})), 1, form(desk), form(desk) | {"title": "CEO"})
    with pytest.raises(Gone):
        correct_contact(desk, Viewer(teams=frozenset({"Blue"})), 3, form(desk, 3), form(desk, 3))
