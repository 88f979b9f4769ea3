"""Random deals, quotes, invoices and payments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.warehouse.dice import CURRENCIES, Dice, Make, under


def _opportunity(d: Dice) -> dict[str, Any]:
    opened = d.maybe(d.day(), 0.9)
    status = d.of("open", "won", "lost")
    start = opened or d.day()
    return {
        "name": "deal",
        "account_id": d.maybe(d.key("accounts")),
        "lead_id": d.maybe(d.key("leads")),
        "product_id": d.maybe(d.key("products")),
        "campaign_id": d.maybe(d.key("campaigns")),
        "owner_id": d.maybe(d.key("users")),
        "region_id": d.maybe(d.key("regions"), 0.3),
        "channel": d.maybe(d.of("web", "fair"), 0.3),
        "stage": d.of("New", "Offer", "Closing"),
        "status": status,
        "amount": d.maybe(abs(d.money())),
        "currency": d.of(*CURRENCIES),
        "probability": d.maybe(round(d.random.random(), 3)),
        "opened_on": opened,
        "closed_on": d.maybe(start + timedelta(days=d.random.randrange(-3, 90)), 0.9)
        if status != "open"
        else None,
        "expected_close": d.maybe(d.day()),
        "close_reason": d.maybe(d.of("price", "fit")),
        "updated_at": d.instant() if d.random.random() < 0.3 else datetime.now(UTC),
    }


def _history(d: Dice) -> dict[str, Any] | None:
    deal = d.key("opportunities")
    return (
        None
        if deal is None
        else {
            "opportunity_id": deal,
            "changed_at": d.instant(),
            "stage": d.of("New", "Offer", "Closing"),
            "amount": d.maybe(abs(d.money())),
            "currency": d.of(*CURRENCIES),
            "probability": d.maybe(round(d.random.random(), 3)),
            "owner_id": d.maybe(d.key("users")),
            "expected_close": d.maybe(d.day()),
        }
    )


def _quote(d: Dice) -> dict[str, Any]:
    sent = d.day()
    return {
        "opportunity_id": d.maybe(d.key("opportunities")),
        "account_id": d.maybe(d.key("accounts"), 0.5),
        "sent_on": d.maybe(sent, 0.9),
        "accepted_on": d.maybe(sent + timedelta(days=d.random.randrange(-3, 90)), 0.5),
        "amount": d.money(),
        "currency": d.of(*CURRENCIES),
    }


#: Most databases have no order of stages of their own.
_STAGES = ("New", "Offer", "Closing", "Another")

SALES: dict[str, Make] = {
    "stages": lambda d: (
        {"name": d.of(*_STAGES), "position": d.random.randrange(5)} if d.random.random() < 0.2 else None
    ),
    "opportunities": _opportunity,
    "opportunity_history": _history,
    "quotes": _quote,
    "invoices": under(
        "accounts",
        "account_id",
        lambda d: {
            "kind": d.of("invoice", "invoice", "credit"),
            "issued_on": (issued := d.day()),
            "due_on": d.maybe(issued + timedelta(days=d.random.randrange(-2, 40))),
            "currency": d.of(*CURRENCIES),
        },
    ),
    "invoice_lines": under(
        "invoices",
        "invoice_id",
        lambda d: {
            "product_id": d.maybe(d.key("products")),
            "amount": d.money(),
            "cost": d.maybe(d.money()),
        },
    ),
    "payments": under(
        "invoices",
        "invoice_id",
        lambda d: {"paid_on": d.day(), "amount": d.money()},
    ),
}
