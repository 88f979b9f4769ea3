"""Random rows for every table that the copy reads, with keys that exist."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from crm_data.custom import OWNERS
from crm_data.schema import metadata
from crm_data.warehouse.mirror import MIRROR
from tests.warehouse.dice import CURRENCIES, Dice, Make
from tests.warehouse.random_engagement import ENGAGEMENT
from tests.warehouse.random_marketing import MARKETING
from tests.warehouse.random_sales import SALES
from tests.warehouse.random_service import SERVICE

#: The headings of custom columns.
HEADINGS = ("Tariff", 'It\'s "x" $[0].y: 100%', "عمود 🙂")

#: Parents before their children.
ORDER = sorted(MIRROR, key=[table.name for table in metadata.sorted_tables].index)


def row(table: str, d: Dice) -> dict[str, Any] | None:
    """A random row, or None where a parent is missing."""
    made = _ROWS[table](d)
    return made | {"custom": d.maybe(_custom(d))} if made and table in OWNERS else made


def _custom(d: Dice) -> dict[str, object]:
    """Some custom columns with values, among them such as no importer writes."""
    values = (
        None,
        "",
        " ",
        "a",
        "a ",
        "b",
        "=1+1",
        "O'Brien; DROP",
        "<b>",
        "مبيعات",
        "🙂",
        7,
        1.5,
        True,
        ["a"],
    )
    return {heading: d.of(*values) for heading in HEADINGS if d.random.random() < 0.7}


def _account_history(d: Dice) -> dict[str, Any] | None:
    account = d.key("accounts")
    return (
        None
        if account is None
        else {
            "account_id": account,
            "changed_at": d.instant(),
            "segment": d.maybe(d.of("SMB", "Enterprise")),
            "industry": d.maybe(d.of("Retail", "Steel")),
            "region_id": d.maybe(d.key("regions")),
            "owner_id": d.maybe(d.key("users")),
        }
    )


def _membership(d: Dice) -> dict[str, Any] | None:
    account, start = d.key("accounts"), d.day()
    return (
        None
        if account is None or account % 3 == 0  # those have no contract: for them silence counts
        else {
            "account_id": account,
            "started_on": start,
            "ended_on": d.maybe(start + timedelta(days=d.random.randrange(-5, 200))),
            "end_reason": d.maybe(d.of("price", "moved away")),
            "plan": d.maybe(d.of("basic", "pro")),
            "monthly_amount": d.maybe(d.money()),
            "currency": d.maybe(d.of(*CURRENCIES)),
        }
    )


_ROWS: dict[str, Make] = {
    "regions": lambda d: {
        "name": d.of("North", "South", "East"),
        "parent_id": d.maybe(d.key("regions"), 0.5),
        "country": d.maybe(d.of("DE", "FR", "GB")),
    },
    "teams": lambda d: {"name": d.of("Red", "Blue", "Green")},
    "users": lambda d: {
        "name": "Somebody",
        "team_id": d.maybe(d.key("teams")),
        "region_id": d.maybe(d.key("regions")),
    },
    # The first of each currency comes from `fill`, so that no rate is missing.
    "exchange_rates": lambda d: {
        "currency": d.of("USD", "GBP"),
        "valid_on": d.day(),
        "kind": d.of("daily", "plan"),
        "rate": Decimal(d.random.randrange(500_000, 2_000_000)) / 1_000_000,
    },
    "working_hours": lambda d: {
        "weekday": d.random.randrange(1, 8),
        "opens_minute": d.random.randrange(600),
        "closes_minute": d.random.randrange(600, 1441),
    },
    "holidays": lambda d: {"day": d.day()},
    "silence_thresholds": lambda d: {"segment": d.of("SMB", "Mid"), "days": d.of(40, 90), "basis": "said so"},
    "targets": lambda d: {
        "kpi": d.of("revenue_won", "win_rate"),
        "period_start": (start := d.day()),
        "period_end": start + timedelta(days=30),
        "target": d.random.random(),
    },
    "products": lambda d: {"name": d.of("Bolt", "Nut", "Gear"), "family": d.maybe(d.of("Small", "Large"))},
    "campaigns": lambda d: {
        "name": d.of("Spring", "Autumn"),
        "channel": d.maybe(d.of("web", "fair")),
        "region_id": d.maybe(d.key("regions")),
    },
    "accounts": lambda d: {
        "name": "Somewhere",
        "segment": d.maybe(d.of("SMB", "Mid", "Enterprise")),
        "industry": d.maybe(d.of("Retail", "Steel")),
        "size": d.maybe(d.of("1-9", "10-49")),
        "region_id": d.maybe(d.key("regions")),
        "country": d.maybe(d.of("DE", "AT")),
        "owner_id": d.maybe(d.key("users")),
        "acquisition_channel": d.maybe(d.of("web", "partner")),
        "latitude": d.maybe(d.random.uniform(-90, 90)),
        "longitude": d.maybe(d.random.uniform(-180, 180)),
    },
    "account_history": _account_history,
    "memberships": _membership,
    "contacts": lambda d: {"last_name": "Somebody", "account_id": d.maybe(d.key("accounts"))},
    "leads": lambda d: {
        "created_at": (at := d.instant()),
        "status": d.of("new", "working", "converted"),
        "channel": d.maybe(d.of("web", "fair")),
        "segment": d.maybe(d.of("SMB", "Mid")),
        "country": d.maybe(d.of("DE", "IT")),
        "region_id": d.maybe(d.key("regions")),
        "campaign_id": d.maybe(d.key("campaigns")),
        "owner_id": d.maybe(d.key("users")),
        "first_response_at": d.maybe(at + timedelta(minutes=d.random.randrange(3000))),
        "converted_account_id": d.maybe(d.key("accounts")),
    },
    **SALES,
    "spend": lambda d: {
        "campaign_id": d.maybe(d.key("campaigns")),
        "region_id": d.maybe(d.key("regions"), 0.4),
        "channel": d.maybe(d.of("web", "fair"), 0.4),
        "spent_on": d.day(),
        "kind": d.of("media", "staff", "tools"),
        "amount": d.money(),
        "currency": d.of(*CURRENCIES),
    },
    **ENGAGEMENT,
    **MARKETING,
    **SERVICE,
}
