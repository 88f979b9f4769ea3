"""Exchange rates by hand: checked, in the audit log, undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import Engine, update

from crm_data.edits import Invalid, add_rate, entered_rates, undo
from tests.edits.conftest import ALL, T, rows

GOOD = {"currency": " usd ", "valid_on": "2026-01-05", "rate": "0,9134"}


def test_added_and_undone(desk: Engine) -> None:
    saved = add_rate(desk, GOOD, who="ann")
    (row,) = rows(desk, "exchange_rates")
    assert (row.currency, row.valid_on, row.kind) == ("USD", date(2026, 1, 5), "daily")
    assert row.rate == Decimal("0.9134")
    (line,) = rows(desk, "audit_log")
    assert (line.actor, line.action, line.row_id) == ("ann", "create", row.id)
    assert line.table_name == "exchange_rates"
    with desk.connect() as crm:
        (entered,) = entered_rates(crm)
    assert (entered.act, entered.actor, entered.rate) == (saved.act, "ann", Decimal("0.9134"))
    assert saved.act
    undone = undo(desk, ALL, saved.act, who="ben")
    assert rows(desk, "exchange_rates") == []
    with desk.connect() as crm:
        assert entered_rates(crm) == []
    assert undone.act
    undo(desk, ALL, undone.act)  # and back again
    (again,) = rows(desk, "exchange_rates")
    assert (again.id, again.rate) == (row.id, row.rate)


def test_a_rate_that_was_changed_since_is_not_undone_here(desk: Engine) -> None:
    add_rate(desk, GOOD)
    with desk.begin() as crm:
        crm.execute(update(T["exchange_rates"]).values(rate=Decimal("0.95")))
    with desk.connect() as crm:
        assert entered_rates(crm) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("currency", "", "no currency"),
        ("currency", "XXQ", "no currency"),
        ("currency", "=1+1", "no currency"),
        ("currency", "EUR", "own currency"),
        ("valid_on", "2026-02-30", "no day"),
        ("valid_on", "05.01.2026", "no day"),
        ("valid_on", "0001-01-01", "too early or too late"),
        ("valid_on", "2999-01-01", "too early or too late"),
        ("rate", "", "no number"),
        ("rate", "1,000,000", "no number"),
        ("rate", "NaN", "no number"),
        ("rate", "Infinity", "no number"),
        ("rate", "1e999999", "no number"),
        ("rate", "٠٫٩", "no number"),
        ("rate", "0", "more than 0"),
        ("rate", "-1", "more than 0"),
        ("rate", "0.0000000001", "more than 0"),
        ("rate", "\x00", "no number"),
    ],
)
def test_what_makes_no_sense_stands_beside_its_field(desk: Engine, field: str, value: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_rate(desk, GOOD | {field: value})
    assert said in refused.value.problems[field]
    assert set(refused.value.problems) == {field}
    assert rows(desk, "exchange_rates") == []


def test_one_rate_a_day(desk: Engine) -> None:
    add_rate(desk, GOOD)
    with pytest.raises(Invalid, match=r"already: 0\.9134\."):
        add_rate(desk, GOOD | {"rate": "1"})
