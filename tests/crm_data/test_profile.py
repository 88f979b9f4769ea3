"""Everything about one account, and nothing about another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine

from crm_data.engine import connect, prepare
from crm_data.profile import MOST, find_accounts, profile, signs
from crm_data.schema import metadata
from crm_data.timeline import events
from kpis import EVERYONE, Viewer
from tests.kpis.awkward_rows import add

TODAY = date(2026, 11, 21)
BERLIN = ZoneInfo("Europe/Berlin")
HOSTILE = "<img src=x onerror=alert(1)> ![x](http://evil) =1+1 مبيعات 🙂"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('crm') / 'crm.db'}")
    prepare(engine)
    with engine.begin() as crm:
        fill(crm)
    return engine


def put(crm: Connection, table: str, **values: object) -> int:
    return add(crm, metadata.tables[table], **values)


def fill(crm: Connection) -> None:
    """Account 1 has one of everything, account 2 is its part, account 3 has nothing."""
    north = put(crm, "regions", name="North")
    put(crm, "accounts", name=HOSTILE, region_id=north, custom={"<b>": "x"})
    put(crm, "accounts", name="Part", parent_id=1)
    put(crm, "accounts", name="part two")
    person = put(crm, "contacts", account_id=1, last_name="Doe", email="doe@example.com")
    put(
        crm,
        "opportunities",
        account_id=1,
        name="Won",
        stage="Closed",
        status="won",
        amount=Decimal("10.50"),
        currency="USD",
        opened_on=date(2026, 1, 1),
        closed_on=date(2026, 2, 1),
    )
    put(crm, "opportunities", account_id=2, stage="New", status="open")
    put(crm, "quotes", account_id=1, sent_on=date(2026, 1, 5), amount=Decimal(10), currency="USD")
    bill = put(
        crm, "invoices", account_id=1, issued_on=date(2026, 2, 2), due_on=date(2026, 3, 4), currency="USD"
    )
    for amount in ("7.25", "3.25"):
        put(crm, "invoice_lines", invoice_id=bill, amount=Decimal(amount))
    put(crm, "payments", invoice_id=bill, paid_on=date(2026, 3, 1), amount=Decimal("4.50"))
    late = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # the next day in Berlin
    case = put(crm, "cases", account_id=1, subject=HOSTILE, opened_at=late, due_at=late + timedelta(days=1))
    survey = put(crm, "surveys", name="After", kind="CSAT", scale_min=1, scale_max=5, satisfied_from=4)
    put(crm, "survey_answers", survey_id=survey, account_id=1, case_id=case, answered_at=late, score=5)
    put(crm, "survey_answers", survey_id=survey, account_id=1, answered_at=late, score=2)
    put(crm, "activities", kind="call", happened_at=late, account_id=1, subject="Hello", contact_id=person)
    put(crm, "activities", kind="task", happened_at=datetime(2027, 1, 1, tzinfo=UTC), account_id=1)
    put(
        crm,
        "memberships",
        account_id=1,
        started_on=date(2026, 2, 1),
        monthly_amount=Decimal(3),
        currency="USD",
    )
    card = put(crm, "loyalty", account_id=1, joined_on=date(2026, 2, 3), tier="Gold", points=5)
    put(crm, "loyalty_points", loyalty_id=card, happened_on=date(2026, 2, 4), points=5)
    for number in range(MOST + 3):
        put(crm, "contacts", account_id=2, last_name=f"No. {number}")


def test_an_account_with_everything(engine: Engine) -> None:
    with engine.connect() as crm:
        found = profile(crm, 1, EVERYONE)
    assert found
    assert found.account["name"] == HOSTILE
    assert found.account["region"] == "North"
    assert [row["name"] for row in found.children] == ["Part"]
    assert set(found.counts.values()) == {1, 2}
    (bill,) = found.invoices
    assert (bill["amount"], bill["paid"], bill["open"]) == (Decimal("10.50"), Decimal("4.50"), Decimal(6))
    assert [row["name"] for row in found.deals] == ["Won"]


def test_long_lists_are_cut_and_counted(engine: Engine) -> None:
    with engine.connect() as crm:
        found = profile(crm, 2, EVERYONE)
    assert found
    assert found.parent
    assert found.parent["id"] == 1
    assert (len(found.contacts), found.counts["contacts"]) == (MOST, MOST + 3)


def test_no_such_account_and_none_that_may_be_seen(engine: Engine) -> None:
    with engine.connect() as crm:
        assert profile(crm, 99, EVERYONE) is None
        assert profile(crm, 1, Viewer(regions=frozenset({"South"}))) is None
        assert profile(crm, 1, Viewer(regions=frozenset({"North"})))


def test_signs(engine: Engine) -> None:
    with engine.connect() as crm:
        found, nothing = signs(crm, 1, TODAY), signs(crm, 3, TODAY)
    assert found.last_activity == date(2026, 4, 1) or found.last_activity == date(2026, 3, 31)
    assert (found.cases, found.open_cases, found.late_cases) == (1, 1, 1)
    assert (found.answers, found.satisfied) == (2, 1)
    assert (found.invoices, found.overdue, found.oldest_due) == (1, 1, date(2026, 3, 4))
    assert (nothing.last_activity, nothing.cases, nothing.answers, nothing.invoices) == (None, 0, 0, 0)


def test_the_timeline_is_everything_newest_first(engine: Engine) -> None:
    with engine.connect() as crm:
        total, found = events(crm, 1, BERLIN, TODAY, 0, 100)
        assert [page for n in range(0, total, 4) for page in events(crm, 1, BERLIN, TODAY, n, 4)[1]] == found
        assert events(crm, 3, BERLIN, TODAY, 0, 100) == (0, [])
    assert total == len(found)
    days = [event.day for event in found]
    assert days == sorted(days, reverse=True)
    assert {event.kind.lower() for event in found} == {
        "call",
        "case opened",
        "survey answered",
        "payment",
        "invoice",
        "points",
        "contract began",
        "deal won",
        "deal opened",
        "quote sent",
    }
    assert next(event.day for event in found if event.kind == "Case opened") == date(2026, 4, 1)
    (bill,) = (event for event in found if event.kind == "invoice")
    assert (bill.amount, bill.currency) == (Decimal("10.50"), "USD")


@pytest.mark.parametrize(
    ("prefix", "names"), [("part", ["Part", "part two"]), ("P", ["Part"]), ("%", []), ("", None), ("zz", [])]
)
def test_finding_by_the_beginning_of_a_name(engine: Engine, prefix: str, names: list[str] | None) -> None:
    with engine.connect() as crm:
        found = [row["name"] for row in find_accounts(crm, prefix, EVERYONE)]
    if names is not None:
        assert found == names
