"""Random rows of the communication log and the loyalty programme."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.warehouse.dice import Dice, Make


def _activity(d: Dice) -> dict[str, Any]:
    return {
        "kind": d.of("call", "email", "meeting", "note"),
        "happened_at": d.instant(),
        "direction": d.maybe(d.of("in", "out")),
        "account_id": d.maybe(d.key("accounts"), 0.5),
        "contact_id": d.maybe(d.key("contacts"), 0.5),
        "lead_id": d.maybe(d.key("leads"), 0.3),
        "opportunity_id": d.maybe(d.key("opportunities"), 0.3),
        "case_id": d.maybe(d.key("cases"), 0.3),
        "user_id": d.maybe(d.key("users")),
    }


def _loyalty(d: Dice) -> dict[str, Any] | None:
    account, joined = d.key("accounts"), d.day()
    return (
        None
        if account is None
        else {
            "account_id": account,
            "joined_on": joined,
            "left_on": d.maybe(joined + timedelta(days=d.random.randrange(-5, 300)), 0.4),
            "tier": d.of("Bronze", "Gold"),
        }
    )


def _points(d: Dice) -> dict[str, Any] | None:
    member = d.key("loyalty")
    return (
        None
        if member is None
        else {"loyalty_id": member, "happened_on": d.day(), "points": d.random.randrange(-90, 300)}
    )


ENGAGEMENT: dict[str, Make] = {"activities": _activity, "loyalty": _loyalty, "loyalty_points": _points}
