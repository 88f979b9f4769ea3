"""Likely duplicates of the whole CRM: found, explained, merged or kept apart, and that is remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from crm_data.edits import (
    Gone,
    compare_again,
    duplicates,
    find_contact,
    keep_apart,
    kept_apart,
    look_for_pairs,
    merge,
    undecided,
)
from crm_data.edits.pairs import likely_pairs
from crm_data.engine import CrmUnavailable, connect
from crm_data.importers.errors import Cancelled
from kpis.question import Viewer
from tests.edits.conftest import ALL, T, rows


@pytest.fixture
def crowd(desk: Engine) -> Engine:
    """Three Ivos of one address, spelled differently; two Ivas with a switchboard; hostile names."""
    people: list[dict[str, Any]] = [
        {"first_name": "Ivo", "last_name": "Novák", "email": "ivo.novak@acme.example", "account_id": 2},
        {"first_name": "Ivo", "last_name": "Novak", "email": "Ivo.Novak@acme.example", "account_id": 2},
        {"first_name": "Novak", "last_name": "Ivo", "email": "ivo.novak@acme.example", "account_id": 2},
        {"first_name": "Petra", "last_name": "Lang", "phone": "+12025550100", "account_id": 2},
        {"first_name": "Thomas", "last_name": "Zhou", "phone": "+12025550100", "account_id": 2},
        {"first_name": "=1+1", "last_name": "<img src=x>", "email": "x@acme.example", "account_id": 1},
        {"first_name": "=1+1", "last_name": "<img src=x>", "email": "x@acme.example", "account_id": 1},
    ]
    with desk.begin() as crm:
        for one in people:
            crm.execute(insert(T["contacts"]).values(**one))
    return desk


def found(engine: Engine, viewer: Any = ALL) -> set[tuple[int, int]]:
    with engine.connect() as crm:
        return {(pair.one, pair.other) for pair, _, _ in undecided(crm, viewer, likely_pairs(crm))}


def test_who_is_one_and_who_is_not(crowd: Engine) -> None:
    """Contacts 4, 5 and 6 are Ivo, 7 and 8 share a switchboard, 9 and 10 a strange name."""
    pairs = found(crowd)
    assert {(4, 5), (4, 6), (5, 6), (9, 10)} <= pairs
    assert (7, 8) not in pairs
    with crowd.connect() as crm:
        (ivo,) = [one for one in likely_pairs(crm) if (one.one, one.other) == (4, 5)]
    assert ivo.score > 0.8
    assert "the same e-mail address" in ivo.reasons


def test_a_process_of_its_own_finds_the_same_and_says_how_far_it_is(crowd: Engine) -> None:
    said: list[tuple[str, int, int]] = []
    pairs = look_for_pairs(crowd, lambda *words: said.append(words))
    with crowd.connect() as crm:
        assert pairs == likely_pairs(crm)
    assert said[0] == ("Reading all contacts", 0, 10)
    assert said[-1] == ("Comparing", 1, 1)


def test_it_is_stopped_and_a_lost_database_is_said(crowd: Engine, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        look_for_pairs(crowd, stop)
    gone = connect(f"sqlite:///{tmp_path}/nowhere/crm.db")
    with pytest.raises(CrmUnavailable, match="cannot be opened"):
        look_for_pairs(gone, lambda *_: None)


def test_kept_apart_is_remembered_and_can_be_taken_back(crowd: Engine) -> None:
    before = found(crowd)
    saved = keep_apart(crowd, ALL, 5, 4, who="ann")
    assert saved.act is not None
    assert keep_apart(crowd, ALL, 4, 5, who="ann").act is None, "once is enough"
    assert found(crowd) == before - {(4, 5)}
    with crowd.connect() as crm:
        assert [(one["id"], other["id"]) for one, other in kept_apart(crm, ALL)] == [(4, 5)]
        contact = find_contact(crm, ALL, 4)
        assert contact
        assert 5 not in {one.id for one in duplicates(crm, ALL, contact)}, "nor where one is looked at alone"
    compare_again(crowd, ALL, 4, 5, who="ben")
    assert found(crowd) == before
    with pytest.raises(Gone):
        compare_again(crowd, ALL, 4, 5)
    log = [(row.actor, row.action, row.table_name) for row in rows(crowd, "audit_log")]
    assert log == [("ann", "create", "contacts_apart"), ("ben", "delete", "contacts_apart")]


def test_what_was_merged_is_no_pair(crowd: Engine) -> None:
    with crowd.connect() as crm:
        old = likely_pairs(crm)
    versions = tuple(row.version for row in rows(crowd, "contacts") if row.id in (4, 5))
    merge(crowd, ALL, 4, 5, set(), versions=(versions[0], versions[1]))
    with crowd.connect() as crm:
        left = {(pair.one, pair.other) for pair, _, _ in undecided(crm, ALL, old)}
    assert {pair for pair in left if 5 in pair} == set()
    assert (4, 6) in left


def test_only_those_that_one_may_see(crowd: Engine) -> None:
    americas = Viewer(regions=frozenset({"Americas"}))
    assert (9, 10) not in found(crowd, americas)
    assert (4, 5) in found(crowd, americas)
    with pytest.raises(Gone):
        keep_apart(crowd, americas, 9, 10)
    assert rows(crowd, "audit_log") == []
