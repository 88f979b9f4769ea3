"""Random cases, surveys and answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.warehouse.dice import Dice, Make, under


def _case(d: Dice) -> dict[str, Any]:
    opened = d.instant()
    resolved = d.maybe(opened + timedelta(hours=d.random.randrange(200)))
    return {
        "kind": d.of("case", "request"),
        "account_id": d.maybe(d.key("accounts")),
        "contact_id": d.maybe(d.key("contacts")),
        "product_id": d.maybe(d.key("products")),
        "owner_id": d.maybe(d.key("users")),
        "team_id": d.maybe(d.key("teams"), 0.4),
        "subject": "help",
        "channel": d.maybe(d.of("phone", "mail")),
        "cause": d.maybe(d.of("bug", "question")),
        "priority": d.of("low", "high"),
        "status": "resolved" if resolved else "open",
        "opened_at": opened,
        "first_response_at": d.maybe(opened + timedelta(minutes=d.random.randrange(900))),
        "response_due_at": d.maybe(opened + timedelta(hours=8)),
        "due_at": d.maybe(opened + timedelta(hours=48)),
        "resolved_at": resolved,
    }


SERVICE: dict[str, Make] = {
    "surveys": lambda d: {
        "name": d.of("After a case", "Yearly"),
        "kind": d.of("CSAT", "NPS", "CES"),
        "scale_min": 1,
        "scale_max": d.of(5, 7, 10),
        "satisfied_from": d.maybe(4),
    },
    "cases": _case,
    "case_reopenings": under(
        "cases",
        "case_id",
        lambda d: {"resolved_at": (at := d.instant()), "reopened_at": at + timedelta(hours=3)},
    ),
    "survey_invitations": under(
        "surveys",
        "survey_id",
        lambda d: {
            "account_id": d.maybe(d.key("accounts"), 0.4),
            "contact_id": d.maybe(d.key("contacts")),
            "case_id": d.maybe(d.key("cases")),
            "sent_at": d.instant(),
        },
    ),
    "survey_answers": under(
        "surveys",
        "survey_id",
        lambda d: {
            "invitation_id": d.maybe(d.key("survey_invitations")),
            "account_id": d.maybe(d.key("accounts"), 0.3),
            "contact_id": d.maybe(d.key("contacts"), 0.3),
            "case_id": d.maybe(d.key("cases"), 0.4),
            "answered_at": d.instant(),
            "score": d.maybe(d.random.randrange(1, 11)),
        },
    ),
    "articles": lambda d: {
        "title": "How to",
        "category": d.maybe(d.of("Access", "Billing")),
        "product_id": d.maybe(d.key("products")),
    },
    "article_views": under(
        "articles",
        "article_id",
        lambda d: {
            "day": d.day(),
            "views": d.random.randrange(9),
            "helpful": d.random.randrange(3),
            "unhelpful": d.random.randrange(3),
        },
    ),
}
