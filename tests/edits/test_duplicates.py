"""Who may be the same person, and why."""

from __future__ import annotations

from sqlalchemy import Engine, text

from crm_data.edits import Duplicate, duplicates, find_contact
from kpis.question import Viewer
from tests.edits.conftest import ALL


def likely(engine: Engine, key: int, viewer: Viewer = ALL) -> list[Duplicate]:
    with engine.connect() as connection:
        contact = find_contact(connection, ALL, key)
        assert contact is not None
        return duplicates(connection, viewer, contact)


def test_the_same_number_and_a_like_name_in_one_account(desk: Engine) -> None:
    (one,) = likely(desk, 1)
    assert one.id == 2
    assert one.score > 0.85
    assert one.reasons[0] == "the same telephone number"
    assert "the same account, and a name" in one.reasons[1]
    assert [other.id for other in likely(desk, 2)] == [1]


def test_the_same_address_in_another_spelling(desk: Engine) -> None:
    with desk.begin() as connection:
        connection.execute(text("UPDATE contacts SET email = 'Anna@Groesse.example' WHERE id = 3"))
    first = likely(desk, 1)[0]
    assert (first.id, first.reasons) == (2, first.reasons)
    by_mail = next(one for one in likely(desk, 1) if one.id == 3)
    assert by_mail.reasons == ("the same e-mail address",)


def test_colleagues_are_not_duplicates(desk: Engine) -> None:
    with desk.begin() as connection:
        connection.execute(text("UPDATE contacts SET first_name = 'Xaver', last_name = 'Quint' WHERE id = 2"))
    assert likely(desk, 1) == []  # one switchboard, one account, two people


def test_what_may_not_be_seen_and_what_was_merged_is_not_suggested(desk: Engine) -> None:
    assert likely(desk, 1, Viewer(regions=frozenset({"Americas"}))) == []
    with desk.begin() as connection:
        connection.execute(text("UPDATE contacts SET merged_into_id = 1 WHERE id = 2"))
    assert likely(desk, 1) == []
