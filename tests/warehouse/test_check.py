"""The commands `refresh` and `check`."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from crm_data.__main__ import main
from crm_data.warehouse import heads, open_copy
from crm_data.warehouse.check import check
from tests.warehouse import random_crm
from tests.warehouse.conftest import add


@pytest.fixture
def home(crm: Engine, crm_url: str, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setenv("CRM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CRM_DATABASE_URL", crm_url)
    monkeypatch.setattr(heads, "OVERLAP", timedelta(0))  # else what was just written is read again
    random_crm.fill(crm, 4)
    return crm


def test_a_good_copy(home: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["refresh"]) == 0
    assert "Loaded" in capsys.readouterr().out
    assert main(["refresh"]) == 0
    assert "Nothing has changed." in capsys.readouterr().out
    random_crm.change(home, 5)
    assert main(["refresh", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["loaded"] == "incremental"
    assert main(["check"]) == 0
    assert "no difference" in capsys.readouterr().out


DAMAGE = {
    "UPDATE crm.spend SET amount = amount + 12345 WHERE id = 1": "spend.amount: the sum is",
    "UPDATE crm.emails SET sent_at = '1999-01-01' WHERE id = 1": "emails.sent_at: the first is",
    "UPDATE crm.accounts SET segment = 'Odd' WHERE id = 1": "accounts.segment: the number of rows with",
    "UPDATE crm.exchange_rates SET rate = 5 WHERE id = 1": "exchange_rates.rate: the sum is",
    "DELETE FROM crm.users WHERE id = 1": "users: the number of rows is 8 in the CRM database and 7 in",
    "UPDATE invoice_lines SET amount_cents = 7 WHERE id = 3": "invoice_lines.amount_cents: the sum should",
    "UPDATE leads SET created_day = '1999-01-01' WHERE id = 1": "leads: 1 rows of the fact are not what",
    "DELETE FROM cases WHERE id = 2": "cases: the fact has 7 rows for 8 rows of cases.",
}


def test_differences_are_named(home: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with open_copy(home) as copy, copy.reading() as connection:
        for damage in DAMAGE:
            connection.execute(damage)
        found = check(copy)
    sentences = "\n".join(one.sentence for one in found.differences)
    for sentence in DAMAGE.values():
        assert sentence in sentences
    [spend] = [one for one in found.differences if (one.table, one.column) == ("spend", "amount")]
    assert spend.here - spend.there == Decimal("1.2345")  # type: ignore[operator]
    assert main(["check"]) == 1
    assert sentences == capsys.readouterr().out.strip()
    assert main(["refresh", "--full"]) == 0
    assert main(["check", "--json"]) == 0
    said = capsys.readouterr().out
    assert json.loads(said[said.index("{") :])["differences"] == []


def test_a_missing_rate_is_a_sentence(home: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    add(home, "spend", spent_on=random_crm.NOW.date(), amount=10, currency="XAU")
    for command in (["refresh"], ["check"]):
        assert main(command) == 1
        assert "There is no exchange rate from XAU to EUR" in capsys.readouterr().err
