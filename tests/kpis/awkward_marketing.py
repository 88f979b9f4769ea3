"""Touches at the edge, answers before the question, mails opened but never delivered."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, update

from crm_data.schema import marketing, sales
from tests.kpis.awkward_rows import DAY, add, every, instant, put, put_every

HOSTILE = ("<img src=x onerror=alert(1)>", "=1+1", "![x](http://example.com/x.png)", "\u202eevitom", "🙂")


def spoil_marketing(crm: Connection, today: date) -> None:
    for number, row in enumerate(every(crm, marketing.campaigns, 40, 3)):
        put(crm, marketing.campaigns, row["id"], name=HOSTILE[number % len(HOSTILE)])
    _spoil_responses(crm)
    _spoil_touches(crm)
    _spoil_members(crm, today)
    mails = marketing.emails
    put_every(crm, mails, 19, 1, delivered_at=None)  # opened perhaps, and yet not delivered
    put_every(crm, mails, 23, 2, campaign_id=None)
    for row in every(crm, mails, 29, 3):
        put(crm, mails, row["id"], sent_at=instant(row["sent_at"].date(), 22 + row["id"] % 2))
    web = marketing.web_traffic
    put_every(crm, web, 17, 1, sessions=0, conversions=0)
    put_every(crm, web, 31, 2, sessions=1, conversions=2)
    mentions = marketing.social_mentions
    put_every(crm, mentions, 7, 1, sentiment=None, product_id=None)
    put_every(crm, mentions, 11, 2, reach=None, sentiment=0.125)
    put_every(crm, mentions, 13, 3, sentiment=-0.125)


def _spoil_responses(crm: Connection) -> None:
    """At once, before the lead was there, over a weekend, and as late as can be."""
    for number, row in enumerate(every(crm, sales.leads, 8, 3)):
        hours = (0, -3, -100, 4, 63, 24 * 7, 24 * 8, 24 * 90)[number % 8]
        put(crm, sales.leads, row["id"], first_response_at=row["created_at"] + timedelta(hours=hours))
    put_every(crm, sales.leads, 25, 6, first_response_at=None)


def _spoil_touches(crm: Connection) -> None:
    table = marketing.touches
    put_every(crm, table, 13, 1, campaign_id=None)
    put_every(crm, table, 17, 2, campaign_id=None, channel=None)
    put_every(crm, table, 19, 3, channel=None)
    put_every(crm, table, 23, 4, account_id=None)
    put_every(crm, table, 29, 5, account_id=None, lead_id=None, opportunity_id=None)
    deals = sales.opportunities
    won = [row for row in every(crm, deals, 2, 0) if row["status"] == "won" and row["closed_on"]]
    for number, row in enumerate(won):
        links = {"account_id": row["account_id"], "campaign_id": 1 + number % 3, "channel": None}
        at = instant(row["closed_on"], 12)
        if number % 4 == 0:  # a year and a day, a year, at the win, and after it
            for age in (366, 365, 0, -1):
                add(crm, table, **links, touched_at=at - age * DAY)
        elif number % 4 == 1:  # many at the same instant, some with the deal alone
            for n in range(number % 7):
                own = {"opportunity_id": row["id"]} if n % 2 else {}
                add(crm, table, **(links | own), touched_at=at - 9 * DAY)
        elif number % 4 == 2:  # amounts that do not share out evenly
            crm.execute(update(deals).where(deals.c.id == row["id"]).values(amount=Decimal("0.0700")))


def _spoil_members(crm: Connection, today: date) -> None:
    table = marketing.campaign_members
    put_every(crm, table, 9, 1, contact_id=None)
    put_every(crm, table, 11, 2, lead_id=None)
    for number, row in enumerate(every(crm, table, 6, 4)):
        joined = instant(today - (28 + number % 5) * DAY, 22, 59) + number % 4 * timedelta(minutes=1)
        answers = (joined, joined - 2 * DAY, row["joined_at"] + 30 * DAY, row["joined_at"] + 31 * DAY)
        own = {"joined_at": joined} if number % 4 < 2 else {}
        put(crm, table, row["id"], responded_at=answers[number % 4], **own)
