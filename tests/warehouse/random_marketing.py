"""Random mails, touches, members of campaigns, sessions and mentions."""

from __future__ import annotations

from datetime import timedelta

from tests.warehouse.dice import Make, under

MARKETING: dict[str, Make] = {
    "emails": under(
        "contacts",
        "contact_id",
        lambda d: {
            "campaign_id": d.maybe(d.key("campaigns")),
            "sent_at": (at := d.instant()),
            "delivered_at": d.maybe(at),
            "opened_at": d.maybe(at, 0.4),
            "clicked_at": d.maybe(at, 0.2),
        },
    ),
    "touches": lambda d: {
        "campaign_id": d.maybe(d.key("campaigns")),
        "account_id": d.maybe(d.key("accounts")),
        "lead_id": d.maybe(d.key("leads"), 0.4),
        "opportunity_id": d.maybe(d.key("opportunities"), 0.4),
        "channel": d.maybe(d.of("web", "word of mouth"), 0.5),
        "touched_at": d.instant(),
    },
    "campaign_members": under(
        "campaigns",
        "campaign_id",
        lambda d: {
            "contact_id": d.maybe(d.key("contacts"), 0.6),
            "lead_id": d.maybe(d.key("leads"), 0.6),
            "joined_at": (at := d.instant()),
            "responded_at": d.maybe(at + timedelta(days=d.random.randrange(-2, 60)), 0.5),
        },
    ),
    "web_traffic": lambda d: {
        "day": d.day(),
        "source": d.of("Direct", "Search"),
        "country": d.maybe(d.of("DE", "FR", "XX")),
        "sessions": d.random.randrange(200),
        "conversions": d.random.randrange(20),
    },
    "social_mentions": lambda d: {
        "mentioned_at": d.instant(),
        "network": d.of("X", "Reddit"),
        "sentiment": d.maybe(round(d.random.uniform(-1, 1), 3)),
        "reach": d.maybe(d.random.randrange(9000)),
        "campaign_id": d.maybe(d.key("campaigns")),
        "product_id": d.maybe(d.key("products")),
    },
}
