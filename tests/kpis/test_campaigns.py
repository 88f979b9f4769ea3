"""What campaigns earned: the rule of sharing out, and figures that others published."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from crm_data.engine import connect
from crm_data.schema import customers, marketing, sales
from crm_data.warehouse import Copy
from kpis import Period, Question, Reading, ask
from tests.kpis.awkward_rows import add, instant
from tests.kpis.conftest import TODAY, YEAR, copy_of
from tests.kpis.recompute import RECOMPUTED
from tests.kpis.recompute_campaigns import shares
from tests.kpis.recompute_crm import Crm
from tests.kpis.recompute_interval import FEWEST, coverage

EVER = Period(date(2023, 1, 1), TODAY + timedelta(days=1))
WON = date(2026, 6, 30)


def readings(copy: Copy, *keys: str, by: tuple[str, ...] = ()) -> dict[str, Reading]:
    return {one.key: one for one in ask(copy, Question(keys, EVER, TODAY, by=by))[0]}


def earned(copy: Copy) -> dict[object, Fraction | None]:
    cells = readings(copy, "revenue_attributed", by=("campaign",))["revenue_attributed"].cells
    return {cell.at["campaign"]: cell.numerator for cell in cells}


@pytest.fixture
def crm(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty CRM database."""
    shutil.copy(sqlite_template, tmp_path / "crm.db")
    engine = connect(f"sqlite:///{tmp_path / 'crm.db'}")
    yield engine
    engine.dispose()


def deal(engine: Engine, amount: str, touched: dict[str, list[int]]) -> None:
    """A deal won, and on how many days before that each campaign touched its account."""
    with engine.begin() as crm:
        account = add(crm, customers.accounts, name="Somewhere")
        terms = {"stage": "Won", "status": "won", "currency": "EUR", "opened_on": WON - timedelta(days=90)}
        add(crm, sales.opportunities, account_id=account, closed_on=WON, amount=Decimal(amount), **terms)
        for name, days in touched.items():
            campaign = add(crm, marketing.campaigns, name=name, channel="Events")
            for ago in days:
                at = instant(WON - timedelta(days=ago), 10)
                add(crm, marketing.touches, account_id=account, campaign_id=campaign, touched_at=at)


@pytest.mark.parametrize(
    ("amount", "touched", "cents"),
    [
        ("100.00", {}, {"(unattributed)": 10000}),
        ("100.00", {"one": [5]}, {"one": 10000}),
        ("100.01", {"first": [5], "last": [4]}, {"first": 5001, "last": 5000}),
        (
            "100.00",
            {"first": [9], "middle": [8, 7], "last": [6]},
            {"first": 4000, "middle": 2000, "last": 4000},
        ),
        ("0.01", {"first": [9], "middle": [8], "last": [7]}, {"first": 1, "middle": 0, "last": 0}),
        ("-0.02", {"first": [9], "middle": [8], "last": [7]}, {"first": -1, "middle": 0, "last": -1}),
        ("10.00", {"both": [9, 1], "middle": [5]}, {"both": 800, "middle": 200}),
        ("10.00", {"in time": [365], "too old": [366], "too late": [-1]}, {"in time": 1000}),
    ],
)
def test_a_deal_is_shared_out_to_the_cent(
    crm: Engine, tmp_path: Path, amount: str, touched: dict[str, list[int]], cents: dict[str, int]
) -> None:
    deal(crm, amount, touched)
    with copy_of(crm, tmp_path) as copy:
        assert earned(copy) == {name: Fraction(part, 100) for name, part in cents.items()}


def test_all_that_was_won_is_attributed(spoiled: Copy) -> None:
    found = readings(spoiled, "revenue_won", "revenue_attributed")
    assert found["revenue_won"].numerator == found["revenue_attributed"].numerator
    assert "(unattributed)" in earned(spoiled)


def test_shares_add_up_whatever_the_amount() -> None:
    for cents in (0, 1, 2, 3, 7, 99, -101, 123_457):
        for touches in range(1, 12):
            assert sum(share or 0 for share in shares(cents, touches)) == cents


@pytest.mark.parametrize(("key", "unit"), [("lead_response_time", 3600), ("touch_to_win", 1)])
def test_medians_and_their_interval(spoiled: Copy, plain: Crm, key: str, unit: int) -> None:
    (found,) = ask(spoiled, Question((key,), YEAR, TODAY, by=("campaign",)))[0]
    each = RECOMPUTED[key].frames(plain, YEAR)[0]["each"].to_numpy(float)
    assert found.low is not None
    assert found.high is not None
    assert coverage(each, round(found.low * unit), round(found.high * unit)) > 0.93
    assert found.low < (found.value or 0) < found.high
    assert all((cell.low is None) == ((cell.n or 0) < FEWEST) for cell in found.cells)


def test_the_return_of_a_published_campaign(
    crm: Engine, tmp_path: Path, published: Callable[[str], Path]
) -> None:
    """iFood's sixth campaign, as its case study tells: 2,240 customers were asked at 3 each, for 6,720; those
    who took the offer brought 11 each, 3,674; a loss of 3,046, at a success rate of 15 %."""
    with (published("ifood_campaign") / "ml_project1_data.csv").open(newline="") as file:
        asked = list(csv.DictReader(file))
    with crm.begin() as connection:
        _enter(connection, asked)
    with copy_of(crm, tmp_path) as copy:
        keys = ("spend_of_campaigns", "revenue_of_campaigns", "campaign_roi", "campaign_response")
        found = readings(copy, *keys)
    assert found["spend_of_campaigns"].value == 6_720
    assert found["revenue_of_campaigns"].value == 3_674
    assert found["campaign_roi"].numerator == -3_046
    assert found["campaign_roi"].value == pytest.approx(-0.4533, abs=0.0001)
    assert found["campaign_response"].n == 2_240
    assert round(found["campaign_response"].value or 0, 2) == 0.15


def _enter(crm: Connection, asked: list[dict[str, str]]) -> None:
    """The campaign, whom it asked, and a deal for each who took the offer."""
    campaign = add(crm, marketing.campaigns, name="Sixth campaign")
    at = instant(WON - timedelta(days=10), 9)
    account = add(crm, customers.accounts, name="Households")
    for row in asked:
        contact = add(crm, customers.contacts, account_id=account, last_name=row["ID"])
        took = row["Response"] == "1"
        answered = at + timedelta(days=1) if took else None
        links = {"campaign_id": campaign, "contact_id": contact}
        add(crm, marketing.campaign_members, **links, joined_at=at, responded_at=answered)
        cost = {"amount": Decimal(row["Z_CostContact"]), "currency": "EUR"}
        add(crm, marketing.spend, campaign_id=campaign, spent_on=at.date(), **cost)
        if took:
            terms = {"stage": "Won", "status": "won", "opened_on": at.date(), "closed_on": WON}
            price = {"amount": Decimal(row["Z_Revenue"]), "currency": "EUR"}
            won = add(crm, sales.opportunities, contact_id=contact, **terms, **price)
            add(crm, marketing.touches, campaign_id=campaign, opportunity_id=won, touched_at=at)
